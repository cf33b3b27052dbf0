#if OAuth
import TesseraCore

/// What follows a write, by what was written; and line 12, when a new token cannot be.
extension RotationStateMachine {
    mutating func saved(_ version: StoreVersion) {
        guard let record = pending else { return }
        pending = nil
        found?.stored = StoredLogin(record: record, version: version)
        memory.remember(record)
        switch phase {
        case .intending:
            note(.intent)
            check()
        case .clearing: takenBack()
        case .marking: marked(isDurable: true)
        case .burying: buried()
        case .committing: committed()
        case .extending: sleepUnsaved()
        case .keepingSpare:
            note(.spareKept)
            adoptInstead()
        case .restoring:
            note(.rolledBack)
            isUnsaved ? read(.recommitting) : read(.reading)
        default: break
        }
    }

    mutating func conflict() {
        pending = nil
        commitLooks += 1
        switch phase {
        case .intending, .clearing, .marking, .burying, .restoring:
            if isUnsaved { return read(.recommitting) }
            guard commitLooks < limits.commitLooks else { return end(failure ?? .storeUnavailable(nil)) }
            attempt = nil
            memory.unsent = nil
            leaseHolds ? read(.reading) : acquire()
        case .committing, .keepingSpare:
            guard commitLooks < limits.commitLooks else { return keepUnsaved(nil) }
            read(.recommitting)
        case .extending: sleepUnsaved()
        default: break
        }
    }

    mutating func saveFailed(_ error: TesseraError?) {
        switch phase {
        case .intending:
            // Line 4: no request. The intent may stand there all the same; this process knows that it means nothing.
            if let attempt { memory.unsent = (attempt.attempt, prior) }
            pending = nil
            end(.storeUnavailable(error))
        case .clearing:
            pending = nil
            end(failure)
        case .burying:
            pending = nil
            buried()
        // Its own end is known to this process without the store.
        case .marking: marked(isDurable: false)
        case .committing, .keepingSpare: keepUnsaved(error)
        case .extending: sleepUnsaved()
        case .restoring: isUnsaved ? keepUnsaved(error) : end(.storeUnavailable(error))
        default: break
        }
    }

    // MARK: 12, the only copy

    mutating func keepUnsaved(_ error: TesseraError?) {
        let unsaved = phase == .committing ? pending : nil
        pending = nil
        saveFailures += 1
        commitLooks = 0
        if saveFailures == 1 { note(.unsaved) }
        if isShuttingDown { return lastResort() }
        isLastLook = false
        tell(unsaved, error)
        guard phase == .committing, let found, let stored = found.stored,
            case .intent(var intent) = stored.record.state, intent.attempt == attempt?.attempt,
            lease?.provesHoldersDeath != true,
            intent.answerBy.time < found.reading.latest(at: now.advanced(by: limits.longestBackoff)).time
        else { return sleepUnsaved() }
        // The peers go on waiting: this sender is alive and has an answer.
        intent.answerBy = found.reading.latest(at: now.advanced(by: limits.post))
        attempt?.answerBy = intent.answerBy
        var record = stored.record
        record.state = .intent(intent)
        save(record, .extending, replacing: stored.version)
    }

    /// Those who wait need not, if that is wanted: what is held is marked, and stored as soon as the store allows.
    private mutating func tell(_ unsaved: LoginRecord?, _ error: TesseraError?) {
        guard servesUnstored, answer?.accessToken != nil, let unsaved, let reading = found?.reading,
            let token = unsaved.accessTokens.last
        else { return fail(.unstored(error)) }
        var obtained = ObtainedToken(token, unsaved, reading, isAdopted: false)
        obtained.isUnstored = true
        publish(obtained)
    }

    mutating func sleepUnsaved() {
        pending = nil
        if isShuttingDown { return lastResort() }
        let growth = Backoff(initial: .milliseconds(500), longest: limits.longestBackoff, isJittered: false)
        sleep(.unsaved, until: now.advanced(by: growth.wait(before: saveFailures, random: 0)))
    }

    /// Shutdown, and the store still fails. A write that failed may be there all the same, so it is looked at once more:
    /// revoking what is stored would end a login that could have been kept.
    private mutating func lastResort() {
        guard !isLastLook else { return end(.unstored(nil)) }
        isLastLook = true
        read(.recommitting)
    }

    /// The new token is not there. What would be lost unseen is written off, and then revoked and named.
    mutating func giveUpUnsaved(_ stored: StoredLogin) {
        let isNew = answer?.refreshToken != nil && answer?.refreshToken != sent?.refreshToken
        hasAnswered = false
        guard isNew, !oldTokenStillWorks else { return end(.unstored(nil)) }
        bury(stored.record, .storeFailed, attempts: attempt?.number ?? 1, sentAt: attempt?.firstSentAt)
    }

    /// Whether the next start can still get tokens with the refresh token that is stored.
    private var oldTokenStillWorks: Bool {
        switch profile.rotation {
        case .none: return true
        case .oneTime: return false
        case .rotates:
            guard let attempt, let reading = found?.reading, attempt.firstSentAt.epoch == reading.time.epoch else {
                return false
            }
            return reading.latest(at: now).time < attempt.firstSentAt.time.advanced(by: profile.grace)
        }
    }
}
#endif
