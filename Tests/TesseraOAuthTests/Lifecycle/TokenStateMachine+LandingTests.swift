#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// How requests end: in time, late, twice, or never.
extension `Token state machine` {
    private static let moment = Duration.nanoseconds(1)

    private func again(_ first: AccessToken, _ machine: inout TokenStateMachine) throws -> AccessToken {
        try AccessToken(
            first.value, expiry: first.expiry, lifetime: first.lifetime, generation: machine.nextGeneration())
    }

    private func isUnchanged(_ landing: TokenStateMachine.Landing) -> Bool? {
        if case .token(_, let isUnchanged) = landing { isUnchanged } else { nil }
    }

    @Test func `a token that lives longer than the one before is news, and used from its issue on`() throws {
        var machine = machine(with: try token(1))
        let flight = try renewal(of: &machine, at: instant(80))
        let landing = machine.landed(flight.id, with: try token(machine.nextGeneration(), from: 80), now: instant(80))
        #expect(isUnchanged(landing) == false)
        #expect(machine.due(at: instant(80)) == instant(155))
        #expect(machine.obtainedAt == instant(80))
    }

    @Test func `another token in place of a refused one is news although it gains no time`() throws {
        var machine = machine(with: try token(1))
        _ = machine.reject(generation: 1, now: instant(10))
        let flight = try renewal(of: &machine, at: instant(10))
        let twin = try AccessToken(
            .fixture("another-of-that-expiry"), expiry: instant(100), lifetime: .seconds(90),
            generation: machine.nextGeneration())
        let landing = machine.landed(flight.id, with: twin, now: instant(10))
        #expect(isUnchanged(landing) == false)
        #expect(machine.obtainedAt == instant(10))
    }

    @Test func `the same token again is as old as it was`() throws {
        let first = try token(1)
        var machine = machine(with: first)
        let flight = try renewal(of: &machine, at: instant(80))
        let landing = machine.landed(flight.id, with: try again(first, &machine), now: instant(80))
        #expect(isUnchanged(landing) == true)
        #expect(machine.obtainedAt == instant(0))
    }

    @Test(arguments: [
        // (obtained again at, left alone until), in milliseconds of a life of 1000 s
        (Int64(910_000), Int64(955_000)), (998_500, 999_500), (999_500, 1_000_000),
    ])
    func `the same token again is left alone for half of its rest, at least a second, and no longer than it lives`(
        obtained: Int64, held: Int64
    ) throws {
        let first = try token(1, life: 1000)
        var machine = machine(with: first)
        let now = MonotonicInstant(nanoseconds: obtained * 1_000_000)
        let until = MonotonicInstant(nanoseconds: held * 1_000_000)
        let flight = try renewal(of: &machine, at: now)
        _ = machine.landed(flight.id, with: try again(first, &machine), now: now)
        #expect(machine.due(at: now) == until)
        #expect(machine.phase(at: until.advanced(by: .zero - Self.moment)) == .fresh)
        let early = machine.renew(now: until.advanced(by: .zero - Self.moment))
        #expect(early == nil)
        let next = machine.renew(now: until)
        #expect(next != nil)
    }

    @Test func `the same token again after its refusal is asked for again after half a second`() throws {
        let first = try token(1)
        var machine = machine(with: first)
        _ = machine.reject(generation: 1, now: instant(10))
        let flight = try renewal(of: &machine, at: instant(10))
        _ = machine.landed(flight.id, with: try again(first, &machine), now: instant(10))
        #expect(machine.status(at: instant(10)).nextAttemptIn == .milliseconds(500))
    }

    /// The first of two requests took too long, was given up, and the second brought a token.
    private func afterTwoRequests() throws -> TokenStateMachine {
        var machine = machine()
        let first = try renewal(of: &machine, at: instant(0))
        _ = machine.overdue(first.id, with: down(.seconds(1)), now: instant(20), random: 0)
        let isLost = machine.lost(first.id)
        #expect(isLost)
        let second = try renewal(of: &machine, at: instant(21))
        #expect((first.id, second.id) == (1, 2))
        _ = machine.nextGeneration()
        _ = machine.landed(second.id, with: try token(machine.nextGeneration(), from: 21), now: instant(21))
        return machine
    }

    @Test func `the late token of an earlier request does not replace one that is good`() throws {
        var machine = try afterTwoRequests()
        guard case .token(let kept, let isUnchanged) = machine.landed(1, with: try token(1), now: instant(22)) else {
            Issue.record("no token is left")
            return
        }
        #expect(kept.generation == 2 && isUnchanged)
        #expect(machine.current?.generation == 2)
    }

    @Test func `the late token of an earlier request is taken when the later one's is over`() throws {
        var machine = try afterTwoRequests()
        let late = try token(1, from: 500)
        guard case .token(let taken, let isUnchanged) = machine.landed(1, with: late, now: instant(500)) else {
            Issue.record("a late token is thrown away")
            return
        }
        #expect(taken.generation == 1 && !isUnchanged)
    }

    @Test func `the end of a request that is not under way changes nothing`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        let ends = [
            machine.failed(flight.id + 1, with: down(), now: instant(1), random: 0),
            machine.overdue(flight.id + 1, with: down(), now: instant(1), random: 0),
            machine.lost(flight.id + 1),
            // It has not taken too long yet.
            machine.lost(flight.id),
        ]
        #expect(ends == [false, false, false, false])
        #expect(machine.phase(at: instant(1)) == .obtaining)
        #expect(machine.failure == nil)
        let isNews = machine.failed(flight.id, with: down(), now: instant(1), random: 0)
        #expect(isNews)
        let isNewsTwice = machine.failed(flight.id, with: down(), now: instant(1), random: 0)
        #expect(!isNewsTwice)
        #expect(machine.failure?.count == 1)
    }

    @Test func `a request takes too long once, and its failure after that counts no second time`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        let isOverdue = machine.overdue(flight.id, with: down(.seconds(10)), now: instant(20), random: 0)
        #expect(isOverdue)
        let isOverdueTwice = machine.overdue(flight.id, with: down(.seconds(90)), now: instant(25), random: 0)
        #expect(!isOverdueTwice)
        let isNews = machine.failed(flight.id, with: down(.seconds(90)), now: instant(26), random: 0)
        #expect(!isNews)
        #expect(machine.failure?.count == 1)
        #expect(machine.status(at: instant(26)).nextAttemptIn == .seconds(4))
        #expect(machine.phase(at: instant(26)) == .failing)
    }

    @Test func `the failure of an overdue request is remembered for the credential it was made with`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        _ = machine.overdue(flight.id, with: down(.seconds(60)), now: instant(20), random: 0)
        _ = machine.lost(flight.id)
        let early = machine.renew(now: instant(21))
        #expect(early == nil)
        let withAnother = machine.renew(now: instant(21), version: 1)
        #expect(withAnother != nil)
    }

    @Test func `a refusal for good ends an overdue request's retries`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        _ = machine.overdue(flight.id, with: down(.seconds(10)), now: instant(20), random: 0)
        let end = TokenFailure(.loginRequired(.refused, "over"), kind: .refused(recoversByItself: false))
        let isNews = machine.failed(flight.id, with: end, now: instant(21), random: 0)
        #expect(!isNews)
        #expect(machine.phase(at: instant(1000)) == .refused)
    }

    @Test func `an overdue request that was cancelled is waited for no longer`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        _ = machine.overdue(flight.id, with: down(.seconds(1)), now: instant(20), random: 0)
        let isAnotherLost = machine.lost(flight.id + 1)
        #expect(!isAnotherLost)
        let early = machine.renew(now: instant(30))
        #expect(early == nil)
        let isLost = machine.lost(flight.id)
        #expect(isLost)
        let next = machine.renew(now: instant(30))
        #expect(next != nil)
    }
}
#endif
