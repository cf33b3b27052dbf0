#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// Runs machines against a simulated store and server, one effect after the other, and stops one where a crash is to be.
struct CrashBench {
    /// Where a process dies.
    enum Point: String, CaseIterable, Sendable {
        case leased
        case read
        case intentDurable
        /// The request left, and the server never saw it.
        case sentNotArrived
        /// The server has rotated; the answer was not read.
        case processedNotRead
        /// The answer was read; nothing is durable.
        case readNotCommitted
        case committedNotPublished
        case publishedNotReleased
    }

    var store = SimulatedStore()
    var server: SimulatedServer
    var now: Int64 = 1_000_000_000
    let profile: ProviderProfile
    var isOneMachine = true
    var limits = RotationLimits()
    var servesUnstored = false
    /// What the last run gave.
    var published: [ObtainedToken] = []
    var failures: [RotationFailure] = []
    var sent: [RotationAttempt] = []
    var run = 0
    var living: Set<Int> = []

    init(habit: SimulatedServer.Habit, isProfileKnown: Bool = true, hasKernelLocks: Bool = true) {
        server = SimulatedServer(habit: habit)
        profile = server.profile(isKnown: isProfileKnown)
        store.hasKernelLocks = hasKernelLocks
        store.begin(
            LoginRecord(
                login: "L", generation: 1, state: .ready, refreshToken: SimulatedToken.refresh(1), accessTokens: [],
                spare: nil, fence: 0, note: nil))
    }

    var state: LoginRecord.State? { store.record?.state }

    var deadReason: LoginRecord.Dead.Reason? {
        if case .dead(let dead)? = state { dead.reason } else { nil }
    }

    var isReady: Bool { if case .ready? = state { true } else { false } }

    /// One run of a process of its own, until it is over or dies at `point`. Waits pass at once.
    mutating func runProcess(
        dyingAt point: Point? = nil, memory: RotationMemory = RotationMemory(), held: Secret? = nil,
        failsCommits: Int = 0, shutsDownWhenUnsaved: Bool = false
    ) {
        run += 1
        let id = run
        living.insert(id)
        published = []
        failures = []
        var commitFailures = failsCommits
        let me = LoginRecord.Holder(
            host: isOneMachine ? "h" : "h\(id)", boot: "b", process: Int32(id), started: 1, nonce: "\(id)")
        var machine = RotationStateMachine(
            want: LoginWant(held: held), profile: profile, limits: limits, me: me, isDurable: true,
            servesUnstored: servesUnstored, memory: memory)
        var events: [RotationStateMachine.Event] = [.start]
        var isStopped = false
        for _ in 0..<400 where !isStopped && !machine.isOver {
            now += 1_000_000
            guard !events.isEmpty else {
                if shutsDownWhenUnsaved, machine.phase == .unsaved, !machine.isShuttingDown {
                    events.append(.shutdown)
                    continue
                }
                guard let due = machine.nextWake else { break }
                now = max(now, due.nanoseconds)
                events.append(.wake)
                continue
            }
            let event = events.removeFirst()
            let effects = machine.handle(event, at: local, random: UInt64(bitPattern: now) &* 0x9E37_79B9_7F4A_7C15)
            for effect in effects {
                guard let answer = carryOut(effect, id, point, &isStopped, &commitFailures) else {
                    if isStopped { break }
                    continue
                }
                events.append(answer)
            }
        }
        living.remove(id)
        // The kernel frees what the dead process held; a lease by time runs on.
        store.died(id)
    }

    private var local: MonotonicInstant { MonotonicInstant(nanoseconds: now) }

    private mutating func carryOut(
        _ effect: RotationStateMachine.Effect, _ id: Int, _ point: Point?, _ isStopped: inout Bool,
        _ commitFailures: inout Int
    ) -> RotationStateMachine.Event? {
        func dies(_ here: Point) -> Bool {
            if point == here { isStopped = true }
            return point == here
        }
        switch effect {
        case .acquire(let deadline):
            while store.lease != nil, now < deadline.nanoseconds {
                if store.lease?.until.map({ now >= $0 }) ?? false { break }
                now += 100_000_000
            }
            guard let fence = store.acquire(id, 0, at: now) else { return .leaseUnavailable }
            if dies(.leased) { return nil }
            let end = store.hasKernelLocks ? nil : local.advanced(by: .seconds(10))
            return .leased(.init(fence: fence, provesHoldersDeath: store.hasKernelLocks, end: end))
        case .renew:
            return store.renew(id, 0, at: now)
                ? .renewed(end: store.hasKernelLocks ? nil : local.advanced(by: .seconds(10))) : .renewFailed
        case .read:
            let reading = StoreReading(time: store.time(now), before: local, after: local)
            if store.lease != nil, dies(.read) { return nil }
            let stored = store.stored
            return .loaded(
                .init(
                    stored: stored, reading: reading,
                    tag: stored?.record.refreshToken.map { "t\(SimulatedToken.number($0))" },
                    spareTag: stored?.record.spare.map { "t\(SimulatedToken.number($0))" }))
        case .save(let record, let version): return save(record, version, dies, &commitFailures)
        case .probe(let holder): return .probed(isGone: isOneMachine ? !living.contains(Int(holder.process)) : nil)
        case .post(let attempt): return post(attempt, dies)
        case .revoke(let token):
            server.revoke(SimulatedToken.number(token))
            return .revoked(isDone: true)
        case .release:
            if dies(.publishedNotReleased) { return nil }
            store.release(id, 0)
            return .released
        case .publish(let token):
            published.append(token)
            return nil
        case .fail(let failure):
            failures.append(failure)
            return nil
        case .acceptEntry: return .entryAccepted
        case .reloadSecret: return .secretReloaded(hasChanged: false)
        case .stopAcquiring, .resumeLogout, .record, .finish: return nil
        }
    }

    private mutating func save(
        _ record: LoginRecord, _ version: StoreVersion?, _ dies: (Point) -> Bool, _ commitFailures: inout Int
    ) -> RotationStateMachine.Event? {
        let isCommit = record.generation > store.record?.generation ?? 0
        if isCommit, commitFailures > 0 {
            commitFailures -= 1
            return .storeFailed(nil)
        }
        let outcome = store.save(record, replacing: version)
        if case .intent = record.state, dies(.intentDurable) { return nil }
        if isCommit, dies(.committedNotPublished) { return nil }
        return switch outcome {
        case .saved(let version): .saved(version)
        case .conflict: .conflict
        case .failed: .storeFailed(nil)
        }
    }

    private mutating func post(_ attempt: RotationAttempt, _ dies: (Point) -> Bool) -> RotationStateMachine.Event? {
        sent.append(attempt)
        if dies(.sentNotArrived) { return nil }
        let answer = server.refresh(SimulatedToken.number(attempt.refreshToken), at: now)
        if dies(.processedNotRead) || dies(.readNotCommitted) { return nil }
        return switch answer {
        case .refused: .answered(.grantRefused(nil))
        case .tokens(let access, let refresh):
            .answered(
                .valid(
                    TokenAnswer(
                        accessToken: SimulatedToken.access(access), lifetime: .seconds(60),
                        refreshToken: refresh.map(SimulatedToken.refresh))))
        }
    }
}
#endif
