import TesseraCore

/// The bound on token requests that holds whatever happens: so many at once, and one more each interval.
///
/// The generic cell rate algorithm (ITU-T I.371): one instant is its whole memory.
struct StormBreaker: Sendable {
    /// Requests that may come together.
    let burst: Int64
    private var full: MonotonicInstant?

    /// The interval while nothing is known of the tokens' life.
    static let longestInterval = Duration.seconds(6)
    /// The interval for tokens that live for a second.
    static let shortestInterval = Duration.milliseconds(250)

    init(burst: Int64 = 20) {
        self.burst = max(1, burst)
    }

    /// Tokens that live shortly are renewed often, so the interval is a quarter of their life.
    static func interval(lifetime: Duration?) -> Duration {
        guard let lifetime else { return longestInterval }
        return max(shortestInterval, min(longestInterval, lifetime.scaled(by: 1, over: 4)))
    }

    /// How long it is until the next request may be made; zero when it may be made now.
    func wait(now: MonotonicInstant, interval: Duration) -> Duration {
        guard let full else { return .zero }
        let room = interval.scaled(by: burst - 1, over: 1)
        // A clock that went back must not lengthen the wait.
        let debt = min(now.duration(to: full), interval.scaled(by: burst, over: 1))
        return max(.zero, debt - room)
    }

    /// Counts a request that is made now.
    mutating func count(now: MonotonicInstant, interval: Duration) {
        let debt = full.map { min(now.duration(to: $0), interval.scaled(by: burst, over: 1)) } ?? .zero
        full = now.advanced(by: max(.zero, debt) + interval)
    }
}
