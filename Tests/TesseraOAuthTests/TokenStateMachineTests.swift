import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token state machine` {
    private func instant(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    private func token(_ generation: UInt64, from start: Int64 = 0, life: Int64 = 100) throws -> AccessToken {
        try AccessToken(
            Secret.fixture("token-number-\(generation)"), expiry: instant(start + life), lifetime: .seconds(life),
            generation: generation)
    }

    private func machine(with token: AccessToken? = nil) -> TokenStateMachine {
        var machine = TokenStateMachine(freshness: FreshnessPolicy())
        if let token, case .start(let flight) = machine.ask(now: instant(0)) {
            _ = machine.nextGeneration()
            machine.landed(flight, with: token)
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
            guard case .join(flight) = machine.ask(now: instant(0)) else {
                Issue.record("another asker does not join")
                return
            }
        }
    }

    @Test(arguments: [
        (Int64(0), FreshnessPolicy.State.fresh), (89, .fresh), (90, .aging), (94, .aging), (95, .stale), (100, .stale),
        (101, .stale), (.max / 1_000_000_000, .stale),
    ])
    func `a token of 100 s ages at 90 s and is stale at 95 s`(second: Int64, expected: FreshnessPolicy.State) throws {
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

    @Test func `a failed renewal leaves the aging token in use and waits before the next`() throws {
        var machine = machine(with: try token(1))
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(90)) else {
            Issue.record("nobody renews")
            return
        }
        machine.failed(flight, with: TesseraError.make(.tokenEndpointUnavailable, "down"), now: instant(90), random: 0)
        guard case .use = machine.ask(now: instant(90)) else {
            Issue.record("the token that is still good is not used, or the endpoint is stormed")
            return
        }
        guard case .useAndStart = machine.ask(now: instant(92)) else {
            Issue.record("it is not tried again")
            return
        }
    }

    @Test func `without a token a failure is repeated to askers until the wait is over, and waits grow`() {
        var machine = machine()
        var now: Int64 = 0
        var waits: [Int64] = []
        for _ in 0..<7 {
            guard case .start(let flight) = machine.ask(now: instant(now)) else {
                Issue.record("it is not tried again at \(now)")
                return
            }
            machine.failed(
                flight, with: TesseraError.make(.tokenEndpointUnavailable, "down"), now: instant(now), random: .max)
            let failedAt = now
            while case .fail = machine.ask(now: instant(now)) { now += 1 }
            // Asking at the end of the wait took off; land on a failure of the same length again.
            waits.append(now - failedAt)
            if case .join(let flight) = machine.ask(now: instant(now)) {
                machine.failed(
                    flight, with: TesseraError.make(.tokenEndpointUnavailable, "down"), now: instant(now), random: .max)
                while case .fail = machine.ask(now: instant(now)) { now += 1 }
                if case .join(let flight) = machine.ask(now: instant(now)) {
                    machine.failed(
                        flight, with: TesseraError.make(.tokenEndpointUnavailable, "x"), now: instant(now - 100),
                        random: 0)
                }
            }
        }
        #expect(waits == waits.sorted())
        #expect(waits.last.map { $0 <= 30 } == true)
    }

    @Test func `a refusal of the token in use asks for another one`() throws {
        var machine = machine(with: try token(1))
        let willChange = machine.reject(generation: 1, now: instant(10))
        #expect(willChange)
        guard case .start = machine.ask(now: instant(10)) else {
            Issue.record("a refused token is still used")
            return
        }
    }

    @Test func `a late refusal of an older token refreshes nothing`() throws {
        var machine = machine(with: try token(1))
        _ = machine.reject(generation: 1, now: instant(10))
        if case .start(let flight) = machine.ask(now: instant(10)) {
            machine.landed(flight, with: try token(2, from: 10))
        }
        let willChange = machine.reject(generation: 1, now: instant(11))
        #expect(willChange)
        guard case .use(let token) = machine.ask(now: instant(11)) else {
            Issue.record("a late refusal refreshes")
            return
        }
        #expect(token.generation == 2)
    }

    @Test func `a resource that refuses every token causes no storm`() throws {
        var machine = machine(with: try token(1))
        var flights = 0
        for second in Int64(1)...60 {
            let generation = machine.current?.generation ?? 0
            guard machine.reject(generation: generation, now: instant(second)) else { continue }
            guard case .start(let flight) = machine.ask(now: instant(second)) else { continue }
            flights += 1
            machine.landed(flight, with: try token(generation + 1, from: second))
        }
        #expect(flights <= 12)
        #expect(flights >= 2)
    }

    @Test func `the same token again does not answer its refusal`() throws {
        let first = try token(1)
        var machine = machine(with: first)
        _ = machine.reject(generation: 1, now: instant(10))
        guard case .start(let flight) = machine.ask(now: instant(10)) else { return }
        let again = try AccessToken(
            first.value, expiry: first.expiry, lifetime: first.lifetime, generation: 2)
        machine.landed(flight, with: again)
        guard case .start = machine.ask(now: instant(10)) else {
            Issue.record("a token that was refused is used again")
            return
        }
    }
}
