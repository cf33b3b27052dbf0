#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// Store and server of a schedule, as the processes reach them.
extension SimulatedWorld {
    // MARK: Store

    mutating func acquire(_ id: Int, _ incarnation: Int, _ run: Int, _ since: Int64, _ until: Int64) {
        guard processes[id].isAlive, processes[id].incarnation == incarnation, processes[id].run == run else { return }
        if processes[id].stopsAcquiring || now >= until {
            return answer(id, incarnation, run, .leaseUnavailable)
        }
        if store.isDown { return answer(id, incarnation, run, .storeFailed(nil)) }
        let local = processes[id].local(now)
        guard let fence = store.acquire(id, run, at: now) else {
            let next = min(until, now + 100_000_000 + random.span(200))
            // The wait begins anew each time: the local end of a lease counts from before the call that got it.
            return queue.add(
                .acquire(id, incarnation: incarnation, run: run, since: local.nanoseconds, until: until), at: next)
        }
        let end = MonotonicInstant(nanoseconds: since + SimulatedStore.leaseLength)
        answer(
            id, incarnation, run,
            .leased(
                RotationStateMachine.Lease(
                    fence: fence, provesHoldersDeath: store.hasKernelLocks, end: store.hasKernelLocks ? nil : end)))
    }

    mutating func read(_ id: Int, _ incarnation: Int, _ run: Int, _ since: Int64) {
        if store.isDown || takeFailure(id) { return answer(id, incarnation, run, .storeFailed(nil)) }
        if store.reportsRollback { return answer(id, incarnation, run, .entryRolledBack) }
        answer(id, incarnation, run, .loaded(found(since: MonotonicInstant(nanoseconds: since), id)))
    }

    func found(since: MonotonicInstant, _ id: Int) -> RotationStateMachine.Found {
        let reading = StoreReading(time: store.time(now), before: since, after: processes[id].local(now))
        let stored = store.stored
        return RotationStateMachine.Found(
            stored: stored, reading: reading,
            tag: stored?.record.refreshToken.map { "t\(SimulatedToken.number($0))" },
            spareTag: stored?.record.spare.map { "t\(SimulatedToken.number($0))" })
    }

    mutating func save(_ record: LoginRecord, _ version: StoreVersion?) -> RotationStateMachine.Event {
        let isWorst = plan.has(.failingWrites) && record.generation > store.record?.generation ?? 0
        let isFaulty =
            !isCalm
            && (plan.has(.storeFaults) && random.chance(1, in: 12)
                || plan.has(.failingWrites) && random.chance(isWorst ? 3 : 1, in: isWorst ? 4 : 8))
        // Half of the writes that are reported as failed are there.
        if isFaulty, random.chance(1, in: 2) { return .storeFailed(nil) }
        let old = store.record
        switch store.save(record, replacing: version) {
        case .saved(let version):
            referee.saved(
                record, old: old, at: now, storeTime: store.time(now).time.nanoseconds, server: server, plan: plan)
            return isFaulty ? .storeFailed(nil) : .saved(version)
        case .conflict: return .conflict
        case .failed: return .storeFailed(nil)
        }
    }

    // MARK: Server

    mutating func send(_ id: Int, _ incarnation: Int, _ run: Int, _ attempt: RotationAttempt) {
        let local = processes[id].local(now)
        // The transport looks at the deadline before the first byte.
        guard local < attempt.deadline else { return answer(id, incarnation, run, .answered(.unsent(after: nil, nil))) }
        let isTroubled = !isCalm
        if isTroubled, plan.has(.refusals) || plan.has(.lostAnswers), random.chance(1, in: 8) {
            return answer(id, incarnation, run, .answered(.unsent(after: nil, nil)))
        }
        let answerBy =
            if case .intent(let intent)? = store.record?.state, intent.attempt == attempt.id {
                intent.answerBy.time.nanoseconds
            } else {
                store.time(now).time.nanoseconds + local.duration(to: attempt.deadline).clampedNanoseconds
            }
        referee.sends(
            SimulatedReferee.Post(
                process: id, incarnation: incarnation, attempt: attempt.id, generation: attempt.generation,
                login: attempt.login, token: SimulatedToken.number(attempt.refreshToken),
                time: store.time(now).time.nanoseconds,
                answerBy: answerBy), durable: store.record)
        if isTraced { note("p\(id) sends \(attempt.id.prefix(4)) gen \(attempt.generation) n \(attempt.number)") }
        if isTroubled, plan.has(.refusals), random.chance(1, in: 5) {
            let verdict: TokenVerdict = random.chance(1, in: 2) ? .clientRefused(nil) : .requestRefused(nil)
            return answer(id, incarnation, run, .answered(verdict))
        }
        var fate = Fate.answered
        if isTroubled, plan.has(.lostAnswers), random.chance(1, in: 2) {
            fate = [.lost, .slow, .gatewayTimeout, .serverError, .duplicated][random.below(5)]
            // The request itself may be lost as well.
            if fate == .lost, random.chance(1, in: 3) { return timeOut(id, incarnation, run, attempt) }
        }
        if plan.trouble == .harmless, random.chance(1, in: 3) { fate = .slow }
        let delay = fate == .slow && plan.trouble == .harmless ? random.span(18_000) : random.span(300)
        queue.add(.arrive(id, incarnation: incarnation, run: run, attempt, fate), at: now + delay)
    }

    private mutating func timeOut(_ id: Int, _ incarnation: Int, _ run: Int, _ attempt: RotationAttempt) {
        let end = max(now, processes[id].world(attempt.deadline))
        queue.add(
            .deliver(id, incarnation: incarnation, run: run, .answered(.ambiguous(after: nil, nil))), at: end)
    }

    mutating func arrive(_ id: Int, _ incarnation: Int, _ run: Int, _ attempt: RotationAttempt, _ fate: Fate) {
        let token = SimulatedToken.number(attempt.refreshToken)
        if fate == .serverError {
            return answer(
                id, incarnation, run,
                .answered(.ambiguous(after: random.chance(1, in: 3) ? .seconds(2) : nil, nil)))
        }
        let result = server.refresh(token, at: now)
        if isTraced { note("server: \(token) -> \(result)") }
        switch fate {
        case .lost: return timeOut(id, incarnation, run, attempt)
        case .gatewayTimeout: return answer(id, incarnation, run, .answered(.ambiguous(after: nil, nil)))
        case .slow where plan.trouble != .harmless:
            // Too late for the deadline, or just in time; a process that sleeps over it may still read the answer.
            let time = now + random.span(30_000)
            let isPaused = processes[id].pausedUntil > processes[id].world(attempt.deadline)
            guard time < processes[id].world(attempt.deadline) || isPaused else {
                return timeOut(id, incarnation, run, attempt)
            }
            queue.add(.deliver(id, incarnation: incarnation, run: run, .answered(verdict(result))), at: time)
        case .duplicated:
            answer(id, incarnation, run, .answered(verdict(result)))
            answer(id, incarnation, run, .answered(verdict(result)))
        default: answer(id, incarnation, run, .answered(verdict(result)))
        }
    }

    private func verdict(_ result: SimulatedServer.Answer) -> TokenVerdict {
        switch result {
        case .refused: .grantRefused(nil)
        case .tokens(let access, let refresh):
            .valid(
                TokenAnswer(
                    accessToken: SimulatedToken.access(access), lifetime: .nanoseconds(Self.lifetime),
                    refreshToken: refresh.map(SimulatedToken.refresh)))
        }
    }
}
#endif
