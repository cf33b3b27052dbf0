import HTTPTypes

/// The order of a call's decisions: cancel > deadline > redirect > challenge > retry > deliver, and their budgets.
///
/// A value without I/O; what to do is decided by the policies, and done by the driver (`Call`).
struct CallMachine {
    /// What the driver does next.
    enum Step: Equatable {
        case deliver
        case wait(Duration, RetryDecision.Occasion, RetryDecision.WaitSource)
        case redirect(becomesGet: Bool)
        case consultAuthenticator
        case end(CallHistory.Decision)
    }

    /// What an attempt looks like from here.
    struct Outcome {
        var summary: AttemptSummary
        var redirect: RedirectSummary?
        var hasInvalidLocation = false
        var isCancelled = false
        var carriedCredential = false
        /// Whether the answer refuses the credential, as a 401 does.
        var isRefusal = false
        /// What is left of the call's time.
        var remaining: Duration
        var random: UInt64
    }

    private let policies: CallPolicies
    private(set) var attempt = 0
    private(set) var redirectsFollowed = 0
    private var hasReauthorized = false
    /// Attempts that count against the retry policy: redirects and reauthorizations are no retries.
    private var tries = 0
    private var tally = RetryTally()

    init(_ policies: CallPolicies) {
        self.policies = policies
    }

    init(retry: RetryPolicy, redirects: RedirectPolicy) {
        self.init(CallPolicies(retry: retry, redirects: redirects))
    }

    mutating func begin() {
        attempt += 1
        tries += 1
    }

    /// A second request beside the one under way.
    mutating func hedged() {
        attempt += 1
    }

    mutating func next(after outcome: Outcome) -> Step {
        if outcome.isCancelled { return .end(.cancelled) }
        if case .failure(.cancelled, _, _) = outcome.summary.result { return .end(.cancelled) }
        let isOver = outcome.remaining <= .zero
        if isOver, outcome.summary.progress != nil { return .end(.deadline) }
        if let step = redirectStep(outcome) {
            if case .redirect = step, isOver { return .end(.deadline) }
            return step
        }
        if outcome.isRefusal || outcome.summary.result == .status(401) {
            let step = challengeStep(outcome)
            return step == .consultAuthenticator && isOver ? .end(.deadline) : step
        }
        return retryStep(outcome)
    }

    /// The authenticator asked for a replay; its tries begin anew, its redirects do not.
    mutating func reauthorized() {
        hasReauthorized = true
        tries -= 1
    }

    private mutating func redirectStep(_ outcome: Outcome) -> Step? {
        guard var redirect = outcome.redirect else { return nil }
        redirect.followed = redirectsFollowed
        let redirectsByItself = RedirectPolicy.statuses.contains(redirect.status)
        if outcome.hasInvalidLocation, policies.redirects.limit > 0, redirectsByItself {
            return .end(.redirectRefused(.invalidLocation))
        }
        switch policies.redirects.decide(redirect) {
        case .deliver: return nil
        case .refuse(let refusal): return .end(.redirectRefused(refusal))
        case .follow(let becomesGet):
            redirectsFollowed += 1
            tries -= 1
            tally.redirected()
            return .redirect(becomesGet: becomesGet)
        }
    }

    private func challengeStep(_ outcome: Outcome) -> Step {
        guard outcome.carriedCredential else { return .end(.unauthorized(.noCredential)) }
        guard !hasReauthorized else { return .end(.unauthorized(.alreadyReplayed)) }
        guard outcome.summary.isReplayable else { return .end(.unauthorized(.bodyNotReplayable)) }
        return .consultAuthenticator
    }

    private mutating func retryStep(_ outcome: Outcome) -> Step {
        var summary = outcome.summary
        summary.attempt = tries
        summary.tally = tally
        switch policies.retry.decide(summary, random: outcome.random) {
        case .stop(.notRetryable): return summary.progress == nil ? .deliver : .end(.gaveUp(.notRetryable))
        case .stop(let reason): return .end(.gaveUp(reason))
        case .retry(let wait, let occasion, let source):
            guard wait < outcome.remaining else { return .end(.gaveUp(.deadlineTooNear)) }
            tally.count(summary.result)
            return .wait(wait, occasion, source)
        }
    }
}

/// The policies of a session in one reference: their sets would be counted one by one in every call.
final class CallPolicies: Sendable {
    let retry: RetryPolicy
    let redirects: RedirectPolicy

    init(retry: RetryPolicy, redirects: RedirectPolicy) {
        self.retry = retry
        self.redirects = redirects
    }
}
