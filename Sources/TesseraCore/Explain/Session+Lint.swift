/// Settings that contradict each other or do less, or more, than they seem to.
public enum ConfigurationWarning: String, Sendable, Hashable, Codable, CaseIterable {
    /// `timeouts.attempt` is longer than `timeouts.total`.
    case attemptOutlastsCall
    /// `timeouts.connect` is longer than `timeouts.attempt`.
    case connectOutlastsAttempt
    /// `timeouts.idle` is longer than `timeouts.attempt`.
    case idleOutlastsAttempt
    /// Time that is zero or less.
    case noTime
    /// All attempts and the waits between them do not fit into `timeouts.total`.
    case attemptsOutlastCall
    /// `retry.longestRetryAfter` is longer than `timeouts.total`.
    case retryAfterOutlastsCall
    /// `retry.methods` holds a method that is not idempotent: it may be done twice.
    case repeatsUnsafeMethod
    /// `retry.budget` has no token for a retry.
    case budgetBuysNothing
    /// `retry.statuses` holds a status that tells of success or of a redirect.
    case repeatsSuccess
    /// `hedging` begins after `timeouts.attempt` is over.
    case hedgesTooLate
    /// `concurrency` lets nothing pass, or less than one attempt.
    case nothingPasses
    /// `circuitBreaker` stays open longer than a call lasts, or never opens.
    case breakerNeverTried
    /// `rateLimits` waits longer than a call lasts.
    case pacingOutlastsCall
    /// `allowsInsecureCredentials` is on.
    case credentialsInClear

    /// What is odd, and what to do about it.
    public var text: String {
        switch self {
        case .attemptOutlastsCall: "timeouts.attempt is longer than timeouts.total and never reached"
        case .connectOutlastsAttempt: "timeouts.connect is longer than timeouts.attempt and never reached"
        case .idleOutlastsAttempt: "timeouts.idle is longer than timeouts.attempt and only reached by streams"
        case .noTime: "a timeout is zero or less: every call fails"
        case .attemptsOutlastCall:
            "not all attempts fit into timeouts.total if each is as slow as it may be; raise it, or lower attempts"
        case .retryAfterOutlastsCall: "retry.longestRetryAfter is longer than timeouts.total and never waited for"
        case .repeatsUnsafeMethod: "retry.methods holds a method that may be done twice; use idempotency keys instead"
        case .budgetBuysNothing: "retry.budget has too few tokens for a single retry"
        case .repeatsSuccess: "retry.statuses holds a status below 400: what succeeded is sent again"
        case .hedgesTooLate: "hedging begins after timeouts.attempt is over"
        case .nothingPasses: "concurrency allows less than one attempt; one is let through"
        case .breakerNeverTried: "circuitBreaker needs more than 100 % of failures and never opens"
        case .pacingOutlastsCall: "rateLimits.longestWait is longer than timeouts.total and never waited for"
        case .credentialsInClear: "allowsInsecureCredentials is on: credentials can be read on the way"
        }
    }
}

extension Session {
    /// What is odd about the session's settings and those of its mounts; empty when nothing is. The defaults have
    /// nothing.
    public func lint() -> [ConfigurationWarning] {
        let mounted = core.mounts?.cores.flatMap { $0.lint() } ?? []
        return ConfigurationWarning.allCases.filter(Set(core.lint() + mounted).contains)
    }
}

extension SessionCore {
    /// What is odd about these settings alone.
    func lint() -> [ConfigurationWarning] {
        let settings = configuration
        let times = settings.timeouts
        let retry = settings.retry
        var found: [ConfigurationWarning] = []
        func note(_ warning: ConfigurationWarning, _ isSo: Bool) {
            if isSo { found.append(warning) }
        }
        note(.attemptOutlastsCall, times.attempt > times.total)
        note(.connectOutlastsAttempt, times.connect > times.attempt)
        note(.idleOutlastsAttempt, times.idle > times.attempt)
        note(.noTime, [times.connect, times.attempt, times.idle, times.total].contains { $0 <= .zero })
        note(.attemptsOutlastCall, Self.shortestFailure(times, retry) > times.total.clampedNanoseconds)
        note(.retryAfterOutlastsCall, retry.attempts > 1 && retry.longestRetryAfter > times.total)
        note(.repeatsUnsafeMethod, !retry.methods.isSubset(of: RetryScope.idempotentMethods))
        note(.budgetBuysNothing, retry.budget.map { $0.capacity < max(1, $0.cost) || $0.capacity <= $0.floor } ?? false)
        note(.repeatsSuccess, retry.statuses.contains { $0 < 400 })
        note(.hedgesTooLate, settings.hedging.map { $0.after >= times.attempt } ?? false)
        note(.nothingPasses, settings.concurrency.map { $0.attempts < 1 } ?? false)
        note(.breakerNeverTried, settings.circuitBreaker.map { $0.failurePercent > 100 } ?? false)
        note(.pacingOutlastsCall, settings.rateLimits.map { $0.longestWait > times.total } ?? false)
        note(.credentialsInClear, settings.allowsInsecureCredentials)
        return found
    }

    /// All attempts without an answer for as long as a connection may take, and the longest waits between them.
    private static func shortestFailure(_ times: Timeouts, _ retry: RetryPolicy) -> Int64 {
        let attempts = max(1, min(1000, retry.attempts))
        var sum: Int64 = 0
        func add(_ duration: Duration) {
            let (next, overflow) = sum.addingReportingOverflow(max(0, duration.clampedNanoseconds))
            sum = overflow ? .max : next
        }
        for attempt in 1...attempts {
            add(min(times.connect, times.attempt))
            if attempt < attempts { add(retry.backoff.longestWait(before: attempt)) }
        }
        return sum
    }
}
