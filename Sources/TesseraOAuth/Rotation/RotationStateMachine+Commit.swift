#if OAuth
import TesseraCore

/// Lines 11 and 13: the new token becomes durable, whoever else wrote in the meantime.
extension RotationStateMachine {
    mutating func accept(_ answer: TokenAnswer) {
        guard let stored = found?.stored, let sent else { return end(.endpoint(nil, after: nil)) }
        self.answer = answer
        if let account = stored.record.account, let other = answer.subject, other != account {
            return giveBack(then: .bury(.accountChanged))
        }
        commit(sent, answer, on: stored)
    }

    /// Line 11: by login and generation; the fence of the attempt does not matter, or a late success would be lost.
    private mutating func commit(_ sent: RotationAttempt, _ answer: TokenAnswer, on stored: StoredLogin?) {
        guard let base = stored?.record ?? memory.record else { return giveBack(then: .decide) }
        // A dead record of a later generation comes back to life with a token that nobody refused.
        let generation = max(base.generation, sent.generation) &+ 1
        save(
            renewed(base, sent, answer, generation: generation), .committing, replacing: stored?.version)
    }

    private func renewed(
        _ base: LoginRecord, _ sent: RotationAttempt, _ answer: TokenAnswer, generation: UInt64
    ) -> LoginRecord {
        var record = base
        record.login = sent.login
        record.account = base.account ?? answer.subject
        record.generation = generation
        record.state = .ready
        // RFC 6749 §6: without a new one the old one stays.
        record.refreshToken = answer.refreshToken ?? sent.refreshToken
        if attempt?.spareAfter != nil { record.spare = nil }
        record.accessTokens.removeAll { $0.scope == sent.scope && $0.resource == sent.resource }
        guard let value = answer.accessToken, let sentAt else { return record }
        record.accessTokens.append(
            LoginRecord.StoredAccessToken(
                scope: sent.scope, resource: sent.resource, value: value, issuedAt: sentAt, lifetime: answer.lifetime,
                granted: answer.granted))
        record.accessTokens = record.accessTokens.suffix(limits.accessTokens)
        return record
    }

    /// Only now may anybody see the access token (I4c).
    mutating func committed() {
        note(.committed)
        let flaw = answer?.flaw
        let hasToken = answer?.accessToken != nil
        answer = nil
        guard hasToken, let found, let record = found.stored?.record, let token = record.accessTokens.last else {
            hasAnswered = false
            return end(.unusableAnswer(flaw))
        }
        publish(ObtainedToken(token, record, found.reading, isAdopted: false))
        end(nil)
    }

    /// Line 13: the record changed under the answer.
    mutating func recommit(_ found: Found) {
        self.found = found
        guard let answer, let sent else { return decideAgain() }
        commitLooks += 1
        guard let stored = found.stored else {
            let hasForgotten = !isDurable && memory.record?.storeEpoch != found.reading.time.epoch
            return hasForgotten ? commit(sent, answer, on: nil) : giveBack(then: .decide)
        }
        let record = stored.record
        guard record.login == sent.login, !record.state.isGivenUp else { return giveBack(then: .decide) }
        if record.generation <= sent.generation {
            if record.generation < sent.generation { note(.rolledBack) }
            if isLastLook { return giveUpUnsaved(stored) }
            return commit(sent, answer, on: stored)
        }
        let mine = answer.refreshToken
        if record.isAlive, record.holds(answer, of: sent) {
            // A write that seemed to fail is there: once more, because "there" is not yet "durable".
            guard saveFailures > 0 else { return adoptInstead() }
            return save(record, .committing, replacing: stored.version)
        }
        guard let mine, mine != sent.refreshToken, mine != record.refreshToken, mine != record.spare else {
            return adoptInstead()
        }
        guard record.isAlive else { return commit(sent, answer, on: stored) }
        var next = record
        next.spare = mine
        save(next, .keepingSpare, replacing: stored.version)
    }

    /// A peer's attempt brought what counts.
    mutating func adoptInstead() {
        answer = nil
        decideAgain()
    }

    private mutating func decideAgain() {
        attempt = nil
        guard leaseHolds else { return acquire() }
        guard let found else { return read(.reading) }
        phase = .reading
        decide(found)
    }

    // MARK: Giving back

    enum AfterRevoking: Sendable {
        case decide
        case bury(LoginRecord.Dead.Reason)
        case end
    }

    /// Nobody may use the answer's refresh token: it is revoked, and nothing is written (line 13).
    mutating func giveBack(then next: AfterRevoking) {
        let token = answer?.refreshToken
        answer = nil
        afterRevoking = next
        guard let token, token != sent?.refreshToken else { return goOnAfterRevoking() }
        phase = .revoking
        perform(.revoke(token))
    }

    mutating func revoked(_ isDone: Bool) {
        note(.revoked, isDone ? "confirmed" : "unconfirmed")
        goOnAfterRevoking()
    }

    private mutating func goOnAfterRevoking() {
        switch afterRevoking {
        case .end: end(failure)
        case .decide: decideAgain()
        case .bury(let reason):
            guard let record = found?.stored?.record else { return end(.notLoggedIn) }
            hasAnswered = false
            bury(record, reason, attempts: attempt?.number ?? 1, sentAt: attempt?.firstSentAt)
        }
    }
}

extension LoginRecord {
    fileprivate var isAlive: Bool {
        if case .dead = state { false } else { true }
    }

    /// Whether the record is what committing `answer` makes of it.
    fileprivate func holds(_ answer: TokenAnswer, of sent: RotationAttempt) -> Bool {
        guard refreshToken == answer.refreshToken ?? sent.refreshToken else { return false }
        guard let token = answer.accessToken else { return true }
        return accessTokens.contains { $0.value == token }
    }
}

extension LoginRecord.State {
    /// Ended by somebody's will: no late answer brings it back.
    var isGivenUp: Bool {
        guard case .dead(let dead) = self else { return false }
        return dead.reason == .loggedOut || dead.reason == .accountChanged
    }
}
#endif
