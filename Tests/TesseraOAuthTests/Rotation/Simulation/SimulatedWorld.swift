#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// One schedule: some processes, one store, one server, and a plan of what goes wrong. Deterministic from its seed.
struct SimulatedWorld {
    enum Action {
        case want(Int)
        case deliver(Int, incarnation: Int, run: Int, RotationStateMachine.Event)
        case acquire(Int, incarnation: Int, run: Int, since: Int64, until: Int64)
        case renew(Int, incarnation: Int, run: Int, since: Int64)
        case read(Int, incarnation: Int, run: Int, since: Int64)
        case save(Int, incarnation: Int, run: Int, LoginRecord, StoreVersion?)
        case send(Int, incarnation: Int, run: Int, RotationAttempt)
        case arrive(Int, incarnation: Int, run: Int, RotationAttempt, Fate)
        case release(Int, incarnation: Int, run: Int)
        case alarm(Int, incarnation: Int, run: Int, MonotonicInstant)
        case logout(Int)
        case logoutEvent(Int, incarnation: Int, LogoutStateMachine.Event)
        case logoutSave(Int, incarnation: Int, LoginRecord, StoreVersion)
        case kill(Int)
        case restart(Int)
        case pause(Int, Int64)
        case shutdown(Int)
        case storeDown(Bool)
        case rollBack(Int)
        case storeRestart(Int)
    }

    enum Fate {
        case answered, lost, slow, gatewayTimeout, serverError, duplicated
    }

    let plan: SimulatedPlan
    var random: DiceRandom
    var now: Int64 = 0
    var queue = SimulatedQueue<Action>()
    var store = SimulatedStore()
    var server: SimulatedServer
    var referee = SimulatedReferee()
    var processes: [SimulatedProcess] = []
    var cells: CellTable
    /// From here on nothing goes wrong any more: what follows must end well (I4b).
    var calmFrom: Int64 = .max
    var events = 0
    var failsRenewalsUntil: Int64 = 0
    var trace: [String] = []
    let isTraced: Bool

    static let second: Int64 = 1_000_000_000
    /// The life of an access token.
    static let lifetime: Int64 = 60 * second

    init(seed: UInt64, cells: CellTable, isTraced: Bool = false, plan fixed: SimulatedPlan? = nil) {
        var random = DiceRandom(seed: seed)
        plan = fixed ?? SimulatedPlan(&random)
        self.cells = cells
        self.isTraced = isTraced
        server = SimulatedServer(habit: plan.habit)
        server.omitsFixedToken = random.chance(1, in: 2)
        store.isDurable = plan.isDurable
        store.hasKernelLocks = plan.hasKernelLocks
        store.clockOffset = random.span(3_600_000)
        store.noticesRollback = plan.isDurable && random.chance(1, in: 2)
        for id in 0..<plan.processes {
            processes.append(SimulatedProcess(id: id, clockOffset: random.span(7_200_000)))
        }
        self.random = random
    }

    /// Runs the schedule to its end.
    mutating func run() {
        var record = LoginRecord(
            login: "L", generation: 1, state: .ready, refreshToken: SimulatedToken.refresh(1), accessTokens: [],
            spare: nil, fence: 0, note: nil)
        record.storeEpoch = store.time(0).epoch
        store.begin(record)
        referee.saved(record, old: nil, at: 0, storeTime: 0, server: server, plan: plan)
        let troubleEnd = 180 * Self.second
        planTroubles(until: troubleEnd)
        for process in processes.indices {
            for round in 0..<4 { queue.add(.want(process), at: Int64(round) * 61 * Self.second + random.span(4_000)) }
        }
        calmFrom = troubleEnd
        for process in processes.indices {
            queue.add(.restart(process), at: troubleEnd + 1)
            for round in 0..<4 {
                queue.add(.want(process), at: troubleEnd + Int64(round) * 40 * Self.second + random.span(2_000))
            }
        }
        queue.add(.storeDown(false), at: troubleEnd)
        let end = troubleEnd + 200 * Self.second
        while let (time, action) = queue.pop(), time <= end, events < 5_000 {
            now = time
            events += 1
            perform(action)
        }
        finish()
    }

    private mutating func planTroubles(until end: Int64) {
        let milliseconds = end / 1_000_000
        for process in processes.indices {
            if plan.has(.kills), random.chance(2, in: 3) {
                // At some step, or at some time: the one hits each line, the other what lies between.
                if random.chance(2, in: 3) {
                    processes[process].killAtStep = 1 + random.below(24)
                } else {
                    queue.add(.kill(process), at: random.span(milliseconds))
                }
            }
            if plan.trouble == .harmless, random.chance(1, in: 2) {
                queue.add(.pause(process, random.span(plan.longestHarmlessPause)), at: random.span(milliseconds))
            }
            if plan.has(.longPauses), random.chance(1, in: 2) {
                queue.add(.pause(process, random.span(150_000)), at: random.span(milliseconds / 2))
            }
            if (plan.has(.kills) || plan.has(.storeFaults)), random.chance(1, in: 4) {
                queue.add(.shutdown(process), at: random.span(milliseconds))
            }
            if plan.has(.shutdowns), random.chance(1, in: 2) {
                processes[process].shutdownAtStep = 1 + random.below(30)
            }
            if plan.trouble == .spares { planSpare(process) }
            if plan.has(.logouts), random.chance(1, in: 2) {
                queue.add(.logout(process), at: random.span(milliseconds))
            }
        }
        if plan.has(.storeFaults) {
            for _ in 0..<1 + random.below(3) {
                let start = random.span(milliseconds)
                queue.add(.storeDown(true), at: start)
                queue.add(.storeDown(false), at: start + random.span(40_000))
            }
        }
        guard plan.has(.rollbacks) else { return }
        let time = random.span(milliseconds)
        let steps = 1 + random.below(4)
        queue.add(plan.isDurable ? .rollBack(steps) : .storeRestart(random.below(6)), at: time)
    }

    /// A sender that pauses with its answer on the way for longer than T_post and Q.
    private mutating func planSpare(_ process: Int) {
        for round in 0..<3 where random.chance(1, in: 2) {
            let start = Int64(round) * 61 * Self.second + random.span(5_000)
            queue.add(.pause(process, 50 * Self.second + random.span(25_000)), at: start)
        }
    }

    // MARK: Actions

    private mutating func perform(_ action: Action) {
        switch action {
        case .want(let id): want(id)
        case .deliver(let id, let incarnation, let run, let event):
            whenAwake(id, incarnation, run, action) { $0.step(id, event) }
        case .acquire(let id, let incarnation, let run, let since, let until):
            acquire(id, incarnation, run, since, until)
        case .renew(let id, let incarnation, let run, let since):
            let isRenewed = now >= failsRenewalsUntil && store.renew(id, run, at: now)
            let end = MonotonicInstant(nanoseconds: since + SimulatedStore.leaseLength)
            answer(id, incarnation, run, isRenewed ? .renewed(end: store.hasKernelLocks ? nil : end) : .renewFailed)
        case .read(let id, let incarnation, let run, let since): read(id, incarnation, run, since)
        case .save(let id, let incarnation, let run, let record, let version):
            answer(id, incarnation, run, takeFailure(id) ? .storeFailed(nil) : save(record, version))
        case .send(let id, let incarnation, let run, let attempt):
            whenAwake(id, incarnation, run, action) { $0.send(id, incarnation, run, attempt) }
        case .arrive(let id, let incarnation, let run, let attempt, let fate):
            arrive(id, incarnation, run, attempt, fate)
        case .release(let id, let incarnation, let run):
            store.release(id, run)
            answer(id, incarnation, run, .released)
        case .alarm(let id, let incarnation, let run, let due):
            whenAwake(id, incarnation, run, action) {
                guard $0.processes[id].alarm == due else { return }
                $0.processes[id].alarm = nil
                $0.step(id, .wake)
            }
        case .logout(let id): logout(id)
        case .logoutEvent(let id, let incarnation, let event):
            guard processes[id].isAlive, processes[id].incarnation == incarnation else { return }
            stepLogout(id, event)
        case .logoutSave(let id, let incarnation, let record, let version):
            switch save(record, version) {
            case .saved(let version): queue.add(.logoutEvent(id, incarnation: incarnation, .saved(version)), at: now)
            case .conflict: queue.add(.logoutEvent(id, incarnation: incarnation, .conflict), at: now)
            default: queue.add(.logoutEvent(id, incarnation: incarnation, .storeFailed(nil)), at: now)
            }
        case .kill(let id): kill(id)
        case .restart(let id): restart(id)
        case .pause(let id, let length):
            if isTraced { note("pause \(id) for \(length / 1_000_000) ms") }
            processes[id].pausedUntil = max(processes[id].pausedUntil, now + length)
            // A pause of T_post may let the own deadline pass; above Q the peers may go on.
            if length > 20 * Self.second { referee.hasLongPause = true }
        case .shutdown(let id): whenShutDown(id)
        case .storeDown(let isDown):
            if isTraced { note("store down \(isDown)") }
            store.isDown = isDown
        case .rollBack(let steps):
            if isTraced { note("rollback \(steps)") }
            referee.hasRollback = true
            store.rollBack(by: steps)
        case .storeRestart(let steps):
            if isTraced { note("store restart, losing \(steps)") }
            referee.hasRollback = true
            store.restart(losing: steps)
        }
    }

    /// Runs when the process is awake and this run of it is still there; later, when it is paused.
    private mutating func whenAwake(
        _ id: Int, _ incarnation: Int, _ run: Int, _ action: Action, _ body: (inout SimulatedWorld) -> Void
    ) {
        let process = processes[id]
        guard process.isAlive, process.incarnation == incarnation, process.run == run else { return }
        guard now >= process.pausedUntil else { return queue.add(action, at: process.pausedUntil) }
        body(&self)
    }

    mutating func answer(_ id: Int, _ incarnation: Int, _ run: Int, _ event: RotationStateMachine.Event) {
        queue.add(.deliver(id, incarnation: incarnation, run: run, event), at: now + random.span(plan.storeLatency))
    }

    mutating func note(_ text: String) {
        trace.append("\(now / 1_000_000) \(text)")
    }

    private mutating func finish() {
        if plan.promisesOneRequest { referee.checkOneRequest() }
        referee.expect(events < 5_000, "I4b: the schedule does not come to rest")
        guard let record = store.record else { return }
        switch record.state {
        case .ready:
            // A login that cannot be renewed and does not know it would be a silent loss.
            let token = record.refreshToken.map(SimulatedToken.number) ?? -1
            let spare = record.spare.map(SimulatedToken.number) ?? -1
            referee.expect(
                server.isValid(token) || server.isValid(spare) || referee.hasLongPause || referee.hasRollback
                    || plan.has(.logouts) || !processes.contains { $0.held != nil }
                    || record.accessTokens.contains { _ in true },
                "I4b: READY(\(record.generation)) with a token that does not work")
        case .intent(let intent):
            let age = store.time(now).time.nanoseconds - intent.sentAt.time.nanoseconds
            // Line 15: a logged-out login that a restored store brings back stays as it is while all who know it live.
            let isEnded = processes.allSatisfy { $0.memory.isSuperseded(record.login) }
            referee.expect(
                age < 100 * Self.second || store.reportsRollback || isEnded,
                "I4b: still INTENT(\(intent.number)) long after the last trouble")
        case .dead: break
        }
    }
}
#endif
