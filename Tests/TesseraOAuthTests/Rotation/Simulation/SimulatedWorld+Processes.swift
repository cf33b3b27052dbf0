#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// The processes of a schedule: wants, machines and their effects, kills.
extension SimulatedWorld {
    var isCalm: Bool { now >= calmFrom }

    mutating func want(_ id: Int) {
        guard processes[id].isAlive, !processes[id].isShutDown else { return }
        guard now >= processes[id].pausedUntil else { return queue.add(.want(id), at: processes[id].pausedUntil) }
        guard processes[id].machine == nil else {
            processes[id].isWanted = true
            return
        }
        start(id)
    }

    private mutating func start(_ id: Int) {
        processes[id].isWanted = false
        processes[id].run += 1
        processes[id].isAcquiring = false
        processes[id].stopsAcquiring = false
        processes[id].alarm = nil
        processes[id].machine = RotationStateMachine(
            want: LoginWant(held: processes[id].held), profile: server.profile(isKnown: plan.isProfileKnown),
            limits: plan.limits, me: processes[id].holder(isOneMachine: plan.isOneMachine), isDurable: plan.isDurable,
            memory: processes[id].memory)
        step(id, .start)
    }

    mutating func step(_ id: Int, _ event: RotationStateMachine.Event) {
        guard var machine = processes[id].machine else { return }
        processes[id].steps += 1
        if processes[id].killAtStep == processes[id].steps, !isCalm { return kill(id) }
        if processes[id].shutdownAtStep == processes[id].steps, !isCalm {
            // Before the step's own event, so that it meets the phase that waits for it.
            processes[id].shutdownAtStep = nil
            whenShutDown(id, at: now)
            let step = SimulatedWorld.Action.deliver(
                id, incarnation: processes[id].incarnation, run: processes[id].run, event)
            return queue.add(step, at: now)
        }
        // The second of two answers is for the machine to ignore, not for the table.
        if machine.phase == .posting || CellTable.name(event) != "answered" { cells.count(machine.phase, event) }
        if case .answered(let verdict) = event {
            endPost(id)
            if machine.phase == .posting, let attempt = machine.sent {
                referee.hears(verdict, of: attempt, process: id, incarnation: processes[id].incarnation)
            }
        }
        let before = machine.phase
        let effects = machine.handle(event, at: processes[id].local(now), random: random.next())
        if isTraced {
            note("p\(id) \(before) x \(CellTable.name(event)) -> \(machine.phase) gen \(store.record?.generation ?? 0)")
        }
        processes[id].machine = machine
        if let focus = plan.focus, focus.phase == machine.phase, before != machine.phase, !isCalm {
            befall(id, focus.mishap)
        }
        for effect in effects { carryOut(effect, id) }
        guard let machine = processes[id].machine else { return }
        if machine.isOver { return over(id, machine) }
        let due = machine.nextWake
        if let due, due != processes[id].alarm {
            processes[id].alarm = due
            queue.add(
                .alarm(id, incarnation: processes[id].incarnation, run: processes[id].run, due),
                at: max(now, processes[id].world(due)))
        } else if due == nil {
            processes[id].alarm = nil
        }
    }

    private mutating func befall(_ id: Int, _ mishap: SimulatedPlan.Mishap) {
        switch mishap {
        case .shutdown:
            processes[id].slowNext = 2_000
            whenShutDown(id, at: now)
        case .storeFails: processes[id].failsNextStoreCall = true
        case .conflict: store.touch()
        case .slow: processes[id].slowNext = 6_000
        case .renewalFails:
            processes[id].slowNext = 6_000
            failsRenewalsUntil = now + 5 * Self.second
        case .rollback:
            guard plan.trouble == .rollbacks || plan.trouble == .lostAnswers else { return }
            referee.hasRollback = true
            store.rollBack(by: 1)
        }
    }

    private mutating func endPost(_ id: Int) {
        if let attempt = processes[id].machine?.sent?.id { referee.ended(attempt) }
    }

    private mutating func over(_ id: Int, _ machine: RotationStateMachine) {
        processes[id].memory = machine.memory
        processes[id].machine = nil
        if processes[id].isWanted, !processes[id].isShutDown { queue.add(.want(id), at: now + random.span(500)) }
    }

    private mutating func carryOut(_ effect: RotationStateMachine.Effect, _ id: Int) {
        let incarnation = processes[id].incarnation
        let run = processes[id].run
        var soon = now + random.span(plan.storeLatency)
        if let slow = processes[id].slowNext, !effect.isSideEffect {
            processes[id].slowNext = nil
            soon = now + slow * 1_000_000
        }
        switch effect {
        case .acquire(let deadline):
            processes[id].isAcquiring = true
            queue.add(
                .acquire(
                    id, incarnation: incarnation, run: run, since: processes[id].local(now).nanoseconds,
                    until: processes[id].world(deadline)), at: soon)
        case .stopAcquiring: processes[id].stopsAcquiring = true
        case .renew:
            queue.add(
                .renew(id, incarnation: incarnation, run: run, since: processes[id].local(now).nanoseconds), at: soon)
        case .read:
            queue.add(
                .read(id, incarnation: incarnation, run: run, since: processes[id].local(now).nanoseconds), at: soon)
        case .acceptEntry:
            let isFailing = store.isDown || takeFailure(id)
            if !isFailing { store.acceptEntry() }
            let event: RotationStateMachine.Event = isFailing ? .storeFailed(nil) : .entryAccepted
            queue.add(.deliver(id, incarnation: incarnation, run: run, event), at: soon)
        case .save(let record, let version):
            // Late writes: the store decides when they arrive.
            let isLate = (plan.has(.storeFaults) || plan.has(.failingWrites)) && !isCalm && random.chance(1, in: 10)
            queue.add(
                .save(id, incarnation: incarnation, run: run, record, version),
                at: isLate ? now + random.span(8_000) : soon)
        case .probe(let holder):
            let isGone = isGone(holder, for: id)
            queue.add(.deliver(id, incarnation: incarnation, run: run, .probed(isGone: isGone)), at: soon)
        case .post(let attempt):
            referee.decidesToSend(attempt.id, holdsLease: store.holds(id, run, at: now))
            queue.add(.send(id, incarnation: incarnation, run: run, attempt), at: now + random.span(2))
        case .reloadSecret:
            let event = RotationStateMachine.Event.secretReloaded(hasChanged: random.chance(1, in: 2))
            queue.add(.deliver(id, incarnation: incarnation, run: run, event), at: soon)
        case .revoke(let token):
            server.revoke(SimulatedToken.number(token))
            referee.revoked(
                SimulatedToken.number(token), of: processes[id].machine?.sent?.login, stored: store.record,
                isShutDown: processes[id].isShutDown)
            queue.add(.deliver(id, incarnation: incarnation, run: run, .revoked(isDone: true)), at: soon)
        case .release: queue.add(.release(id, incarnation: incarnation, run: run), at: soon)
        case .publish(let token):
            referee.published(token, process: id, incarnation: incarnation)
            processes[id].held = token.value
        case .fail(let failure): if isTraced { note("p\(id) fails: \(failure.label)") }
        case .record(let step):
            if step.kind == .spareKept, let login = step.login {
                referee.keptSpare(login, process: id, incarnation: incarnation)
            }
        case .resumeLogout, .finish: break
        }
    }

    /// Whether the store call that is about to be answered is to fail.
    mutating func takeFailure(_ id: Int) -> Bool {
        defer { processes[id].failsNextStoreCall = false }
        return processes[id].failsNextStoreCall
    }

    private func isGone(_ holder: LoginRecord.Holder, for id: Int) -> Bool? {
        guard plan.isOneMachine else { return nil }
        let other = processes[Int(holder.process)]
        return !(other.isAlive && UInt64(other.incarnation) == holder.started)
    }

    // MARK: Life and death

    mutating func kill(_ id: Int) {
        guard processes[id].isAlive, !isCalm else { return }
        if isTraced { note("kill \(id) in \(processes[id].machine.map { "\($0.phase)" } ?? "rest")") }
        processes[id].isAlive = false
        processes[id].machine = nil
        processes[id].logout = nil
        store.died(id)
        referee.died(id, processes[id].incarnation)
        queue.add(.restart(id), at: now + random.span(40_000))
    }

    /// A dead, or shut down, process starts anew.
    mutating func restart(_ id: Int) {
        if isCalm { processes[id].pausedUntil = min(processes[id].pausedUntil, now) }
        guard !processes[id].isAlive || processes[id].isShutDown, processes[id].machine == nil else {
            if processes[id].isShutDown { queue.add(.restart(id), at: now + Self.second) }
            return
        }
        referee.died(id, processes[id].incarnation)
        store.died(id)
        processes[id].isAlive = true
        processes[id].isShutDown = false
        processes[id].incarnation += 1
        processes[id].memory = RotationMemory()
        processes[id].held = nil
        processes[id].killAtStep = nil
        processes[id].pausedUntil = now
        queue.add(.want(id), at: now + random.span(1_000))
    }

    mutating func whenShutDown(_ id: Int, at time: Int64? = nil) {
        guard processes[id].isAlive, !isCalm else { return }
        processes[id].isShutDown = true
        queue.add(.restart(id), at: now + 60 * Self.second)
        guard processes[id].machine != nil else { return }
        queue.add(
            .deliver(id, incarnation: processes[id].incarnation, run: processes[id].run, .shutdown),
            at: time ?? max(now, processes[id].pausedUntil))
    }

    // MARK: Logout

    mutating func logout(_ id: Int) {
        guard processes[id].isAlive, processes[id].logout == nil else { return }
        processes[id].logout = LogoutStateMachine(limits: plan.limits, newLogin: "L\(now)")
        stepLogout(id, .start)
    }

    mutating func stepLogout(_ id: Int, _ event: LogoutStateMachine.Event) {
        guard var machine = processes[id].logout else { return }
        let effects = machine.handle(event, at: processes[id].local(now))
        processes[id].logout = machine
        let incarnation = processes[id].incarnation
        for effect in effects {
            switch effect {
            case .read:
                let event: LogoutStateMachine.Event =
                    store.isDown ? .storeFailed(nil) : .loaded(found(since: processes[id].local(now), id))
                queue.add(.logoutEvent(id, incarnation: incarnation, event), at: now + random.span(30))
            case .save(let record, let version):
                queue.add(.logoutSave(id, incarnation: incarnation, record, version), at: now + random.span(30))
            case .remove(let version):
                let isDone = if case .saved = store.remove(replacing: version) { true } else { false }
                queue.add(.logoutEvent(id, incarnation: incarnation, isDone ? .removed : .conflict), at: now)
            case .revoke(let token):
                server.revoke(SimulatedToken.number(token))
                queue.add(
                    .logoutEvent(id, incarnation: incarnation, .revoked(isDone: true)), at: now + random.span(200))
            case .record: break
            case .finish: processes[id].logout = nil
            }
        }
    }
}

extension RotationStateMachine.Effect {
    /// Done on the way, without an answer.
    var isSideEffect: Bool {
        switch self {
        case .publish, .fail, .record, .finish, .resumeLogout, .stopAcquiring, .renew: true
        default: false
        }
    }
}
#endif
