public import HTTPTypes

/// When a failed attempt is followed by another, and after which wait: an immutable value without clock or dice.
///
/// It has three pieces besides its numbers: which calls (``scope``), which outcomes (``classifier``), and how much of it
/// an origin can take (``budget``). A second send needs a replayable body, and an idempotent method, an idempotency key,
/// or proof that the peer did not process the first (invariant 5).
public struct RetryPolicy: Sendable, Hashable {
    /// The most attempts of one call, the first included; 1 means no retries.
    public var attempts: Int
    /// How many retries of each kind there may be among them.
    public var limits: RetryLimits
    /// Which calls may be repeated.
    public var scope: RetryScope
    /// Which outcomes are worth another attempt.
    public var classifier: RetryClassifier
    /// The waits between attempts when the server names none.
    public var backoff: Backoff
    /// What becomes of the server's `Retry-After`.
    public var retryAfter: RetryAfterRules
    /// How much of what is sent to an origin may be retries; nil for no bound.
    public var budget: RetryBudget?
    /// Whether the last answer is delivered when no attempt is left, even if its status was not expected (urllib3's
    /// `raise_on_status=False`).
    public var deliversLastAnswer = false

    /// A policy of the given parts.
    public init(
        attempts: Int = 3,
        methods: Set<HTTPRequest.Method> = RetryScope.idempotentMethods,
        statuses: Set<Int> = [408, 429, 500, 502, 503, 504],
        backoff: Backoff = Backoff(),
        respectsRetryAfter: Bool = true,
        longestRetryAfter: Duration = .seconds(60),
        limits: RetryLimits = RetryLimits(),
        budget: RetryBudget? = .standard
    ) {
        self.attempts = attempts
        self.limits = limits
        scope = RetryScope(methods: methods)
        classifier = RetryClassifier(statuses: statuses)
        self.backoff = backoff
        retryAfter = RetryAfterRules(isRespected: respectsRetryAfter, longest: longestRetryAfter)
        self.budget = budget
    }

    /// The methods that may be sent again after they may have arrived (RFC 9110 §9.2.2).
    public var methods: Set<HTTPRequest.Method> {
        get { scope.methods }
        set { scope.methods = newValue }
    }

    /// The statuses that are worth another attempt.
    public var statuses: Set<Int> {
        get { classifier.statuses }
        set { classifier.statuses = newValue }
    }

    /// Whether the server's `Retry-After` decides the wait.
    public var respectsRetryAfter: Bool {
        get { retryAfter.isRespected }
        set { retryAfter.isRespected = newValue }
    }

    /// The longest `Retry-After` that is waited for. A longer one ends the call at once, with an error that names it.
    public var longestRetryAfter: Duration {
        get { retryAfter.longest }
        set { retryAfter.longest = newValue }
    }

    /// Decides what follows the attempt that `summary` describes.
    public func decide(_ summary: AttemptSummary, random: UInt64) -> RetryDecision {
        guard let occasion = classifier.occasion(of: summary, honorsRetryAfter: retryAfter.isRespected) else {
            return .stop(.notRetryable)
        }
        guard summary.attempt < attempts else { return .stop(attempts <= 1 ? .retriesDisabled : .attemptsExhausted) }
        guard limits.allow(summary) else { return .stop(.kindExhausted) }
        guard summary.isReplayable else { return .stop(.bodyNotReplayable) }
        if let objection = scope.objection(to: summary) { return .stop(objection) }
        let (streak, overflow) = summary.attempt.subtractingReportingOverflow(summary.tally.beforeRedirect)
        let own = backoff.wait(before: overflow ? 1 : streak, random: random)
        guard let (wait, source) = retryAfter.wait(summary.retryAfter, own: own) else {
            return .stop(.retryAfterTooLong)
        }
        return .retry(after: wait, occasion, source)
    }
}
