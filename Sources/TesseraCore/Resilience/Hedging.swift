/// Sends a slow request a second time beside the first, and takes the answer that comes first.
///
/// Off by default, for buffered calls of safe methods only (RFC 9110 §9.2.1), and paid for by the retry budget of the
/// origin like a retry.
public struct Hedging: Sendable, Hashable {
    /// How long the first is waited for alone. The 95th percentile of the usual answer is a good value.
    public var after: Duration

    /// A second request after `after`.
    public init(after: Duration) {
        self.after = after
    }
}
