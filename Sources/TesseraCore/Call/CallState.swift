import HTTPTypes

/// The driver of one call: carries out what ``CallMachine`` decides. The straight path of a request is
/// `Session.send` → `SessionCore.plan` → `BufferedCall.run` → here → `Transport.send`, and back.
struct CallState {
    enum Verdict {
        /// Another attempt, after a wait that the driver waits when the connection is given back.
        case again(after: Duration)
        case deliver
    }

    private(set) var plan: CallPlan
    private(set) var history: CallHistory
    var machine: CallMachine
    /// Of the attempt that counts: with a second request beside it, the one that was answered first.
    var attemptNumber = 0
    let runtime: Runtime
    private let started: MonotonicInstant
    let deadline: MonotonicInstant
    var attemptStarted: MonotonicInstant
    var credential: Credential?
    var credentialUse = CallHistory.CredentialUse.none
    var sentHead: RequestHead
    /// What the last answer said; reading it out of a head costs.
    private(set) var status = HTTPResponse.Status.ok
    private var visited: [String] = []
    /// A redirect led away from the credential's origins: what leads back was written by a stranger.
    var leftCredentialOrigins = false
    var tree = CallTree.enclosing
    /// What the last retry took from the origin's budget.
    var spent: (cost: Int, record: OriginRecord)?
    var passage: Passage?
    var heldBack: Duration?
    /// Whether a redirect led from one site to another.
    private(set) var crossesSites = false

    init(_ plan: consuming CallPlan) {
        let core = plan.core
        history = CallHistory(template: plan.template)
        machine = CallMachine(core.policies)
        runtime = core.configuration.runtime
        started = runtime.now()
        let end = started.advanced(byNanoseconds: core.totalTimeout)
        deadline = tree.map { min(end, $0.deadline) } ?? end
        attemptStarted = started
        sentHead = CallState.head(plan)
        self.plan = plan
    }

    static func head(_ plan: CallPlan) -> RequestHead {
        guard plan.origin == plan.core.home else {
            return RequestHead(
                HTTPRequest(
                    method: plan.method, scheme: plan.origin.scheme.rawValue, authority: plan.origin.authority,
                    path: plan.target, headerFields: plan.fields))
        }
        return RequestHead(plan.core.head, method: plan.method, target: plan.target, fields: plan.fields)
    }

    func context(_ answer: HTTPResponse? = nil) -> AttemptContext {
        AttemptContext(
            number: machine.attempt, head: sentHead.whole, body: plan.body, answer: answer, origin: plan.origin,
            deadline: deadline, runtime: runtime, transport: plan.core.transport)
    }

    private func isRefusal(_ head: HTTPResponse) -> Bool {
        guard (400..<500).contains(head.status.code), let authenticator = plan.authenticator, let credential else {
            return false
        }
        return authenticator.isRefusal(head, of: context(head), rejecting: credential)
    }

    /// Takes the head of an answer. True when it is one to deliver, and no policy has an opinion on it; otherwise
    /// ``verdict(on:)`` decides.
    mutating func delivers(_ head: HTTPResponse) -> Bool {
        guard head.headerFields.count <= plan.core.configuration.limits.headerCount else { return false }
        if let cookies = plan.cookies { keepCookies(of: head, in: cookies) }
        status = head.status
        let result = AttemptSummary.Result.status(status.code)
        if spent != nil || plan.core.watchesAnswers { note(result, head: head) }
        guard status.code < 300, !plan.core.retriesSuccesses, !Task.isCancelled else { return false }
        record(result, .delivered)
        return true
    }

    /// Decides what follows an answer.
    mutating func conclude(_ head: HTTPResponse) async throws -> Verdict {
        delivers(head) ? .deliver : try await verdict(on: head)
    }

    /// Decides what follows an answer that ``delivers(_:)`` has taken.
    mutating func verdict(on head: HTTPResponse) async throws -> Verdict {
        let limits = plan.core.configuration.limits
        guard head.headerFields.count <= limits.headerCount else {
            return .again(
                after: try conclude(
                    TransportFailure(
                        .limitExceeded, phase: .head, progress: .sent(bytes: nil),
                        message: "the answer has more than \(limits.headerCount) header fields")))
        }
        let code = status.code
        let result = AttemptSummary.Result.status(code)
        var outcome = outcome(result)
        outcome.isRefusal = code == 401 || isRefusal(head)
        var target: AbsoluteURL?
        if let value = head.headerFields[.retryAfter] {
            outcome.summary.retryAfter = RetryAfter.parse(value, now: runtime.wallTime())
        }
        plan.core.configuration.retry.readAmazonFields(head.headerFields, &outcome.summary)
        if (300..<400).contains(code), let location = head.headerFields[.location] {
            target = try? url.resolving(location)
            outcome.hasInvalidLocation = target == nil
            outcome.redirect = RedirectSummary(
                status: code, method: plan.method, from: plan.origin, target: target?.origin,
                wasVisited: target.map { wasVisited($0, after: code) } ?? false, isReplayable: plan.isReplayable)
            if case .none = plan.body {} else { outcome.redirect?.carriesBody = true }
        }
        switch permitted(vetted(machine.next(after: outcome), status: code, target), result) {
        case .deliver:
            record(result, .delivered)
            return .deliver
        case .wait(let wait, let occasion, let source):
            record(result, .retry(after: wait, occasion, source))
            return .again(after: wait)
        case .redirect(let becomesGet):
            guard let target else { return .deliver }
            record(result, .redirect(to: target.origin, becomesGet: becomesGet))
            follow(target, becomesGet: becomesGet)
            return .again(after: .zero)
        case .consultAuthenticator:
            return try await react(to: head, result)
        case .end(let decision):
            record(result, decision)
            return try deliver(or: decision)
        }
    }

    /// Decides what follows a failure; returns only if that is another attempt, with the wait before it.
    mutating func conclude(_ failure: TransportFailure) throws -> Duration {
        let result = AttemptSummary.Result.failure(failure.kind, failure.phase, failure.progress)
        if plan.core.watchesAnswers { note(result, head: nil) }
        switch permitted(machine.next(after: outcome(result)), result) {
        case .wait(let wait, let occasion, let source):
            record(result, .retry(after: wait, occasion, source))
            return wait
        case .end(.cancelled):
            record(result, .cancelled)
            throw CancellationError()
        case .end(let decision):
            record(result, decision)
            throw TesseraError(failure, origin: plan.origin, history: history, isOver: decision == .deadline)
        case .deliver, .redirect, .consultAuthenticator:
            record(result, .gaveUp(.notRetryable))
            throw TesseraError(failure, origin: plan.origin, history: history)
        }
    }

    /// Waits between two attempts.
    mutating func pause(_ wait: Duration) async throws {
        passage = nil
        guard wait > .zero else { return }
        try await runtime.sleep(runtime.now().advanced(by: wait))
    }

    /// Whether the request that a redirect would make was sent before in this call.
    private func wasVisited(_ target: AbsoluteURL, after status: Int) -> Bool {
        let method = RedirectPolicy.becomesGet(status, plan.method) ? HTTPRequest.Method.get : plan.method
        return visited.contains("\(method.rawValue) \(target)") || (method == plan.method && target == url)
    }

    private func outcome(_ result: AttemptSummary.Result) -> CallMachine.Outcome {
        CallMachine.Outcome(
            summary: AttemptSummary(
                attempt: machine.attempt, method: plan.method, result: result, isReplayable: plan.isReplayable,
                hasIdempotencyKey: plan.hasIdempotencyKey, origin: plan.origin),
            isCancelled: Task.isCancelled, carriedCredential: credentialUse == .attached,
            remaining: runtime.now().duration(to: deadline), random: runtime.random())
    }

    private func deliver(or decision: CallHistory.Decision) throws -> Verdict {
        switch decision {
        case .cancelled: throw CancellationError()
        case .deadline:
            var details = TesseraError.Details()
            details.history = history
            details.timeLimit = .total
            throw TesseraError(.timeout, "the call's time was over", details: details)
        case .redirectRefused(let refusal):
            var details = TesseraError.Details()
            details.history = history
            throw TesseraError(.redirectRefused, "the redirect was refused: \(refusal.text)", details: details)
        default: return .deliver
        }
    }

    private mutating func react(to head: HTTPResponse, _ result: AttemptSummary.Result) async throws -> Verdict {
        guard let authenticator = plan.authenticator, let credential else { return .deliver }
        let challenges = ChallengeParser.parse(head.headerFields[values: .wwwAuthenticate])
        do {
            let context = context(head)
            let reaction: Reaction
            do {
                reaction = try await CallTree.$current.withValue(plan.bindsTree ? boundTree() : tree) {
                    try await authenticator.react(to: challenges, of: context, rejecting: credential)
                }
            } catch {
                throw CallState.own(error)
            }
            switch reaction {
            case .accept:
                record(result, .unauthorized(.declined))
                return .deliver
            case .decline(let reason):
                record(result, .unauthorized(reason))
                return .deliver
            case .replay:
                machine.reauthorized()
                record(result, .reauthorize)
                return .again(after: .zero)
            case .fail(let error):
                throw error
            }
        } catch let error as TesseraError {
            record(result, .unauthorized(.failed))
            throw error.with(history: history)
        }
    }

    private mutating func follow(_ target: AbsoluteURL, becomesGet: Bool) {
        visited.append("\(plan.method.rawValue) \(url)")
        if let cookies = plan.cookies, !cookies.isSameSite(plan.origin, target.origin) { crossesSites = true }
        // The body of the new request is another one, so the set of fields is as well.
        plan.fields = RedirectedFields.after(
            plan.fields, crossesOrigin: target.origin != plan.origin, dropsBody: becomesGet,
            withholding: plan.core.configuration.redirects.withheldFields)
        plan.hasIdempotencyKey =
            plan.hasIdempotencyKey
            && plan.fields.contains { $0.name.canonicalName == plan.core.idempotencyField }
        plan.origin = target.origin
        plan.target = target.requestTarget
        if becomesGet {
            plan.method = .get
            plan.body = .none
            plan.isReplayable = true
        }
    }

    /// The URL of the current attempt.
    var url: AbsoluteURL { AbsoluteURL(origin: plan.origin, requestTarget: plan.target) }

    mutating func record(
        _ result: AttemptSummary.Result?, _ decision: CallHistory.Decision, number: Int? = nil
    ) {
        let attempt = CallHistory.Attempt(
            number: number ?? attemptNumber, method: plan.method, origin: plan.origin, credential: credentialUse,
            started: started.duration(to: attemptStarted), duration: attemptStarted.duration(to: runtime.now()),
            result: result, decision: decision, heldBack: heldBack)
        heldBack = nil
        for observer in plan.core.configuration.observers { observer.didFinish(attempt) }
        history.append(consume attempt)
    }

    /// The decision that the history ends with.
    var lastDecision: CallHistory.Decision? { history.attempts.last?.decision }

    /// Throws when the status is none that the caller expects.
    func checkStatus(_ head: HTTPResponse, body: [UInt8]) throws {
        guard !plan.expecting.includes(status), !deliversAnyAnswer else { return }
        throw TesseraError(
            unexpected: head, body: body, url: url, template: plan.template, history: history,
            isWaitTooLong: lastDecision == .gaveUp(.retryAfterTooLong), now: runtime.wallTime())
    }
}
