#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// What is renewed without an asker, and when.
extension `Token state machine` {
    private static let moment = Duration.nanoseconds(1)

    func renewal(of machine: inout TokenStateMachine, at now: MonotonicInstant) throws -> TokenStateMachine.Flight {
        let flight = machine.renew(now: now)
        return try #require(flight)
    }

    @Test(arguments: [
        (Int64(0), TokenOccasion?.none), (74, .none), (75, .aging), (94, .aging), (95, .stale), (100, .stale),
        (1000, .stale),
    ])
    func `a token is renewed without an asker once it ages, and not before`(
        second: Int64, occasion: TokenOccasion?
    ) throws {
        var machine = machine(with: try token(1))
        let early = machine.renew(now: instant(75).advanced(by: .zero - Self.moment))
        #expect(early == nil)
        let flight = machine.renew(now: instant(second))
        #expect(flight?.occasion == occasion)
        #expect(flight?.held?.generation == (occasion == nil ? nil : 1))
    }

    @Test func `a source without a token obtains its first one, once`() {
        var machine = machine()
        let flight = machine.renew(now: instant(0))
        #expect(flight?.occasion == .first)
        #expect(flight?.held == nil)
        let second = machine.renew(now: instant(0))
        #expect(second == nil)
    }

    @Test func `a token that was refused or given up is replaced, however fresh it was`() throws {
        var refused = machine(with: try token(1))
        _ = refused.reject(generation: 1, now: instant(10))
        #expect(refused.freshness(at: instant(10)) == .stale)
        #expect(refused.due(at: instant(10)) == instant(10))
        let afterRefusal = refused.renew(now: instant(10))
        #expect(afterRefusal?.occasion == .rejected)

        var given = machine(with: try token(1))
        given.invalidate()
        #expect(given.due(at: instant(10)) == instant(10))
        let afterGivingUp = given.renew(now: instant(10))
        #expect(afterGivingUp?.occasion == .invalidated)
    }

    @Test func `a failed renewal is tried again when its wait is over, to the nanosecond`() throws {
        var machine = machine(with: try token(1))
        let first = try renewal(of: &machine, at: instant(75))
        machine.failed(first.id, with: down(.seconds(10)), now: instant(75), random: 0)
        #expect(machine.due(at: instant(76)) == instant(85))
        let early = machine.renew(now: instant(85).advanced(by: .zero - Self.moment))
        #expect(early == nil)
        let second = machine.renew(now: instant(85))
        #expect(second?.occasion == .aging)
        #expect(second?.id == first.id + 1)
    }

    @Test func `a new credential is tried without waiting for what the old one met`() throws {
        var machine = machine(with: try token(1))
        let first = try renewal(of: &machine, at: instant(75))
        machine.failed(first.id, with: down(.seconds(10)), now: instant(75), random: 0)
        let second = machine.renew(now: instant(75), version: 1)
        #expect(second != nil)
    }

    @Test func `a token is due when it begins to age, and at once when that is past`() throws {
        let machine = machine(with: try token(1))
        #expect(machine.due(at: instant(0)) == instant(75))
        #expect(machine.due(at: instant(80)) == instant(80))
        #expect(TokenStateMachine().due(at: instant(3)) == instant(3))
    }

    @Test func `nothing is due while a request is under way`() throws {
        var machine = machine(with: try token(1))
        _ = machine.renew(now: instant(80))
        #expect(machine.due(at: instant(80)) == nil)
        let again = machine.renew(now: instant(99))
        #expect(again == nil)
    }

    @Test func `a token that does not say when it expires is never due`() throws {
        let machine = machine(with: try AccessToken(.fixture("token-without-end")))
        #expect(machine.due(at: instant(1_000_000)) == nil)
    }

    @Test func `nothing is due when only another credential helps`() throws {
        var machine = machine(with: try token(1))
        let flight = try renewal(of: &machine, at: instant(75))
        let end = TokenFailure(.loginRequired(.refused, "over"), kind: .refused(recoversByItself: false))
        machine.failed(flight.id, with: end, now: instant(75), random: 0)
        #expect(machine.due(at: instant(80)) == nil)
        #expect(machine.due(at: instant(1000)) == nil)
    }

    @Test func `a clock that went back does not put off what is due`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(1000))
        machine.failed(flight.id, with: down(), now: instant(1000), random: 0)
        #expect(machine.due(at: instant(0)) == instant(0))
    }

    @Test func `twenty requests may come together, the next has to wait for an interval`() throws {
        var machine = TokenStateMachine()
        for _ in 1...20 {
            let flight = try renewal(of: &machine, at: instant(0))
            _ = machine.landed(flight.id, with: try token(machine.nextGeneration()), now: instant(0))
            machine.invalidate()
        }
        let interval = Duration.seconds(6) + Self.moment
        #expect(machine.wait(at: instant(0)) == .storm)
        #expect(machine.due(at: instant(0)) == instant(0).advanced(by: interval))
        let early = machine.renew(now: instant(0))
        #expect(early == nil)
        guard case .fail(let error) = machine.ask(now: instant(0)) else {
            Issue.record("request 21 comes with the others")
            return
        }
        #expect(error.code == .retryLater)
        #expect(error.retryAfter == interval)
        let next = machine.renew(now: instant(0).advanced(by: interval))
        #expect(next?.id == 21)
    }

    @Test func `only a token that somebody has used since it came is kept fresh ahead of need`() throws {
        var machine = TokenStateMachine()
        #expect(!machine.wasUsed)
        let first = machine.ask(now: instant(0))
        #expect(machine.wasUsed)
        guard case .start(let flight) = first else { return }
        _ = machine.landed(flight.id, with: try token(machine.nextGeneration()), now: instant(0))
        #expect(!machine.wasUsed)
        _ = machine.fresh(at: instant(75))
        #expect(!machine.wasUsed)
        _ = machine.fresh(at: instant(10))
        #expect(machine.wasUsed)

        var aging = self.machine(with: try token(1))
        _ = aging.ask(now: instant(80))
        #expect(aging.wasUsed)
    }
}
#endif
