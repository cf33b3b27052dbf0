#if Secrets
import TesseraCore

/// What is known of one secret, and who fetches it: every decision of ``ManagedSecret``, without clock, dice or I/O.
struct SecretCacheStateMachine: Sendable {
    struct Held: Sendable {
        var value: SecretValue
        var fetched: MonotonicInstant
        /// From here on one asker fetches while all are served.
        var refreshes: MonotonicInstant
        /// From here on all wait for a fetch.
        var expires: MonotonicInstant
        /// Until here it stands in for an answer that does not come.
        var stalest: MonotonicInstant
    }

    struct Failure: Sendable {
        var error: TesseraError
        var retries: MonotonicInstant
        var count: Int
    }

    typealias FlightID = UInt64

    enum Answer {
        case use(SecretValue, SecretEvent.Freshness)
        case useAndStart(SecretValue, FlightID)
        case join
        case start(FlightID)
        case fail(TesseraError)
    }

    let policy: SecretCachePolicy
    private(set) var held: Held?
    private(set) var failure: Failure?
    private(set) var flight: FlightID?
    private var flights: FlightID = 0
    /// When the last fetch began that somebody asked for because the secret was refused.
    private var refetched: MonotonicInstant?

    init(policy: SecretCachePolicy) {
        self.policy = policy
    }

    mutating func ask(now: MonotonicInstant) -> Answer {
        if let held, now < held.refreshes { return .use(held.value, .fresh) }
        let waits = failure.map { now < $0.retries } ?? false
        if let held, now < held.expires {
            return flight != nil || waits ? .use(held.value, .fresh) : .useAndStart(held.value, takeOff())
        }
        if waits, let failure { return stale(at: now, failure.error) }
        return flight != nil ? .join : .start(takeOff())
    }

    /// Somebody was refused with `rejected`.
    mutating func ask(after rejected: Secret, now: MonotonicInstant) -> Answer {
        guard let held, held.value.secret == rejected else { return ask(now: now) }
        if flight != nil { return .join }
        let isTooSoon = refetched.map { $0.duration(to: now) < policy.shortestRefetch } ?? false
        if isTooSoon || failure.map({ now < $0.retries }) ?? false { return .use(held.value, .fresh) }
        refetched = now
        return .start(takeOff())
    }

    private mutating func takeOff() -> FlightID {
        flights &+= 1
        flight = flights
        return flights
    }

    private func stale(at now: MonotonicInstant, _ error: TesseraError) -> Answer {
        guard let held, now < held.stalest, error.code != .secretUnavailable else { return .fail(error) }
        return .use(held.value, .stale)
    }

    /// - Returns: Whether the flight was still waited for; and whether the secret is another one.
    mutating func landed(
        _ id: FlightID, with value: SecretValue, now: MonotonicInstant, random: UInt64
    ) -> (isNews: Bool, isChanged: Bool) {
        guard flight == id else { return (false, false) }
        flight = nil
        failure = nil
        let isChanged = held.map { $0.value.secret != value.secret } ?? true
        let end = value.lifetime.map { now.advanced(by: max(.zero, $0)) } ?? .distantFuture
        let expiry = min(now.advanced(by: policy.lifetime), end)
        held = Held(
            value: value, fetched: now, refreshes: min(policy.refreshTime(from: now, random: random), end),
            expires: expiry, stalest: min(expiry.advanced(by: policy.staleIfError), end))
        return (true, isChanged)
    }

    /// - Returns: Whether the flight was still waited for.
    mutating func failed(_ id: FlightID, with error: TesseraError, now: MonotonicInstant, random: UInt64) -> Bool {
        guard flight == id else { return false }
        flight = nil
        let count = (failure?.count ?? 0) + 1
        let wait = max(policy.backoff.wait(before: count, random: random), .milliseconds(100))
        let asked = min(error.retryAfter ?? .zero, policy.backoff.longest)
        failure = Failure(error: error, retries: now.advanced(by: max(wait, asked)), count: count)
        // What the manager took back must not be served from here.
        if error.code == .secretUnavailable { held = nil }
        return true
    }

    /// What those who waited for a flight get now that it is over.
    func outcome(now: MonotonicInstant) -> Result<(SecretValue, SecretEvent.Freshness), TesseraError>? {
        guard flight == nil else { return nil }
        // What a flight brought is good for those who waited for it, even if it may not be kept at all.
        if let held, failure == nil || now < held.expires { return .success((held.value, .fresh)) }
        guard let failure else { return nil }
        switch stale(at: now, failure.error) {
        case .use(let value, let freshness): return .success((value, freshness))
        default: return .failure(failure.error)
        }
    }
}
#endif
