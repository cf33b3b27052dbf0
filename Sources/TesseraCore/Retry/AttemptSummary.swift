public import HTTPTypes

/// What the policies see of an attempt: no message, no body, no error object, so that a decision can be recorded,
/// simulated and explained without sending a byte.
public struct AttemptSummary: Sendable, Hashable, Codable {
    /// How the attempt ended.
    public enum Result: Sendable, Hashable, Codable {
        /// With an answer of this status.
        case status(Int)
        /// Without a whole answer.
        case failure(TransportFailure.Kind, TransportFailure.Phase, TransportFailure.Progress)
    }

    /// The number of the attempt in its call, from 1.
    public var attempt: Int
    /// The request's method.
    @CodableMethod public var method: HTTPRequest.Method
    /// How it ended.
    public var result: Result
    /// The server's `Retry-After`, as a wait from now.
    public var retryAfter: Duration?
    /// Whether the body can be sent again.
    public var isReplayable: Bool
    /// Whether the call carries an idempotency key.
    public var hasIdempotencyKey: Bool
    /// Where it went; nil when that plays no part.
    public var origin: Origin?
    /// The code of `x-amzn-ErrorType`, where the policy asks for it.
    public var errorCode: String?
    /// The retries that the call has made already.
    public var tally = RetryTally()

    /// A summary of the given parts.
    public init(
        attempt: Int, method: HTTPRequest.Method, result: Result, retryAfter: Duration? = nil,
        isReplayable: Bool = true, hasIdempotencyKey: Bool = false, origin: Origin? = nil, errorCode: String? = nil
    ) {
        self.attempt = attempt
        self.method = method
        self.result = result
        self.retryAfter = retryAfter
        self.isReplayable = isReplayable
        self.hasIdempotencyKey = hasIdempotencyKey
        self.origin = origin
        self.errorCode = errorCode
    }

    /// How far a failed request got; nil when there was an answer.
    public var progress: TransportFailure.Progress? {
        if case .failure(_, _, let progress) = result { progress } else { nil }
    }
}
