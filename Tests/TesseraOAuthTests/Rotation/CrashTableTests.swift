#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

/// The crash table, row by row: a process dies at a point, another one starts, and the outcome is exact.
@Suite struct `Crash table` {
    typealias Habit = SimulatedServer.Habit

    @Test(arguments: [CrashBench.Point.leased, .read], Habit.allCases)
    func `rows 1 to 3: nothing happened, an ordinary refresh follows`(_ point: CrashBench.Point, _ habit: Habit) {
        var bench = CrashBench(habit: habit)
        bench.runProcess(dyingAt: point)
        #expect(bench.isReady && bench.store.record?.generation == 1)
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.sent.map(\.number) == [1])
        #expect(bench.published.count == 1)
    }

    @Test(arguments: Habit.allCases, [true, false])
    func `row 4: the intent is durable and no byte left; the second attempt brings the token`(
        _ habit: Habit, _ hasKernelLocks: Bool
    ) {
        var bench = CrashBench(habit: habit, hasKernelLocks: hasKernelLocks)
        bench.runProcess(dyingAt: .intentDurable)
        guard case .intent(let intent)? = bench.state else {
            Issue.record("the intent is not there")
            return
        }
        #expect(intent.number == 1)
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.sent.map(\.number) == [2])
    }

    @Test(arguments: Habit.allCases)
    func `row 6: bytes sent and never processed; the second attempt brings the token`(_ habit: Habit) {
        var bench = CrashBench(habit: habit)
        bench.runProcess(dyingAt: .sentNotArrived)
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.sent.map(\.number) == [1, 2])
        #expect(Set(bench.sent.map(\.id)).count == 2)
    }

    @Test(arguments: [CrashBench.Point.processedNotRead, .readNotCommitted], [Habit.strict, .strictForgiving])
    func `row 6, one-time tokens: the one unavoidable loss, with its reason`(
        _ point: CrashBench.Point, _ habit: Habit
    ) throws {
        var bench = CrashBench(habit: habit)
        bench.runProcess(dyingAt: point)
        bench.runProcess()
        #expect(bench.deadReason == .responseLost)
        guard case .loginRequired(let dead)? = bench.failures.first else {
            Issue.record("nobody was told")
            return
        }
        #expect(dead.attempts == 2)
        #expect(dead.generation == 1)
        #expect(dead.sentAt != nil)
        #expect(bench.store.record?.refreshToken == nil)
        #expect(bench.store.record?.accessTokens.isEmpty == true)
    }

    @Test(arguments: [CrashBench.Point.processedNotRead, .readNotCommitted], [Habit.grace, .fixed, .generous])
    func `row 6, with a grace or without rotation: no loss`(_ point: CrashBench.Point, _ habit: Habit) {
        var bench = CrashBench(habit: habit)
        bench.runProcess(dyingAt: point)
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.published.count == 1)
        #expect(bench.server.isValid(bench.store.record?.refreshToken.map(SimulatedToken.number) ?? -1))
    }

    @Test func `row 6, beyond the grace: lost, and said so`() {
        var bench = CrashBench(habit: .grace)
        bench.runProcess(dyingAt: .processedNotRead)
        bench.now += SimulatedServer.grace
        bench.runProcess()
        #expect(bench.deadReason == .responseLost)
    }

    @Test(
        arguments: [
            (CrashBench.Point.committedNotPublished, true), (.committedNotPublished, false),
            (.publishedNotReleased, true), (.publishedNotReleased, false),
        ], Habit.allCases)
    func `row 11: the new token is durable; the next start adopts it`(
        _ place: (point: CrashBench.Point, hasKernelLocks: Bool), _ habit: Habit
    ) {
        var bench = CrashBench(habit: habit, hasKernelLocks: place.hasKernelLocks)
        bench.runProcess(dyingAt: place.point)
        #expect(bench.isReady && bench.store.record?.generation == 2)
        bench.runProcess()
        #expect(bench.sent.count == 1)
        #expect(bench.published.map(\.isAdopted) == [true])
    }

    @Test(arguments: [Habit.strict, .grace, .fixed])
    func `row 12: the disk is full for a while; the token is held back, then stored, then handed out`(_ habit: Habit) {
        var bench = CrashBench(habit: habit)
        bench.runProcess(failsCommits: 5)
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.failures.allSatisfy { if case .unstored = $0 { true } else { false } })
        #expect(bench.failures.count == 5)
        #expect(bench.published.count == 1)
        #expect(bench.sent.count == 1)
    }

    @Test(arguments: [Habit.strict, .grace, .fixed])
    func `row 12, served and marked: nobody waits for the disk, and the login is stored when there is room`(
        _ habit: Habit
    ) {
        var bench = CrashBench(habit: habit)
        bench.servesUnstored = true
        bench.runProcess(failsCommits: 5)
        #expect(bench.failures.isEmpty && bench.sent.count == 1)
        #expect(bench.published.map(\.isUnstored) == [true, true, true, true, true, false])
        #expect(Set(bench.published.map { SimulatedToken.number($0.value) }).count == 1)
        #expect(bench.isReady && bench.store.record?.generation == 2)
    }

    @Test func `row 12, shutdown at a one-time server: written off, revoked, named`() {
        var bench = CrashBench(habit: .strict)
        bench.runProcess(failsCommits: 1_000, shutsDownWhenUnsaved: true)
        #expect(bench.deadReason == .storeFailed)
        #expect(bench.server.revoked == [2])
        guard case .loginRequired(let dead)? = bench.failures.last else {
            Issue.record("nobody was told")
            return
        }
        #expect(dead.reason == .storeFailed)
    }

    @Test(arguments: [Habit.grace, .fixed])
    func `row 12, shutdown where the old token still works: nothing is revoked, the next start goes on`(_ habit: Habit)
    {
        var bench = CrashBench(habit: habit)
        bench.runProcess(failsCommits: 1_000, shutsDownWhenUnsaved: true)
        #expect(bench.server.revoked.isEmpty)
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        #expect(bench.published.count == 1)
    }

    @Test func `row 14: after the tombstone the login stays ended, and what is left is revoked`() {
        var bench = CrashBench(habit: .strict)
        var logout = LogoutStateMachine(limits: RotationLimits(), newLogin: "tombstone")
        _ = logout.handle(.start, at: MonotonicInstant(nanoseconds: bench.now))
        let reading = StoreReading(
            time: bench.store.time(bench.now), before: MonotonicInstant(nanoseconds: bench.now),
            after: MonotonicInstant(nanoseconds: bench.now))
        let effects = logout.handle(
            .loaded(.init(stored: bench.store.stored, reading: reading)), at: MonotonicInstant(nanoseconds: bench.now))
        guard case .save(let tombstone, let version)? = effects.first else {
            Issue.record("no tombstone")
            return
        }
        // The process dies right after the tombstone is durable: nothing is revoked yet.
        _ = bench.store.save(tombstone, replacing: version)
        #expect(bench.server.revoked.isEmpty)
        bench.runProcess()
        #expect(bench.deadReason == .loggedOut)
        #expect(bench.sent.isEmpty)
        var resumed = LogoutStateMachine(limits: RotationLimits(), newLogin: "x", onlyResumes: true)
        _ = resumed.handle(.start, at: MonotonicInstant(nanoseconds: bench.now))
        let next = resumed.handle(
            .loaded(.init(stored: bench.store.stored, reading: reading)), at: MonotonicInstant(nanoseconds: bench.now))
        guard case .revoke(let token)? = next.first else {
            Issue.record("the revocation is not tried again")
            return
        }
        #expect(SimulatedToken.number(token) == 1)
    }

    @Test func `a dead machine's intent on a shared store is waited out, and no longer`() {
        var bench = CrashBench(habit: .strict, hasKernelLocks: false)
        bench.isOneMachine = false
        bench.runProcess(dyingAt: .sentNotArrived)
        let died = bench.now
        bench.runProcess()
        #expect(bench.isReady && bench.store.record?.generation == 2)
        let waited = Duration.nanoseconds(bench.now - died)
        #expect(waited > .seconds(50))
        #expect(waited < .seconds(60))
    }

    @Test func `a dead process on the same machine is not waited for`() {
        var bench = CrashBench(habit: .strict, hasKernelLocks: false)
        bench.runProcess(dyingAt: .sentNotArrived)
        let died = bench.now
        bench.runProcess()
        #expect(bench.isReady)
        #expect(Duration.nanoseconds(bench.now - died) < .seconds(12))
    }
}
#endif
