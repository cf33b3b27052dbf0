public import HTTPTypes

/// What a ``RetryPolicy`` would decide about an attempt, and why, without anything being sent.
public struct RetryExplanation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The attempt that was supposed.
    public let summary: AttemptSummary
    /// The decision.
    public let decision: RetryDecision
    /// The longest that the wait can be, where chance has a part in it.
    public let longestWait: Duration?

    /// The decision and its reason in a sentence.
    public var description: String {
        let attempt = "\(summary.method.rawValue), attempt \(summary.attempt), \(outcome)"
        switch decision {
        case .stop(let reason): return "\(attempt): not sent again: \(reason.text)"
        case .retry(let wait, _, .retryAfter): return "\(attempt): sent again after \(wait.brief), as the server asked"
        case .retry(let wait, _, .backoff):
            guard let longestWait, longestWait > wait else {
                return "\(attempt): sent again after \(wait.brief) (backoff)"
            }
            return "\(attempt): sent again after \(wait.brief) to \(longestWait.brief) (backoff)"
        }
    }

    private var outcome: String {
        switch summary.result {
        case .status(let code):
            "status \(code)" + (summary.retryAfter.map { " with Retry-After \($0.brief)" } ?? "")
        case .failure(let kind, let phase, _): "\(kind.rawValue) in phase \(phase.rawValue)"
        }
    }
}

extension RetryPolicy {
    /// What the policy would do after an answer.
    ///
    /// ```swift
    /// print(RetryPolicy.standard.explain(.post, status: .serviceUnavailable, retryAfter: .seconds(120)))
    /// // POST, attempt 1, status 503 with Retry-After 120 s: not sent again: the method is not idempotent, …
    /// ```
    public func explain(
        _ method: HTTPRequest.Method, status: HTTPResponse.Status, retryAfter: Duration? = nil, attempt: Int = 1,
        isReplayable: Bool = true, hasIdempotencyKey: Bool = false
    ) -> RetryExplanation {
        explain(
            AttemptSummary(
                attempt: attempt, method: method, result: .status(status.code), retryAfter: retryAfter,
                isReplayable: isReplayable, hasIdempotencyKey: hasIdempotencyKey))
    }

    /// What the policy would do after a failure on the wire.
    public func explain(
        _ method: HTTPRequest.Method, failure kind: TransportFailure.Kind, in phase: TransportFailure.Phase,
        progress: TransportFailure.Progress, attempt: Int = 1, isReplayable: Bool = true,
        hasIdempotencyKey: Bool = false
    ) -> RetryExplanation {
        explain(
            AttemptSummary(
                attempt: attempt, method: method, result: .failure(kind, phase, progress), isReplayable: isReplayable,
                hasIdempotencyKey: hasIdempotencyKey))
    }

    /// What the policy would do after the attempt that `summary` describes.
    public func explain(_ summary: AttemptSummary) -> RetryExplanation {
        let decision = decide(summary, random: 0)
        var longest: Duration?
        if case .retry(let wait, _, .backoff) = decide(summary, random: .max) { longest = wait }
        return RetryExplanation(summary: summary, decision: decision, longestWait: longest)
    }
}
