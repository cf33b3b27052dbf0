#if OAuth
import TesseraCore

/// What a process remembers of a login from one run to the next.
struct RotationMemory: Sendable {
    /// The newest record that was read or written: what a store that lost it gets back (line 15).
    var record: LoginRecord?
    /// Logins whose place another one, or a tombstone, took: a store that shows one of them again went back.
    private var superseded: [String] = []
    /// An attempt of this process that was never sent although its intent may stand in the store.
    var unsent: (attempt: String, prior: LoginRecord.State)?
    /// An attempt of this process that the server refused.
    var refused: String?
    /// When an attempt whose times cannot be compared with the store's clock was first seen.
    var firstSeen: [String: MonotonicInstant] = [:]
    /// When the store was first seen in its epoch.
    private var epochSeen: (epoch: String?, at: MonotonicInstant)?

    mutating func remember(_ new: LoginRecord) {
        if let record, record.login == new.login, record.generation > new.generation { return }
        record = new
    }

    /// Another login, or a tombstone, took the place of the one that was remembered.
    mutating func supersede() {
        var next = RotationMemory()
        next.superseded = (superseded + (record.map { [$0.login] } ?? [])).suffix(8)
        self = next
    }

    func isSuperseded(_ login: String) -> Bool { superseded.contains(login) }

    /// When the store was first seen in this epoch; that is now, when it was not before.
    @discardableResult
    mutating func firstSeen(epoch: String?, at now: MonotonicInstant) -> MonotonicInstant {
        if let epochSeen, epochSeen.epoch == epoch { return epochSeen.at }
        epochSeen = (epoch, now)
        return now
    }

    mutating func firstSeen(_ attempt: String, at now: MonotonicInstant) -> MonotonicInstant {
        if let seen = firstSeen[attempt] { return seen }
        firstSeen = [attempt: now]
        return now
    }
}
#endif
