public import HTTPTypes

/// When a failed attempt is followed by another, and after which wait: an immutable value without clock or dice.
///
/// A second send needs a replayable body, and an idempotent method, an idempotency key, or proof that the peer did not
/// process the first (invariant 5).
public struct RetryPolicy: Sendable, Hashable {
    /// The most attempts of one call, the first included; 1 means no retries.
    public var attempts: Int
    /// The methods that may be sent again after they may have arrived (RFC 9110 §9.2.2).
    public var methods: Set<HTTPRequest.Method>
    /// The statuses that are worth another attempt.
    public var statuses: Set<Int>
    /// The waits between attempts when the server names none.
    public var backoff: Backoff
    /// Whether the server's `Retry-After` decides the wait.
    public var respectsRetryAfter: Bool
    /// The longest `Retry-After` that is waited for. A longer one ends the call at once, with an error that names it.
    public var longestRetryAfter: Duration

    /// A policy of the given parts.
    public init(
        attempts: Int = 3,
        methods: Set<HTTPRequest.Method> = [.get, .head, .put, .delete, .options, .trace],
        statuses: Set<Int> = [408, 429, 500, 502, 503, 504],
        backoff: Backoff = Backoff(),
        respectsRetryAfter: Bool = true,
        longestRetryAfter: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.methods = methods
        self.statuses = statuses
        self.backoff = backoff
        self.respectsRetryAfter = respectsRetryAfter
        self.longestRetryAfter = longestRetryAfter
    }

    /// Two retries with exponential backoff and full jitter.
    public static let standard = RetryPolicy()
    /// One attempt, come what may.
    public static let never = RetryPolicy(attempts: 1)

    /// Decides what follows the attempt that `summary` describes.
    public func decide(_ summary: AttemptSummary, random: UInt64) -> RetryDecision {
        guard let occasion = occasion(of: summary) else { return .stop(.notRetryable) }
        guard summary.attempt < attempts else { return .stop(attempts <= 1 ? .retriesDisabled : .attemptsExhausted) }
        guard summary.isReplayable else { return .stop(.bodyNotReplayable) }
        let isUnprocessed = summary.progress == .nothingSent || summary.progress == .provablyUnprocessed
        guard isUnprocessed || methods.contains(summary.method) || summary.hasIdempotencyKey else {
            return .stop(.methodNotIdempotent)
        }
        if respectsRetryAfter, let wait = summary.retryAfter {
            guard wait <= longestRetryAfter else { return .stop(.retryAfterTooLong) }
            return .retry(after: wait, occasion, .retryAfter)
        }
        return .retry(after: backoff.wait(before: summary.attempt, random: random), occasion, .backoff)
    }

    private func occasion(of summary: AttemptSummary) -> RetryDecision.Occasion? {
        switch summary.result {
        case .status(let code):
            return statuses.contains(code) ? .status(code) : nil
        case .failure(let kind, let phase, _):
            switch kind {
            case .timeout, .unreachable, .disconnected: return phase == .body ? .bodyCut : .failure(kind, phase)
            case .tls, .proxy, .protocolViolation, .limitExceeded, .bodyFailed, .cancelled, .shutDown, .unsupported,
                .unexpectedRequest:
                return nil
            }
        }
    }
}

/// What a ``RetryPolicy`` decided, and why.
public enum RetryDecision: Sendable, Hashable, Codable {
    /// What gave the occasion for another attempt.
    public enum Occasion: Sendable, Hashable, Codable {
        /// A status of the policy's list.
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
        /// The body can be sent once only.
        case bodyNotReplayable
        /// The method is not idempotent, there is no idempotency key, and the request may have arrived.
        case methodNotIdempotent
        /// The server asks for a longer wait than the policy allows.
        case retryAfterTooLong
        /// The wait would end after the call's deadline.
        case deadlineTooNear
    }

    /// Another attempt after a wait.
    case retry(after: Duration, Occasion, WaitSource)
    /// No further attempt.
    case stop(StopReason)
}

/// Waits that grow from attempt to attempt, drawn at random from zero to their bound ("full jitter").
public struct Backoff: Sendable, Hashable {
    /// The bound of the first wait.
    public var initial: Duration
    /// The factor from one bound to the next.
    public var factor: Int
    /// The largest bound.
    public var longest: Duration
    /// Whether each wait is drawn from 0 to its bound, or is the bound itself.
    public var isJittered: Bool

    /// Waits of the given shape.
    public init(
        initial: Duration = .milliseconds(200), factor: Int = 2, longest: Duration = .seconds(20),
        isJittered: Bool = true
    ) {
        self.initial = initial
        self.factor = factor
        self.longest = longest
        self.isJittered = isJittered
    }

    /// The wait after attempt `attempt`, counted from 1.
    public func wait(before attempt: Int, random: UInt64) -> Duration {
        let cap = max(0, longest.clampedNanoseconds)
        var bound = min(cap, max(0, initial.clampedNanoseconds))
        for _ in 1..<max(1, min(64, attempt)) where bound < cap {
            let (next, overflow) = bound.multipliedReportingOverflow(by: Int64(max(1, factor)))
            bound = overflow ? cap : min(cap, next)
        }
        guard isJittered, bound > 0 else { return .nanoseconds(bound) }
        let (high, _) = UInt64(bound).multipliedFullWidth(by: random)
        return .nanoseconds(Int64(high))
    }
}
