#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// What a status says, and what those who come late are told.
extension `Token state machine` {
    /// What became of the renewal that began a second before.
    enum Renewal: CaseIterable {
        case none, underWay, failed, overdue
    }

    @Test(arguments: [
        (Renewal.none, Int64(10), TokenStatus.Phase.fresh, true), (.none, 75, .aging, true), (.none, 95, .due, false),
        (.none, 100, .empty, false),
        (.underWay, 76, .renewing, true), (.underWay, 95, .renewing, false), (.underWay, 100, .obtaining, false),
        (.failed, 76, .degraded, true), (.failed, 95, .degraded, true), (.failed, 100, .failing, false),
        (.overdue, 76, .overdue, true), (.overdue, 95, .overdue, true), (.overdue, 100, .overdue, false),
    ])
    func `a source is ready when an asker need not wait`(
        last: Renewal, second: Int64, phase: TokenStatus.Phase, isReady: Bool
    ) throws {
        var machine = machine(with: try token(1))
        if last != .none {
            let flight = try renewal(of: &machine, at: instant(second - 1))
            let failure = down(.seconds(60))
            switch last {
            case .none, .underWay: break
            case .failed: machine.failed(flight.id, with: failure, now: instant(second - 1), random: 0)
            case .overdue: _ = machine.overdue(flight.id, with: failure, now: instant(second - 1), random: 0)
            }
        }
        let status = machine.status(at: instant(second))
        #expect(status.phase == phase)
        #expect(status.isReady == isReady)
        // What the status says is what an asker meets.
        let isServed =
            switch machine.ask(now: instant(second)) {
            case .use, .useAndStart: true
            case .join, .start, .fail: false
            }
        #expect(isServed == isReady)
    }

    @Test func `when the wait after a failure is over the next asker has to wait for a new token`() throws {
        var machine = machine(with: try token(1))
        let flight = try renewal(of: &machine, at: instant(95))
        machine.failed(flight.id, with: down(.seconds(2)), now: instant(95), random: 0)
        let last = instant(97).advanced(by: .nanoseconds(-1))
        #expect(machine.phase(at: last) == .degraded && machine.status(at: last).isReady)
        #expect(machine.phase(at: instant(97)) == .due && !machine.status(at: instant(97)).isReady)
    }

    @Test func `a token is served beside an overdue request although the wait after it is over`() throws {
        var machine = machine(with: try token(1))
        let flight = try renewal(of: &machine, at: instant(95))
        _ = machine.overdue(flight.id, with: down(.seconds(2)), now: instant(95), random: 0)
        #expect(machine.status(at: instant(98)).isReady)
    }

    @Test func `a source whose token was refused or given up is not ready`() throws {
        var machine = machine(with: try token(1))
        machine.invalidate()
        let status = machine.status(at: instant(10))
        #expect(status.phase == .rejected)
        #expect(!status.isReady)
    }

    @Test(arguments: [(Int64(30), Int64(70)), (99, 1), (100, 0), (500, 0)])
    func `a status says how long the token is good for, which is never less than nothing`(
        second: Int64, rest: Int64
    ) throws {
        let machine = machine(with: try token(1))
        #expect(machine.status(at: instant(second)).expiresIn == .seconds(rest))
        #expect(machine.status(at: instant(second)).generation == 1)
    }

    @Test func `a status names the failure, and when the next attempt may be made`() throws {
        var machine = machine(with: try token(1))
        #expect(machine.status(at: instant(0)).lastFailure == nil)
        let flight = try renewal(of: &machine, at: instant(75))
        machine.failed(flight.id, with: down(.seconds(10)), now: instant(75), random: 0)
        #expect(machine.status(at: instant(80)).lastFailure == .retryLater)
        #expect(machine.status(at: instant(80)).nextAttemptIn == .seconds(5))
        #expect(machine.status(at: instant(85)).nextAttemptIn == nil)
    }

    @Test func `a request is under way until it ends, and no other is`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        #expect(machine.isUnderWay(flight.id))
        #expect(!machine.isUnderWay(flight.id + 1))
        #expect(machine.outcome(now: instant(0)) == nil)
        _ = machine.landed(flight.id, with: try token(machine.nextGeneration()), now: instant(0))
        #expect(!machine.isUnderWay(flight.id))
        #expect(throws: Never.self) { try machine.outcome(now: instant(0))?.get() }
    }

    @Test func `who comes to a request that failed gets its failure, also when the wait is over`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        machine.failed(flight.id, with: down(.seconds(10)), now: instant(0), random: 0)
        for (second, wait) in [(Int64(0), Duration.seconds(10)), (4, .seconds(6)), (11, .seconds(10))] {
            guard case .failure(let error) = machine.outcome(now: instant(second)) else {
                Issue.record("no failure at \(second)")
                return
            }
            #expect(error.message == "down")
            #expect(error.retryAfter == wait)
        }
    }

    @Test func `who waits for a request that takes too long is told so`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        _ = machine.overdue(flight.id, with: down(), now: instant(20), random: 0)
        guard case .failure(let error) = machine.outcome(now: instant(20)) else {
            Issue.record("one who waits goes on waiting")
            return
        }
        #expect(error.message == "down")
    }

    @Test func `a token that was over when it came is given to those who waited for it`() throws {
        let machine = machine(with: try token(1, from: -10, life: 10))
        guard case .success(let token) = machine.outcome(now: instant(0)) else {
            Issue.record("those who waited get nothing")
            return
        }
        #expect(token.generation == 1)
    }

    @Test func `a token that was refused meanwhile is given to nobody`() throws {
        var machine = machine(with: try token(1))
        _ = machine.reject(generation: 1, now: instant(10))
        guard case .failure(let error) = machine.outcome(now: instant(10)) else {
            Issue.record("a refused token is handed out")
            return
        }
        #expect(error.code == .retryLater)
    }

    @Test func `a fresh token is used without a look at anything else, from its issue until it ages`() throws {
        var machine = machine(with: try token(1))
        let cases: [(Int64, Bool)] = [
            (-10_000_000_001, false), (-10_000_000_000, true), (0, true), (74_999_999_999, true),
            (75_000_000_000, false),
        ]
        for (nanoseconds, isFresh) in cases {
            let token = machine.fresh(at: MonotonicInstant(nanoseconds: nanoseconds))
            #expect((token != nil) == isFresh, "at \(nanoseconds)")
        }
    }
}
#endif
