#if OAuth
import TesseraCore

/// Lines 2, 3 and 15: what the record under the lease says.
extension RotationStateMachine {
    mutating func decide(_ found: Found) {
        let isAfterRefusal = phase == .rereading
        self.found = found
        note(.loaded)
        // The quarantine of a store that forgets runs from here, and so beside other waits.
        memory.firstSeen(epoch: found.reading.time.epoch, at: now)
        guard let stored = found.stored else { return recordMissing() }
        let record = stored.record
        // Line 15: what was logged out does not come back with a restored store.
        if memory.isSuperseded(record.login), memory.record?.login != record.login {
            guard let known = memory.record else { return end(.notLoggedIn) }
            return restore(known, replacing: stored.version)
        }
        // Line 2: another login took this one's place.
        if let known = memory.record, known.login != record.login { memory.supersede() }
        // Line 15.
        if let known = memory.record, known.generation > record.generation, !record.state.isTombstone {
            return restore(known, replacing: stored.version)
        }
        memory.remember(record)
        switch record.state {
        case .dead(let dead): meetDead(dead, record)
        case .ready: decideReady(record)
        case .intent(let intent):
            if let unsent = memory.unsent, unsent.attempt == intent.attempt {
                // Its sender is this process, which knows that nothing was sent.
                return decide(asIf: unsent.prior, record)
            }
            if isAfterRefusal, intent.attempt == attempt?.attempt { return refused(intent, record) }
            decideIntent(intent, record)
        }
    }

    private mutating func decide(asIf state: LoginRecord.State, _ record: LoginRecord) {
        if case .intent(let intent) = state { decideIntent(intent, record) } else { decideReady(record) }
    }

    private mutating func recordMissing() {
        // Line 15: only a store that may forget gets a login back; elsewhere somebody removed it.
        if let known = memory.record, !isDurable, known.storeEpoch != found?.reading.time.epoch {
            return restore(known, replacing: nil)
        }
        memory.supersede()
        end(.notLoggedIn)
    }

    private mutating func meetDead(_ dead: LoginRecord.Dead, _ record: LoginRecord) {
        // Line 14: what a logout could not revoke is tried again.
        if dead.reason == .loggedOut, record.refreshToken != nil || record.spare != nil { perform(.resumeLogout) }
        end(.loginRequired(dead))
    }

    private mutating func decideReady(_ record: LoginRecord) {
        // Line 2: a peer has renewed it.
        if let reading = found?.reading, let token = want.serves(record, reading, at: now) {
            if !hasAnswered { publish(token) }
            return end(nil)
        }
        if hasAnswered && isShuttingDown { return end(nil) }
        intend(after: .ready, record)
    }

    /// Line 3.
    private mutating func decideIntent(_ intent: LoginRecord.Intent, _ record: LoginRecord) {
        guard let reading = found?.reading else { return }
        // The store failed before this process could write down what the server had said.
        if memory.refused == intent.attempt { return refused(intent, record) }
        let standing = standing(of: intent, reading)
        var isFinished = false
        switch standing {
        case .unknown:
            phase = .probing
            return perform(.probe(intent.holder))
        case .waits(let instant):
            // A token that is still good is served meanwhile.
            if let token = want.serves(record, reading, at: now) {
                if !hasAnswered { publish(token) }
                return end(nil)
            }
            if isShuttingDown { return end(.shutDown) }
            polls += 1
            let growth = Backoff(initial: limits.backoff, longest: limits.longestPoll).wait(
                before: polls, random: random)
            return sleep(.waiting, until: min(instant, now.advanced(by: max(growth, .milliseconds(50)))))
        case .finished, .harmless:
            if case .finished = standing { isFinished = true }
            if let token = want.serves(record, reading, at: now), !hasAnswered { publish(token) }
            if profile.neverReplays {
                return bury(record, .responseLost, attempts: intent.number, sentAt: intent.firstSentAt)
            }
            intend(after: .intent(intent.finished(isFinished)), record)
        }
    }

    private enum Standing {
        /// Nobody will send, or answer, for this attempt any more.
        case finished
        /// Somebody may, and it does no harm.
        case harmless
        case unknown
        case waits(MonotonicInstant)
    }

    private mutating func standing(of intent: LoginRecord.Intent, _ reading: StoreReading) -> Standing {
        if intent.isFinished || intent.holder == me || lease?.provesHoldersDeath == true { return .finished }
        if isHarmless(intent, reading) { return .harmless }
        switch probed[intent.attempt] {
        case nil: return .unknown
        case true?: return .finished
        case false?: break
        }
        let end: MonotonicInstant
        if intent.answerBy.epoch == reading.time.epoch {
            end = reading.local(past: intent.answerBy.time.advanced(by: limits.quarantine))
        } else {
            // The store's clock is another one now, so the whole time is waited for from here.
            end = memory.firstSeen(intent.attempt, at: now).advanced(by: limits.post + limits.quarantine)
        }
        return now > end ? .finished : .waits(end)
    }

    /// Whether a second request with the same token does no harm even if the first is under way.
    private func isHarmless(_ intent: LoginRecord.Intent, _ reading: StoreReading) -> Bool {
        switch profile.rotation {
        case .none: return true
        case .oneTime: return false
        case .rotates:
            guard intent.firstSentAt.epoch == reading.time.epoch else { return false }
            let last = intent.firstSentAt.time.advanced(by: profile.grace - limits.post)
            return reading.latest(at: now).time < last
        }
    }

    mutating func probed(_ isGone: Bool?) {
        guard let stored = found?.stored, case .intent(let intent) = stored.record.state else {
            return read(.reading)
        }
        probed[intent.attempt] = isGone ?? false
        decideIntent(intent, stored.record)
    }

    // MARK: 15, rollback

    mutating func entryRolledBack() {
        guard memory.record != nil || isUnsaved else {
            return end(
                .storeUnavailable(
                    TesseraError(
                        .storeRolledBack, "the store holds an older state of the login than it had before",
                        remedy: "restore the newer state, or log in again")))
        }
        phase = .accepting
        perform(.acceptEntry)
    }

    private mutating func restore(_ known: LoginRecord, replacing version: StoreVersion?) {
        guard leaseHolds else { return acquire() }
        save(known, .restoring, replacing: version)
    }
}

extension LoginRecord.Intent {
    /// The intent, with what was found out about its sender.
    fileprivate func finished(_ isFinished: Bool) -> LoginRecord.Intent {
        var intent = self
        intent.isFinished = intent.isFinished || isFinished
        return intent
    }
}

extension LoginRecord.State {
    var isTombstone: Bool {
        if case .dead(let dead) = self { dead.reason == .loggedOut } else { false }
    }
}
#endif
