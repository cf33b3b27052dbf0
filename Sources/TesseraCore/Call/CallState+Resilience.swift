import HTTPTypes

/// What policies that are shared between calls have to say, and what they are told.
extension CallState {
    /// The tree that calls of the authenticator belong to: that of an outer call, or this one's own.
    mutating func boundTree() -> CallTree {
        if let tree { return tree }
        let own = CallTree(deadline: deadline, retries: plan.core.configuration.retry.retries)
        tree = own
        return own
    }

    /// What the policy allows may be more than the tree of calls, or the origin's budget, has left.
    mutating func permitted(_ step: CallMachine.Step, _ result: AttemptSummary.Result) -> CallMachine.Step {
        guard case .wait = step else { return step }
        if let budget = plan.core.configuration.retry.budget {
            let record = plan.core.records.record(of: plan.origin)
            let cost = budget.cost(of: result)
            guard record.withdraw(cost, budget, now: runtime.now()) else { return .end(.gaveUp(.budgetExhausted)) }
            spent = (cost, record)
        }
        if let tree, !tree.takeRetry() { return .end(.gaveUp(.outerCallExhausted)) }
        return step
    }

    /// Lets the session's hook have its say about a redirect.
    func vetted(_ step: CallMachine.Step, status: Int, _ target: AbsoluteURL?) -> CallMachine.Step {
        guard case .redirect(let becomesGet) = step, let hook = plan.core.configuration.redirectHook, let target else {
            return step
        }
        let offer = RedirectOffer(
            status: status, method: plan.method, from: url, target: target, becomesGet: becomesGet,
            followed: machine.redirectsFollowed - 1)
        return switch hook(offer) {
        case .follow: step
        case .deliver: .deliver
        case .refuse: .end(.redirectRefused(.vetoed))
        }
    }

    /// Reports how an attempt ended to the origin's record.
    mutating func note(_ result: AttemptSummary.Result, head: HTTPResponse?) {
        passage?.finish(result, head: head)
        let retry = plan.core.configuration.retry
        guard let budget = retry.budget else { return }
        let now = runtime.now()
        if case .status(let code) = result, code < 500, !retry.statuses.contains(code) {
            if let spent {
                spent.record.succeeded(returning: spent.cost, budget, now: now)
            } else if budget.gain > 0 {
                plan.core.records.record(of: plan.origin).succeeded(returning: nil, budget, now: now)
            }
            spent = nil
        } else if budget.failureCost > 0 {
            plan.core.records.record(of: plan.origin).failed(budget, now: now)
        }
    }

    /// Whether the policy wants the last answer delivered, whatever its status.
    var deliversAnyAnswer: Bool {
        guard plan.core.configuration.retry.deliversLastAnswer, case .gaveUp? = lastDecision else { return false }
        return true
    }
}

extension RetryPolicy {
    /// The retries that a call may make.
    var retries: Int { attempts > 1 ? attempts - 1 : 0 }

    func readAmazonFields(_ fields: HTTPFields, _ summary: inout AttemptSummary) {
        if retryAfter.readsAmazonField, let name = HTTPField.Name("x-amz-retry-after"),
            let milliseconds = fields[name].flatMap({ AmazonRetryAfter.parse($0) })
        {
            summary.retryAfter = milliseconds
        }
        if !classifier.codes.isEmpty, let name = HTTPField.Name("x-amzn-errortype"), let value = fields[name] {
            // "aws.protocoltests#SlowDown:http://…" and "SlowDown" both occur.
            let tail = value.utf8.prefix(256).split(separator: UInt8(ascii: "#")).last ?? value.utf8[...]
            summary.errorCode = String(Substring(tail.prefix { $0 != UInt8(ascii: ":") }))
        }
    }
}

/// `x-amz-retry-after`: milliseconds.
enum AmazonRetryAfter {
    static func parse(_ value: String) -> Duration? {
        guard !value.isEmpty, value.utf8.count <= 18, value.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int64(value).map { .milliseconds(min($0, 9_000_000_000_000)) }
    }
}
