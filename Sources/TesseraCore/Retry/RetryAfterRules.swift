/// What becomes of the wait that an answer asks for with `Retry-After` (RFC 9110 §10.2.3).
public struct RetryAfterRules: Sendable, Hashable {
    /// What becomes of a wait above the longest.
    public enum Overlong: Sendable, Hashable {
        /// The call ends at once, with an error that names the wait.
        case fail
        /// It is cut, as urllib3 does: the server is asked again earlier than it wants.
        case cut
    }

    /// Whether the server decides the wait at all.
    public var isRespected: Bool
    /// The longest that is waited for.
    public var longest: Duration
    /// What becomes of a longer one.
    public var overlong: Overlong
    /// Whether a wait of zero means the policy's own wait instead of none, as in urllib3.
    public var replacesZero: Bool
    /// Keeps the wait between the policy's own and that much more, as the AWS SDKs do; nil to take it as it is.
    public var margin: Duration?
    /// Whether `x-amz-retry-after`, in milliseconds, counts as well.
    public var readsAmazonField: Bool

    /// Rules of the given parts.
    public init(
        isRespected: Bool = true, longest: Duration = .seconds(60), overlong: Overlong = .fail,
        replacesZero: Bool = false, margin: Duration? = nil, readsAmazonField: Bool = false
    ) {
        self.isRespected = isRespected
        self.longest = longest
        self.overlong = overlong
        self.replacesZero = replacesZero
        self.margin = margin
        self.readsAmazonField = readsAmazonField
    }

    /// What is waited when the server names `named` and the policy would wait `own`; nil when that is too long.
    func wait(_ named: Duration?, own: Duration) -> (wait: Duration, source: RetryDecision.WaitSource)? {
        guard isRespected, let named, !(replacesZero && named == .zero) else { return (own, .backoff) }
        if let margin {
            return (max(own, min(named, own + margin)), .retryAfter)
        }
        guard named > longest else { return (named, .retryAfter) }
        return overlong == .cut ? (longest, .retryAfter) : nil
    }
}
