#if OAuth
package import TesseraCore

/// What a process did with a login, step by step: the evidence for invariants 3 and 4.
///
/// The sink is called synchronously and in order, before the step it announces is done (`sending`) or after what it
/// reports is durable (`intent`, `committed`). A sink that blocks holds the driver there.
package struct RotationJournal: Sendable {
    /// One step of one process.
    package struct Entry: Sendable, Hashable, Codable {
        package var step: Step
        /// The wall clock of the process.
        package var time: Timestamp
        /// The monotonic clock of the process; of the machine, where processes share one.
        package var monotonic: MonotonicInstant
        /// The nonce of the process.
        package var process: String

        package init(_ step: Step, time: Timestamp, monotonic: MonotonicInstant, process: String) {
            self.step = step
            self.time = time
            self.monotonic = monotonic
            self.process = process
        }
    }

    /// What was done. No secret: tokens appear as keyed tags.
    package struct Step: Sendable, Hashable, Codable {
        package var kind: Kind
        package var login: String?
        package var generation: UInt64?
        /// The attempt's random name.
        package var attempt: String?
        /// Which attempt with this generation, from 1.
        package var number: Int?
        package var tokenTag: String?
        package var detail: String?

        package init(
            _ kind: Kind, login: String? = nil, generation: UInt64? = nil, attempt: String? = nil, number: Int? = nil,
            tokenTag: String? = nil, detail: String? = nil
        ) {
            self.kind = kind
            self.login = login
            self.generation = generation
            self.attempt = attempt
            self.number = number
            self.tokenTag = tokenTag
            self.detail = detail
        }
    }

    /// The kinds of steps.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The lease is held; `detail` is the fence.
        case leased
        /// A record was read under the lease.
        case loaded
        /// The intent is durable; nothing is sent yet.
        case intent
        /// Comes before the first byte to the token endpoint.
        case sending
        /// `detail` is what the answer means: valid, unsent, clientRefused, requestRefused, grantRefused, ambiguous.
        case answered
        /// The intent was taken back: the attempt does not count.
        case cleared
        /// The attempt's ambiguous end is durable.
        case marked
        /// The new generation is durable.
        case committed
        /// An access token of this generation is about to be handed out.
        case published
        /// An access token of a renewal that could not be stored is about to be handed out, because that is wanted.
        case servedUnstored
        /// A token that another process obtained is about to be handed out.
        case adopted
        /// A second new token of one generation was kept.
        case spareKept
        /// A token was revoked; `detail` says whether the server confirmed.
        case revoked
        /// The login ended; `detail` is the reason.
        case dead
        /// The store lost a newer record and got it back.
        case rolledBack
        /// The new token could not be stored and is held in memory.
        case unsaved
        /// No token was obtained; `detail` says why.
        case failed
        /// The lease was given back.
        case released
        /// Logged out; the tombstone is durable.
        case loggedOut
        /// A login was written for the first time.
        case began
    }

    private let sink: @Sendable (Entry) -> Void

    /// A journal that hands each entry to `sink`.
    package init(sink: @escaping @Sendable (Entry) -> Void) {
        self.sink = sink
    }

    /// A journal that keeps nothing.
    package static let none = RotationJournal { _ in }

    func write(_ step: Step, runtime: Runtime, process: String) {
        sink(Entry(step, time: runtime.wallTime(), monotonic: runtime.now(), process: process))
    }
}
#endif
