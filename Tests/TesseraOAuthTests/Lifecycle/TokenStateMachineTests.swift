#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token state machine` {
    func instant(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    func token(_ generation: UInt64, from start: Int64 = 0, life: Int64 = 100) throws -> AccessToken {
        try AccessToken(
            Secret.fixture("token-number-\(generation)"), expiry: instant(start + life), lifetime: .seconds(life),
            generation: generation)
    }

    func machine(with token: AccessToken? = nil) -> TokenStateMachine {
        var machine = TokenStateMachine()
        if let token, case .start(let flight) = machine.ask(now: instant(0)) {
            _ = machine.nextGeneration()
            _ = machine.landed(flight.id, with: token, now: instant(0))
        }
        return machine
    }

    @Test func `the first asker starts, the others join`() {
        var machine = machine()
        guard case .start(let flight) = machine.ask(now: instant(0)) else {
            Issue.record("the first asker does not start")
            return
        }
        for _ in 0..<3 {
            guard case .join(flight.id) = machine.ask(now: instant(0)) else {
                Issue.record("another asker does not join")
                return
            }
        }
    }

    @Test(arguments: [
        (Int64(0), FreshnessPolicy.State.fresh), (74, .fresh), (75, .aging), (94, .aging), (95, .stale), (100, .stale),
        (101, .stale), (.max / 1_000_000_000, .stale),
    ])
    func `a token of 100 s ages at 75 s and is stale at 95 s`(second: Int64, expected: FreshnessPolicy.State) throws {
        let token = try token(1)
        let state = FreshnessPolicy().state(expiry: token.expiry, lifetime: token.lifetime, now: instant(second))
        #expect(state == expected)
    }

    @Test func `a token without expiry is fresh for ever`() {
        #expect(FreshnessPolicy().state(expiry: nil, lifetime: nil, now: .distantFuture) == .fresh)
    }

    @Test func `one asker renews an aging token, the others go on with it`() throws {
        var machine = machine(with: try token(1))
        guard case .useAndStart(let first, _) = machine.ask(now: instant(91)) else {
            Issue.record("nobody renews")
            return
        }
        #expect(first.generation == 1)
        guard case .use(let second) = machine.ask(now: instant(91)) else {
            Issue.record("a second asker does not go on")
            return
        }
        #expect(second.generation == 1)
    }

    @Test func `an aging token is held while somebody renews it, and at no other time`() throws {
        var machine = machine(with: try token(1))
        #expect(machine.held(at: instant(50))?.generation == 1)
        #expect(machine.held(at: instant(91)) == nil)
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(91)) else {
            Issue.record("nobody renews")
            return
        }
        #expect(machine.held(at: instant(91))?.generation == 1)
        #expect(machine.held(at: instant(96)) == nil)
        machine.failed(flight.id, with: down(), now: instant(92), random: 0)
        #expect(machine.held(at: instant(92)) == nil)
    }

    func down(_ retryAfter: Duration? = nil) -> TokenFailure {
        TokenFailure(.retryLater(after: retryAfter, "down"), kind: .temporary)
    }

    @Test func `a failed renewal leaves the aging token in use and waits before the next`() throws {
        var machine = machine(with: try token(1))
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(91)) else {
            Issue.record("nobody renews")
            return
        }
        machine.failed(flight.id, with: down(), now: instant(91), random: 0)
        #expect(machine.phase(at: instant(91)) == .degraded)
        guard case .use = machine.ask(now: instant(91)) else {
            Issue.record("the token that is still good is not used, or the endpoint is stormed")
            return
        }
        guard case .useAndStart = machine.ask(now: instant(93)) else {
            Issue.record("it is not tried again")
            return
        }
    }

    @Test func `a failed renewal in the mandatory window serves the token until it expires`() throws {
        var machine = machine(with: try token(1))
        guard case .start(let flight) = machine.ask(now: instant(96)) else {
            Issue.record("nobody waits for a new one")
            return
        }
        machine.failed(flight.id, with: down(.seconds(60)), now: instant(96), random: 0)
        guard case .success(let served) = machine.outcome(now: instant(96)) else {
            Issue.record("those who waited fail although the token is good for 4 s")
            return
        }
        #expect(served.generation == 1)
        guard case .use = machine.ask(now: instant(99)) else {
            Issue.record("the token is not served")
            return
        }
        guard case .fail(let error) = machine.ask(now: instant(100)) else {
            Issue.record("an expired token is served, or Retry-After is not obeyed")
            return
        }
        #expect(error.retryAfter == .seconds(56))
    }

    @Test func `without a token a failure is repeated to askers until the wait is over, and waits grow`() {
        var machine = machine()
        var now = instant(0)
        var waits: [Duration] = []
        for _ in 0..<7 {
            guard case .start(let flight) = machine.ask(now: now) else {
                Issue.record("it is not tried again at \(now)")
                return
            }
            machine.failed(flight.id, with: down(), now: now, random: .max)
            guard case .fail(let error) = machine.ask(now: now), let wait = error.retryAfter else {
                Issue.record("it is tried again at once")
                return
            }
            waits.append(wait)
            now = now.advanced(by: wait)
        }
        let bounds: [Int64] = [1, 2, 4, 8, 16, 30, 30]
        for (wait, bound) in zip(waits, bounds) {
            #expect(wait <= .seconds(bound) && wait > .seconds(bound) * 9 / 10)
        }
    }

    @Test func `a refusal for good is remembered until the credential changes`() {
        var machine = machine()
        guard case .start(let flight) = machine.ask(now: instant(0), version: 7) else { return }
        let end = TokenFailure(.loginRequired(.refused, "over"), kind: .refused(recoversByItself: false))
        machine.failed(flight.id, with: end, now: instant(0), random: 1, version: 7)
        #expect(machine.phase(at: instant(0)) == .refused)
        guard case .fail(let error) = machine.ask(now: instant(1_000_000), version: 7) else {
            Issue.record("it is asked again with the credential that was refused")
            return
        }
        #expect(error.recovery == .loginRequired(.refused))
        guard case .start = machine.ask(now: instant(1_000_000), version: 8) else {
            Issue.record("a new credential is not tried")
            return
        }
    }

    @Test func `the same token again is left alone half of its rest, not asked for at once`() throws {
        let first = try token(1, life: 1000)
        var machine = machine(with: first)
        var now = instant(910)
        var requests = 0
        while now < instant(1000) {
            switch machine.ask(now: now) {
            case .start(let flight), .useAndStart(_, let flight):
                requests += 1
                let again = try AccessToken(
                    first.value, expiry: first.expiry, lifetime: first.lifetime,
                    generation: machine.nextGeneration())
                guard case .token(let used, isUnchanged: true) = machine.landed(flight.id, with: again, now: now) else {
                    Issue.record("the same token passes for a new one")
                    return
                }
                #expect(used.generation == 1)
            case .use: break
            default: Issue.record("a token that is good is not used at \(now)")
            }
            now = now.advanced(by: .milliseconds(50))
        }
        // 90 s halve about 7 times until the least wait of a second.
        #expect((5...9).contains(requests))
    }

    @Test func `another token with the same expiry is left alone as well`() throws {
        var machine = machine(with: try token(1, life: 1000))
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(910)) else { return }
        let twin = try AccessToken(
            .fixture("token-of-the-same-expiry"), expiry: instant(1001), lifetime: .seconds(91),
            generation: machine.nextGeneration())
        _ = machine.landed(flight.id, with: twin, now: instant(910))
        guard case .use(let used) = machine.ask(now: instant(950)) else {
            Issue.record("a token that gains no time is asked for again at once")
            return
        }
        #expect(used.generation == 2)
        guard case .useAndStart = machine.ask(now: instant(980)) else {
            Issue.record("it is never asked for again")
            return
        }
    }

    @Test func `a suspended machine wakes up with a stale token and one request`() throws {
        var machine = machine(with: try token(1))
        guard case .start = machine.ask(now: instant(50_000)) else {
            Issue.record("an expired token is used")
            return
        }
        guard case .join = machine.ask(now: instant(50_000)) else {
            Issue.record("a second request is made")
            return
        }
    }

    @Test func `a clock that went back renews in the background and blocks nobody for longer than before`() throws {
        var machine = machine(with: try token(1, from: 1000))
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(500)) else {
            Issue.record("a token from the future is trusted for ever, or not used at all")
            return
        }
        machine.failed(flight.id, with: down(), now: instant(500), random: .max)
        guard case .useAndStart = machine.ask(now: instant(0)) else {
            Issue.record("a wait that began in the future goes on")
            return
        }
    }

    @Test func `an overdue flight is not doubled, and its late answer counts`() throws {
        var machine = machine()
        guard case .start(let flight) = machine.ask(now: instant(0)) else { return }
        let isOverdue = machine.overdue(flight.id, with: down(), now: instant(20), random: 0)
        #expect(isOverdue)
        guard case .fail = machine.ask(now: instant(3600)) else {
            Issue.record("a second request starts beside one that has not ended")
            return
        }
        _ = machine.landed(flight.id, with: try token(1, from: 3600), now: instant(3600))
        guard case .use = machine.ask(now: instant(3601)) else {
            Issue.record("a late answer is thrown away")
            return
        }
    }
}
#endif
