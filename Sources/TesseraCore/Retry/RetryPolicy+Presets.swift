public import HTTPTypes

extension RetryPolicy {
    /// Two retries with exponential backoff and full jitter, within the standard budget.
    public static let standard = RetryPolicy()

    /// One attempt, come what may.
    public static let never = RetryPolicy(attempts: 1)

    /// The rules of the AWS SDKs' standard mode: three attempts, waits from zero to 1 s, 2 s, …, 20 s, a quota of 500
    /// for each origin, and the throttling codes of `x-amzn-ErrorType`.
    ///
    /// Their SDKs also repeat POST; here only an idempotency key makes it repeatable.
    public static let aws: RetryPolicy = {
        var policy = RetryPolicy(
            attempts: 3, statuses: [500, 502, 503, 504], backoff: Backoff(initial: .seconds(1)), budget: .aws)
        policy.classifier.statusesWithRetryAfter = []
        policy.classifier.codes = transientCodes.union(throttlingCodes)
        policy.retryAfter.margin = .seconds(5)
        policy.retryAfter.readsAmazonField = true
        return policy
    }()

    static let transientCodes: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete",
    ]
    static let throttlingCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown",
        "PriorRequestNotComplete", "EC2ThrottledException",
    ]

    /// urllib3's `Retry()` with its own defaults.
    public static let urllib3 = urllib3()

    /// urllib3 2.7's `Retry`, parameter by parameter.
    ///
    /// Schedules and statuses are its own. What it would send again although that may do the work twice stays refused:
    /// `allowed_methods=None`, and failures that are not connect errors of methods that are not idempotent.
    /// `redirect`, `raise_on_redirect` and `remove_headers_on_redirect` are ``RedirectPolicy``'s; `history` is
    /// ``CallHistory``.
    ///
    /// - Parameters:
    ///   - total: Retries altogether; nil for as many as the others allow. (`False` is 0.)
    ///   - connect: Retries after failures to connect.
    ///   - read: Retries after requests that may have arrived.
    ///   - status: Retries after answers.
    ///   - other: Retries after everything else.
    ///   - allowedMethods: nil, urllib3's "any method", means the idempotent ones here.
    ///   - statusForcelist: The statuses that are repeated without `Retry-After`.
    ///   - backoffFactor: In seconds: the waits are none, twice it, four times it, ….
    ///   - backoffMax: The longest wait of the schedule.
    ///   - backoffJitter: Up to that much is added to each wait but the first.
    ///   - respectRetryAfterHeader: Whether `Retry-After` decides the wait, and makes 413, 429 and 503 repeatable.
    ///   - retryAfterMax: Longer ones are cut to it.
    ///   - raiseOnStatus: Whether the last answer's status is an error when no retry is left.
    public static func urllib3(
        total: Int? = 10, connect: Int? = nil, read: Int? = nil, status: Int? = nil, other: Int? = nil,
        allowedMethods: Set<HTTPRequest.Method>? = nil, statusForcelist: Set<Int> = [],
        backoffFactor: Double = 0, backoffMax: Duration = .seconds(120), backoffJitter: Duration = .zero,
        respectRetryAfterHeader: Bool = true, retryAfterMax: Duration = .seconds(21_600), raiseOnStatus: Bool = true
    ) -> RetryPolicy {
        var policy = RetryPolicy(
            attempts: RetryPolicy.attempts(total), methods: RetryScope.idempotentMethods, statuses: statusForcelist,
            backoff: Backoff(
                initial: .clamping(seconds: backoffFactor), longest: backoffMax,
                jitter: backoffJitter > .zero ? .added(upTo: backoffJitter) : .none, beginsAtOnce: true),
            respectsRetryAfter: respectRetryAfterHeader, longestRetryAfter: retryAfterMax,
            limits: RetryLimits(connect: connect, read: read, status: status, other: other), budget: nil)
        if let allowedMethods, !allowedMethods.isEmpty { policy.methods = allowedMethods }
        // urllib3 looks at Retry-After only if `total` is neither None nor 0.
        policy.classifier.statusesWithRetryAfter = total == nil ? [] : [413, 429, 503]
        policy.classifier.failures = [.timeout, .unreachable, .disconnected, .protocolViolation, .tls, .proxy]
        policy.retryAfter.overlong = .cut
        policy.retryAfter.replacesZero = true
        policy.deliversLastAnswer = !raiseOnStatus
        return policy
    }

    private static func attempts(_ total: Int?) -> Int {
        guard let total else { return .max }
        let (attempts, overflow) = total.addingReportingOverflow(1)
        return overflow ? .max : attempts
    }
}
