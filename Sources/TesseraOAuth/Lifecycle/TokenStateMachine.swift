import TesseraCore

/// Decides who uses which token, and who obtains the next: one request per expiry (invariant 3). A value without I/O.
struct TokenStateMachine {
    typealias FlightID = UInt64

    /// What an asker does.
    enum Asked {
        /// Goes on with this token.
        case use(AccessToken)
        /// Goes on with this token, and starts a flight for the others.
        case useAndStart(AccessToken, FlightID)
        /// Waits for a flight that another asker started.
        case join(FlightID)
        /// Starts a flight and waits for it.
        case start(FlightID)
        /// Fails as the flight before did: it is too early for another.
        case fail(TesseraError)
    }

    private struct Failure {
        var error: TesseraError
        var retryAt: MonotonicInstant
        var count: Int
    }

    private let freshness: FreshnessPolicy
    private(set) var current: AccessToken?
    private var isRejected = false
    private var flight: FlightID?
    private var lastFlight: FlightID = 0
    private var failure: Failure?
    private var lastRejection: MonotonicInstant?
    private var issued: UInt64 = 0

    init(freshness: FreshnessPolicy) {
        self.freshness = freshness
    }

    mutating func ask(now: MonotonicInstant) -> Asked {
        switch state(now) {
        case .fresh:
            if let current { return .use(current) }
        case .aging:
            if let current {
                guard flight == nil, mayStart(now) else { return .use(current) }
                return .useAndStart(current, takeOff())
            }
        case .stale:
            break
        }
        if let flight { return .join(flight) }
        if let failure, !mayStart(now) { return .fail(failure.error) }
        return .start(takeOff())
    }

    private func state(_ now: MonotonicInstant) -> FreshnessPolicy.State {
        guard let current, !isRejected else { return .stale }
        return freshness.state(expiry: current.expiry, lifetime: current.lifetime, now: now)
    }

    private func mayStart(_ now: MonotonicInstant) -> Bool {
        failure.map { now >= $0.retryAt } ?? true
    }

    private mutating func takeOff() -> FlightID {
        lastFlight += 1
        flight = lastFlight
        return lastFlight
    }

    /// The generation that the flight's token will have.
    mutating func nextGeneration() -> UInt64 {
        issued += 1
        return issued
    }

    func isUnderWay(_ id: FlightID) -> Bool { flight == id }

    var isIdle: Bool { flight == nil }

    /// How the last flight ended, for an asker that comes to wait for it when it is over; nil while it is under way.
    func outcome(now: MonotonicInstant) -> Result<AccessToken, TesseraError>? {
        guard flight == nil else { return nil }
        if let current, state(now) != .stale { return .success(current) }
        if let failure { return .failure(failure.error) }
        // A token so short-lived that it was stale when it came is still the best there is.
        return current.map { .success($0) }
    }

    /// A flight brought a token. Late results of a flight that was given up are taken too: they are newer.
    mutating func landed(_ id: FlightID, with token: AccessToken) {
        if flight == id { flight = nil }
        guard token.generation > current?.generation ?? 0 else { return }
        // The same token again is no answer to its rejection.
        isRejected = isRejected && token.value == current?.value
        current = token
        failure = nil
    }

    /// A flight brought none. The next may start after a wait that grows, or as the server asked.
    mutating func failed(_ id: FlightID, with error: TesseraError, now: MonotonicInstant, random: UInt64) {
        guard flight == id else { return }
        flight = nil
        let count = (failure?.count ?? 0) + 1
        let backoff = Backoff(initial: .seconds(1), longest: .seconds(30), isJittered: false)
        let bound = backoff.wait(before: count, random: 0)
        let jitter = Backoff(initial: bound / 2, longest: bound / 2).wait(before: 1, random: random)
        let wait = max(bound / 2 + jitter, min(error.retryAfter ?? .zero, .seconds(300)))
        failure = Failure(error: error, retryAt: now.advanced(by: wait), count: count)
    }

    /// A resource refused a token. Returns whether the asker will get another one.
    ///
    /// A refusal of an older token than the current one refreshes nothing; and a resource that refuses every token does
    /// not cause a storm: between two refusals that refresh lies half a token's life, at most five seconds.
    mutating func reject(generation: UInt64, now: MonotonicInstant) -> Bool {
        guard let current else { return true }
        guard current.generation == generation else { return current.generation > generation && !isRejected }
        if isRejected { return flight != nil || mayStart(now) }
        let pause = min(.seconds(5), current.lifetime.map { $0 / 2 } ?? .seconds(5))
        if let lastRejection, lastRejection.duration(to: now) < pause { return false }
        lastRejection = now
        isRejected = true
        return true
    }
}
