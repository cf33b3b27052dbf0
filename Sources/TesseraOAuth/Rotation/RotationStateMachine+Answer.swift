#if OAuth
import TesseraCore

/// Lines 6 to 10: what the token endpoint said.
extension RotationStateMachine {
    mutating func answered(_ verdict: TokenVerdict) {
        note(.answered, verdict.label)
        isClientAtFault = false
        switch verdict {
        case .valid(let answer): accept(answer)
        // Line 7.
        case .unsent(let after, let error): takeBack(.endpoint(error, after: after))
        // Line 8.
        case .clientRefused(let error):
            isClientAtFault = true
            refusal = error
            takeBack(.misconfigured(error))
        case .requestRefused(let error): takeBack(.misconfigured(error))
        // Line 9: a peer may have brought a newer one.
        case .grantRefused(let error):
            refusal = error
            memory.refused = attempt?.attempt
            read(.rereading)
        case .ambiguous(let after, let error): mark(after, error)
        }
    }

    // MARK: 9, refused

    /// The record still shows this run's intent: nobody has a newer token.
    mutating func refused(_ intent: LoginRecord.Intent, _ record: LoginRecord) {
        // A server that never rotates loses no answer: its refusal is one.
        let isFirst = intent.number == 1 || profile.rotation == .none
        let reason = intent.spareAfter ?? (isFirst ? .refused : .responseLost)
        if intent.spareAfter == nil, record.spare != nil {
            return intend(after: .intent(intent), record, spareAfter: reason)
        }
        bury(record, reason, attempts: intent.number, sentAt: intent.firstSentAt)
    }

    /// Ends the login, and says why.
    mutating func bury(
        _ record: LoginRecord, _ reason: LoginRecord.Dead.Reason, attempts: Int, sentAt: StoreTime?
    ) {
        let dead = LoginRecord.Dead(
            reason: reason, generation: record.generation, sentAt: sentAt, attempts: attempts, keepUntil: nil)
        failure = .loginRequired(dead)
        var next = record
        next.state = .dead(dead)
        next.refreshToken = nil
        next.spare = nil
        next.accessTokens = []
        save(next, .burying, replacing: found?.stored?.version)
    }

    mutating func buried() {
        if case .loginRequired(let dead)? = failure { note(.dead, dead.reason.rawValue) }
        isUnsaved ? giveBack(then: .end) : end(failure)
    }

    // MARK: 10, ambiguous

    /// The sender is finished, and says so to its peers.
    private mutating func mark(_ after: Duration?, _ error: TesseraError?) {
        guard let stored = found?.stored, let attempt else { return end(.endpoint(error, after: after)) }
        failure = .endpoint(error, after: after)
        var record = stored.record
        var finished = attempt
        finished.isFinished = true
        record.state = .intent(finished)
        save(record, .marking, replacing: stored.version)
    }

    /// Goes on after a wait, as attempt n + 1 (line 4), or leaves that to the next run.
    mutating func marked(isDurable: Bool) {
        if isDurable { note(.marked) }
        guard case .endpoint(let error, let asked)? = failure else { return end(failure) }
        if profile.neverReplays, let stored = found?.stored, let attempt {
            return bury(stored.record, .responseLost, attempts: attempt.number, sentAt: attempt.firstSentAt)
        }
        let growth = Backoff(initial: limits.backoff, longest: limits.longestBackoff, isJittered: false)
        let wait = max(asked ?? .zero, growth.wait(before: attempts, random: random))
        guard attempts < limits.attempts, wait <= limits.longestBackoff, !isShuttingDown else {
            return end(isShuttingDown ? .shutDown : .endpoint(error, after: wait))
        }
        sleep(.backingOff, until: now.advanced(by: wait))
    }
}

extension TokenVerdict {
    /// The kind, for journals.
    var label: String {
        switch self {
        case .valid: "valid"
        case .unsent: "unsent"
        case .clientRefused: "clientRefused"
        case .requestRefused: "requestRefused"
        case .grantRefused: "grantRefused"
        case .ambiguous: "ambiguous"
        }
    }
}
#endif
