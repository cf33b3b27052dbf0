#if OAuth
import TesseraCore

/// Lines 4 to 8: the intent, the last check, and taking it back.
extension RotationStateMachine {
    /// Line 4, on a record whose earlier attempts are finished or harmless.
    mutating func intend(
        after prior: LoginRecord.State, _ record: LoginRecord, spareAfter: LoginRecord.Dead.Reason? = nil
    ) {
        if isShuttingDown { return end(.shutDown) }
        guard leaseHolds, let found else { return acquire() }
        let before = if case .intent(let intent) = prior { intent } else { LoginRecord.Intent?.none }
        let spareAfter = spareAfter ?? before?.spareAfter
        guard !pauses(before, record, found.reading) else { return }
        guard attempts < limits.attempts else { return end(.endpoint(nil, after: limits.longestBackoff)) }
        let token = spareAfter == nil ? record.refreshToken : record.spare
        guard token != nil, let tag = spareAfter == nil ? found.tag : found.spareTag else {
            return end(.notLoggedIn)
        }
        let deadline = now.advanced(by: limits.post)
        let sentAt = found.reading.earliest(at: now)
        let intent = LoginRecord.Intent(
            attempt: RotationStateMachine.name(random), number: (before?.number ?? 0) + 1, tokenTag: tag,
            firstSentAt: before?.firstSentAt ?? sentAt, sentAt: sentAt,
            answerBy: found.reading.latest(at: deadline), holder: me, isFinished: false, spareAfter: spareAfter)
        self.prior = prior
        attempt = intent
        var next = record
        next.state = .intent(intent)
        sent = RotationAttempt(
            id: intent.attempt, login: record.login, generation: record.generation, number: intent.number,
            refreshToken: token ?? Secret(bytes: []), tokenTag: tag, scope: want.scope, resource: want.resource,
            deadline: deadline)
        self.sentAt = sentAt
        save(next, .intending, replacing: found.stored?.version)
    }

    /// Waits before an attempt: a forgetful store's quarantine (line 15), a server that fails on two requests in one
    /// second, and attempts in a row that brought nothing.
    private mutating func pauses(
        _ before: LoginRecord.Intent?, _ record: LoginRecord, _ reading: StoreReading
    ) -> Bool {
        var until = now
        if !isDurable, record.storeEpoch != reading.time.epoch {
            let seen = memory.firstSeen(epoch: reading.time.epoch, at: now)
            until = max(until, seen.advanced(by: limits.quarantine))
        }
        if profile.leastInterval > .zero, let last = record.accessTokens.map(\.issuedAt.time).max() {
            until = max(until, reading.local(past: last.advanced(by: profile.leastInterval)))
        }
        if let before, attempts == 0, before.number >= limits.attempts {
            let growth = Backoff(initial: limits.backoff, longest: .seconds(60), isJittered: false).wait(
                before: before.number - limits.attempts + 1, random: 0)
            until = max(until, reading.local(past: before.sentAt.time.advanced(by: growth)))
        }
        guard until > now else { return false }
        let wait = now.duration(to: until)
        if wait <= limits.longestBackoff || !isDurable {
            sleep(.backingOff, until: until)
        } else {
            end(.endpoint(nil, after: wait))
        }
        return true
    }

    private static func name(_ random: UInt64) -> String {
        let digits = String(random, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Line 5: the last look before the first byte.
    mutating func check() {
        guard let sent else { return }
        // A process that paused here for most of the time its intent promised does not begin any more.
        guard now.duration(to: sent.deadline) >= limits.post / 2 else { return takeBack(.storeUnavailable(nil)) }
        guard leaseHolds else {
            guard phase != .checking, lease != nil else { return takeBack(.storeUnavailable(nil)) }
            phase = .checking
            if !isRenewing {
                isRenewing = true
                perform(.renew)
            }
            return
        }
        if isShuttingDown { return takeBack(.shutDown) }
        phase = .posting
        attempts += 1
        note(.sending)
        perform(.post(sent))
    }

    /// Lines 5, 7 and 8: nothing was sent, or nothing was spent. What stood before is put back.
    mutating func takeBack(_ failure: RotationFailure) {
        guard let found, let stored = found.stored, let attempt else { return end(failure) }
        self.failure = failure
        memory.unsent = (attempt.attempt, prior)
        var record = stored.record
        record.state = prior
        save(record, .clearing, replacing: stored.version)
    }

    mutating func takenBack() {
        note(.cleared)
        attempt = nil
        memory.unsent = nil
        let failure = failure
        self.failure = nil
        if case .misconfigured = failure, !hasReloadedSecret, !isShuttingDown, isClientAtFault {
            hasReloadedSecret = true
            phase = .reloadingSecret
            return perform(.reloadSecret)
        }
        end(failure)
    }

    /// Line 8: once more with what the secret's source says now.
    mutating func secretReloaded(_ hasChanged: Bool) {
        guard hasChanged, !isShuttingDown else { return end(.misconfigured(refusal)) }
        leaseHolds ? read(.reading) : acquire()
    }
}
#endif
