public import HTTPTypes

/// Which calls may be repeated: the first of a ``RetryPolicy``'s three pieces.
public struct RetryScope: Sendable, Hashable {
    /// The methods that may be sent again after they may have arrived (RFC 9110 §9.2.2).
    public var methods: Set<HTTPRequest.Method>
    /// The origins; nil for all.
    public var origins: Set<Origin>?

    /// The given methods, at the given origins.
    public init(
        methods: Set<HTTPRequest.Method> = RetryScope.idempotentMethods, origins: Set<Origin>? = nil
    ) {
        self.methods = methods
        self.origins = origins
    }

    /// The idempotent methods of RFC 9110 §9.2.2.
    public static let idempotentMethods: Set<HTTPRequest.Method> = [.get, .head, .put, .delete, .options, .trace]

    /// Why the scope leaves the attempt out; nil when it does not.
    func objection(to summary: AttemptSummary) -> RetryDecision.StopReason? {
        if let origins, let origin = summary.origin, !origins.contains(origin) { return .outOfScope }
        let isUnprocessed = summary.progress == .nothingSent || summary.progress == .provablyUnprocessed
        guard isUnprocessed || methods.contains(summary.method) || summary.hasIdempotencyKey else {
            return .methodNotIdempotent
        }
        return nil
    }
}
