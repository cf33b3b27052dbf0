#if OAuth
import TesseraCore

/// The bound on token requests that holds whatever happens: so many at once, and one more each interval.
///
/// A leaky bucket (ITU-T I.371) that is filled with requests, not with time: the first request is made before anybody
/// knows how long the tokens live, and must not weigh more once it turns out that they live shortly.
struct StormBreaker: Sendable {
    /// Requests that may come together.
    let burst: Int64
    /// The requests in the bucket at the last one, in billionths.
    private var level: Int64 = 0
    private var last: MonotonicInstant?

    /// The interval while nothing is known of the tokens' life.
    static let longestInterval = Duration.seconds(6)
    /// The interval for tokens that live for a second.
    static let shortestInterval = Duration.milliseconds(250)
    private static let request: Int64 = 1_000_000_000

    init(burst: Int64 = 20) {
        self.burst = max(1, min(burst, 1_000_000))
    }

    /// Tokens that live shortly are renewed often, so the interval is a quarter of their life.
    static func interval(lifetime: Duration?) -> Duration {
        guard let lifetime else { return longestInterval }
        return max(shortestInterval, min(longestInterval, lifetime.scaled(by: 1, over: 4)))
    }

    /// How long it is until the next request may be made; zero when it may be made now.
    func wait(now: MonotonicInstant, interval: Duration) -> Duration {
        // A clock that went back does not tell how long ago the last request was: one passes and is counted.
        guard let last, now >= last else { return .zero }
        let excess = level(now: now, interval: interval) - (burst - 1) * StormBreaker.request
        guard excess > 0 else { return .zero }
        // Rounded up, so that whoever waits that long need not wait again.
        return max(.zero, interval).scaled(by: excess, over: StormBreaker.request) + .nanoseconds(1)
    }

    /// Counts a request that is made now.
    mutating func count(now: MonotonicInstant, interval: Duration) {
        level = min(burst * StormBreaker.request, level(now: now, interval: interval) + StormBreaker.request)
        last = now
    }

    /// What has not leaked by now, one request an interval.
    private func level(now: MonotonicInstant, interval: Duration) -> Int64 {
        guard let last, now > last else { return level }
        let leak = last.duration(to: now).scaled(by: StormBreaker.request, over: max(1, interval.clampedNanoseconds))
        return level - min(level, leak.clampedNanoseconds)
    }
}
#endif
