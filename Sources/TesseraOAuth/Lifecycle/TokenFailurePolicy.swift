#if OAuth
public import TesseraCore

/// How long after a failure no token is asked for again: a pure function of the failure, the failures in a row before
/// it, what the token that is held is still good for, and a random number.
public struct TokenFailurePolicy: Sendable, Hashable {
    /// The waits after failures in a row while there is no token to go on with.
    public var backoff: Backoff
    /// The longest wait while there is one; never more than a quarter of what is left of it.
    public var longestServingWait: Duration
    /// The wait after a refusal that somebody else may mend.
    public var refusalTime: Duration
    /// The longest `Retry-After` that is obeyed.
    public var longestRetryAfter: Duration

    /// A policy of the given parts. Each wait is drawn from the upper half of its length, so that many instances that
    /// failed together do not come back together.
    public init(
        backoff: Backoff = Backoff(initial: .seconds(1), longest: .seconds(30), isJittered: false),
        longestServingWait: Duration = .seconds(300), refusalTime: Duration = .seconds(60),
        longestRetryAfter: Duration = .seconds(3600)
    ) {
        self.backoff = backoff
        self.longestServingWait = longestServingWait
        self.refusalTime = refusalTime
        self.longestRetryAfter = longestRetryAfter
    }

    /// The wait before the next request; nil when only another credential ends it.
    ///
    /// - Parameters:
    ///   - failure: What happened.
    ///   - count: The failures in a row, this one included.
    ///   - remaining: What is left of a token that is served meanwhile; nil without one.
    ///   - random: Sixty-four random bits.
    public func wait(after failure: TokenFailure, count: Int, remaining: Duration?, random: UInt64) -> Duration? {
        switch failure.kind {
        case .refused(recoversByItself: false):
            return nil
        case .refused(recoversByItself: true):
            return max(upperHalf(of: refusalTime, random), asked(by: failure))
        case .temporary:
            var bound = backoff.wait(before: count, random: .max)
            if let remaining {
                // Static stability: while a token is good there is no hurry, and an ill server is left alone.
                let quarter = max(.zero, remaining.scaled(by: 1, over: 4))
                bound = max(bound, min(longestServingWait, quarter))
            }
            return max(upperHalf(of: bound, random), asked(by: failure))
        }
    }

    private func asked(by failure: TokenFailure) -> Duration {
        max(.zero, min(failure.error.retryAfter ?? .zero, longestRetryAfter))
    }

    private func upperHalf(of bound: Duration, _ random: UInt64) -> Duration {
        let half = max(.zero, bound / 2)
        return half + half.scaled(by: Int64(random >> 33), over: 1 << 31)
    }
}
#endif
