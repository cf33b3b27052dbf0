/// What a ``RetryPolicy`` decided, and why.
public enum RetryDecision: Sendable, Hashable, Codable {
    /// What gave the occasion for another attempt.
    public enum Occasion: Sendable, Hashable, Codable {
        /// A status of the policy's list, or one with a wait or a code that the policy knows.
        case status(Int)
        /// A failure before the head of the answer.
        case failure(TransportFailure.Kind, TransportFailure.Phase)
        /// The body ended before its end.
        case bodyCut
    }

    /// Where the wait comes from.
    public enum WaitSource: String, Sendable, Hashable, Codable {
        /// The server's `Retry-After`.
        case retryAfter
        /// The policy's backoff.
        case backoff
    }

    /// Why there is no further attempt.
    public enum StopReason: String, Sendable, Hashable, Codable, CaseIterable {
        /// Neither the status nor the failure is worth another attempt.
        case notRetryable
        /// The policy allows one attempt only.
        case retriesDisabled
        /// All attempts of the policy are used up.
        case attemptsExhausted
        /// The retries that the policy allows for this kind of failure are used up.
        case kindExhausted
        /// The body can be sent once only.
        case bodyNotReplayable
        /// The method is not idempotent, there is no idempotency key, and the request may have arrived.
        case methodNotIdempotent
        /// The policy's scope leaves the origin out.
        case outOfScope
        /// The server asks for a longer wait than the policy allows.
        case retryAfterTooLong
        /// The wait would end after the call's deadline.
        case deadlineTooNear
        /// The origin's retry budget is empty: too much of what is sent to it fails.
        case budgetExhausted
        /// The call was made inside another one, which has no retries left to share.
        case outerCallExhausted
    }

    /// Another attempt after a wait.
    case retry(after: Duration, Occasion, WaitSource)
    /// No further attempt.
    case stop(StopReason)
}
