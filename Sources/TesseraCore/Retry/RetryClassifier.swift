/// Which outcomes are worth another attempt: the second of a ``RetryPolicy``'s three pieces.
public struct RetryClassifier: Sendable, Hashable {
    /// The statuses that are, whatever else the answer says.
    public var statuses: Set<Int>
    /// The statuses that are only if the answer names a wait, as 413 (RFC 9110 §15.5.14).
    public var statusesWithRetryAfter: Set<Int>
    /// The codes of `x-amzn-ErrorType` that are, whatever the status.
    public var codes: Set<String>
    /// The failures on the wire that are. What the caller or this side caused never is: a cancelled call, a body that
    /// could not be written, a transport that was shut down or cannot do it.
    public var failures: Set<TransportFailure.Kind>

    /// A classifier of the given parts.
    public init(
        statuses: Set<Int> = [408, 429, 500, 502, 503, 504], statusesWithRetryAfter: Set<Int> = [413],
        codes: Set<String> = [], failures: Set<TransportFailure.Kind> = [.timeout, .unreachable, .disconnected]
    ) {
        self.statuses = statuses
        self.statusesWithRetryAfter = statusesWithRetryAfter
        self.codes = codes
        self.failures = failures
    }

    private static let ownFailures: Set<TransportFailure.Kind> = [
        .bodyFailed, .cancelled, .shutDown, .unsupported, .unexpectedRequest,
    ]

    /// What gives the occasion for another attempt; nil when nothing does.
    func occasion(of summary: AttemptSummary, honorsRetryAfter: Bool) -> RetryDecision.Occasion? {
        switch summary.result {
        case .status(let status):
            let isWorthIt =
                statuses.contains(status) || summary.errorCode.map { codes.contains($0) } == true
                || honorsRetryAfter && summary.retryAfter != nil && statusesWithRetryAfter.contains(status)
            return isWorthIt ? .status(status) : nil
        case .failure(let kind, let phase, _):
            guard failures.contains(kind), !RetryClassifier.ownFailures.contains(kind) else { return nil }
            return phase == .body ? .bodyCut : .failure(kind, phase)
        }
    }
}
