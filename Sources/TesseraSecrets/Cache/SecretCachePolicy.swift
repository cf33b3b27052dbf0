#if Secrets
public import TesseraCore

/// How long a secret that a manager gave is used, and what happens when the manager does not answer.
public struct SecretCachePolicy: Sendable, Hashable {
    /// How long a secret is used before it is fetched again.
    public var lifetime = Duration.seconds(300)
    /// The end of the lifetime in which one asker fetches already while all are served. Where in it is drawn for each
    /// copy, so that machines that started together do not ask together.
    public var advisoryWindow = Duration.seconds(60)
    /// How long beyond its lifetime a secret is used while the manager cannot be reached (as RFC 5861 §4 has it). A
    /// manager that says the secret is gone, or that it may not be read, is believed at once.
    public var staleIfError = Duration.seconds(3600)
    /// The waits after failures in a row.
    public var backoff = Backoff(initial: .seconds(1), longest: .seconds(60))
    /// A secret that was refused by whoever it was shown to is fetched anew, but not more often than this.
    public var shortestRefetch = Duration.seconds(5)
    /// How long one fetch may take.
    public var longestFetch = Duration.seconds(20)

    /// The settings that the documentation names.
    public init() {}

    /// When a secret that was fetched at an instant is fetched again by the first who asks.
    func refreshTime(from fetched: MonotonicInstant, random: UInt64) -> MonotonicInstant {
        let window = max(.zero, min(advisoryWindow, lifetime))
        return fetched.advanced(by: lifetime - window.scaled(by: Int64(random >> 33), over: 1 << 31))
    }
}
#endif
