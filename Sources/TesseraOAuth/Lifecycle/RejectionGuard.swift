#if OAuth
import TesseraCore

/// Keeps a resource that refuses every token from causing a token request for each of its refusals.
///
/// Between two refusals that renew lies half a token's life, at most five seconds; if tokens are refused that were not
/// good for a while the pause doubles, up to five minutes.
struct RejectionGuard: Sendable {
    private var pause: Duration?
    private var closedUntil: MonotonicInstant?
    private var lastRefusal: MonotonicInstant?

    static let firstPause = Duration.seconds(5)
    static let leastPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(300)
    /// A token that nobody refused for this long, or for a quarter of its life, was good for a while.
    static let trial = Duration.seconds(60)

    /// Whether a refusal at `now` of a token obtained at `obtained` renews it; counts it if so.
    mutating func admits(now: MonotonicInstant, obtained: MonotonicInstant, lifetime: Duration?) -> Bool {
        // A token that is refused all through a pause has served nobody, however old it is when the pause is over.
        let goodSince = max(obtained, lastRefusal ?? obtained)
        lastRefusal = now
        // A clock that went back must not lengthen the pause.
        if let closedUntil, now < closedUntil, now.duration(to: closedUntil) <= RejectionGuard.longestPause {
            return false
        }
        let half = lifetime?.scaled(by: 1, over: 2) ?? RejectionGuard.firstPause
        let first = max(RejectionGuard.leastPause, min(RejectionGuard.firstPause, half))
        let trial = min(RejectionGuard.trial, lifetime?.scaled(by: 1, over: 4) ?? RejectionGuard.trial)
        let isFirst = pause == nil || goodSince.duration(to: now) >= trial
        let next = isFirst ? first : min(RejectionGuard.longestPause, (pause ?? first).scaled(by: 2, over: 1))
        pause = next
        closedUntil = now.advanced(by: next)
        return true
    }
}
#endif
