import HTTPTypes

extension CallHistory.Attempt {
    func line(template: String) -> String {
        // Only the first origin is known to have the template's path.
        let place = number == 1 ? "\(origin)\(template)" : "\(origin)"
        let use = credential == .withheld ? " [credential withheld]" : ""
        let held = heldBack.map { " [held back \($0.brief)]" } ?? ""
        return
            "\(number). \(method.rawValue) \(place)\(use)\(held): \(outcome) after \(duration.brief); \(decision.text)"
    }

    private var outcome: String {
        switch result {
        case .status(let code): "status \(code)"
        case .failure(let kind, let phase, let progress):
            "\(kind.rawValue) in phase \(phase.rawValue), \(progress.text)"
        case nil: "not sent"
        }
    }
}

extension TransportFailure.Progress {
    fileprivate var text: String {
        switch self {
        case .nothingSent: "nothing sent"
        case .sent(let bytes): bytes.map { "\($0) bytes sent" } ?? "sent"
        case .provablyUnprocessed: "not processed"
        }
    }
}

extension CallHistory.Decision {
    /// The decision and its reason in words.
    public var text: String {
        switch self {
        case .delivered: "delivered"
        case .retry(let wait, let occasion, let source):
            "retried after \(wait.brief) (\(occasion.text), \(source.text))"
        case .gaveUp(let reason): "gave up: \(reason.text)"
        case .redirect(let origin, let becomesGet): "redirected to \(origin)\(becomesGet ? " as GET" : "")"
        case .redirectRefused(let refusal): "redirect refused: \(refusal.text)"
        case .reauthorize: "sent again with a new credential"
        case .unauthorized(let refusal): "not sent again with a new credential: \(refusal.text)"
        case .superseded: "another request of the call was answered first"
        case .deadline: "the call's time was over"
        case .cancelled: "cancelled by the caller"
        case .failed(let code): "failed: \(code.rawValue)"
        }
    }
}

extension RetryDecision.Occasion {
    fileprivate var text: String {
        switch self {
        case .status(let code): "status \(code)"
        case .failure(let kind, let phase): "\(kind.rawValue) in phase \(phase.rawValue)"
        case .bodyCut: "the body was cut"
        }
    }
}

extension RetryDecision.WaitSource {
    fileprivate var text: String {
        switch self {
        case .retryAfter: "as the server asked"
        case .backoff: "backoff"
        }
    }
}

extension RetryDecision.StopReason {
    /// The reason in words.
    public var text: String {
        switch self {
        case .notRetryable: "not worth another attempt"
        case .retriesDisabled: "retries are off"
        case .attemptsExhausted: "all attempts are used up"
        case .kindExhausted: "the retries for this kind of failure are used up"
        case .bodyNotReplayable: "the body can be sent once only"
        case .methodNotIdempotent: "the method is not idempotent, there is no idempotency key, and it may have arrived"
        case .outOfScope: "the policy leaves the origin out"
        case .retryAfterTooLong: "the server asks for a longer wait than the policy allows"
        case .deadlineTooNear: "the wait would end after the call's deadline"
        case .budgetExhausted: "the origin's retry budget is empty"
        case .outerCallExhausted: "the call that this one belongs to has no retries left"
        }
    }
}

extension RedirectDecision.Refusal {
    /// The reason in words.
    public var text: String {
        switch self {
        case .downgrade: "from https to http"
        case .tooMany: "more redirects than the policy allows"
        case .cycle: "in a circle"
        case .bodyNotReplayable: "the body would have to be sent again and cannot be"
        case .invalidLocation: "Location holds no acceptable URL"
        case .bodyCrossesOrigin: "the body would go to another origin"
        case .vetoed: "the session's redirect hook vetoed it"
        }
    }
}

extension CallHistory.ReauthorizationRefusal {
    /// The reason in words.
    public var text: String {
        switch self {
        case .noCredential: "the attempt carried none"
        case .alreadyReplayed: "that was done already"
        case .bodyNotReplayable: "the body can be sent once only"
        case .tokenNotBlamed: "the challenge does not blame the token"
        case .refusedAgain: "a new token was refused a short time ago as well"
        case .notRenewable: "renewing the token failed a short time ago"
        case .unknownGeneration: "its source does not know the token"
        case .declined: "the authenticator has no better one"
        case .failed: "the authenticator ended the call"
        }
    }
}
