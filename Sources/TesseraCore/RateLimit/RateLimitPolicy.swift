/// Waits before a limit that the server announced is hit, instead of after its 429.
///
/// Read are `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), their predecessors
/// `RateLimit-Limit`, `-Remaining` and `-Reset`, the same with `X-` in front, and `Retry-After` of a 429. What is left is
/// counted for each origin and credential, by all tasks of a session and of those derived from it.
///
/// Off by default.
public struct RateLimitPolicy: Sendable, Hashable {
    /// The longest that is waited for. A longer wait ends the call at once with ``TesseraError/Code/rateLimited``.
    public var longestWait: Duration

    /// Waits up to `longestWait`.
    public init(longestWait: Duration = .seconds(60)) {
        self.longestWait = longestWait
    }

    /// Waits up to a minute.
    public static let announced = RateLimitPolicy()
}
