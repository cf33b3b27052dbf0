#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// What resources refuse, and what is given up on request.
extension `Token state machine` {
    @Test func `a refusal of the token in use asks for another one`() throws {
        var machine = machine(with: try token(1))
        let outcome = machine.reject(generation: 1, now: instant(10))
        #expect(outcome == .renews)
        guard case .start = machine.ask(now: instant(10)) else {
            Issue.record("a refused token is still used")
            return
        }
    }

    @Test func `a late refusal of an older token refreshes nothing`() throws {
        var machine = machine(with: try token(1))
        _ = machine.reject(generation: 1, now: instant(10))
        if case .start(let flight) = machine.ask(now: instant(10)) {
            _ = machine.nextGeneration()
            _ = machine.landed(flight.id, with: try token(2, from: 10), now: instant(10))
        }
        let outcome = machine.reject(generation: 1, now: instant(11))
        #expect(outcome == .alreadyRenewed)
        guard case .use(let token) = machine.ask(now: instant(11)) else {
            Issue.record("a late refusal refreshes")
            return
        }
        #expect(token.generation == 2)
    }

    @Test func `a resource that refuses every token renews less and less often`() throws {
        var machine = machine(with: try token(1, life: 3600))
        var renewed: [Int64] = []
        for second in Int64(1)...3600 {
            let generation = machine.current?.generation ?? 0
            guard machine.reject(generation: generation, now: instant(second)) == .renews else { continue }
            guard case .start(let flight) = machine.ask(now: instant(second)) else { continue }
            renewed.append(second)
            let next = machine.nextGeneration()
            _ = machine.landed(flight.id, with: try token(next, from: second, life: 3600), now: instant(second))
        }
        #expect(renewed.prefix(5) == [1, 6, 16, 36, 76])
        #expect(renewed.count <= 20)
    }

    /// The cause: a token that was refused all through a pause of more than a minute was old when the pause was over,
    /// and its age passed for service. So the pause began anew, and there were six times as many requests.
    @Test func `a token that was refused all through a pause was not good for a while`() {
        var rejections = RejectionGuard()
        var obtained = instant(0)
        var admitted: [Int64] = []
        for second in Int64(1)...3000
        where rejections.admits(now: instant(second), obtained: obtained, lifetime: .seconds(3600)) {
            admitted.append(second)
            obtained = instant(second)
        }
        #expect(admitted == [1, 6, 16, 36, 76, 156, 316, 616, 916, 1216, 1516, 1816, 2116, 2416, 2716])
        // One that nobody refused for a minute was.
        let isRenewed = rejections.admits(now: instant(3100), obtained: obtained, lifetime: .seconds(3600))
        #expect(isRenewed)
        let isRenewedSoon = rejections.admits(now: instant(3105), obtained: instant(3100), lifetime: .seconds(3600))
        #expect(isRenewedSoon)
    }

    @Test func `the same token again does not answer its refusal, and is not handed out`() throws {
        let first = try token(1)
        var machine = machine(with: first)
        _ = machine.reject(generation: 1, now: instant(10))
        guard case .start(let flight) = machine.ask(now: instant(10)) else { return }
        #expect(flight.occasion == .rejected)
        #expect(flight.held?.value == first.value)
        let again = try AccessToken(first.value, expiry: first.expiry, lifetime: first.lifetime, generation: 2)
        guard case .refusedTokenAgain(let error) = machine.landed(flight.id, with: again, now: instant(10)) else {
            Issue.record("a token that was refused is taken for an answer")
            return
        }
        #expect(error.code == .retryLater)
        guard case .fail = machine.ask(now: instant(10)) else {
            Issue.record("a token that was refused is used again, or asked for again at once")
            return
        }
    }

    @Test func `a refusal while no other token is to be had gives nothing up`() throws {
        var machine = machine(with: try token(1))
        guard case .useAndStart(_, let flight) = machine.ask(now: instant(80)) else { return }
        machine.failed(flight.id, with: down(.seconds(60)), now: instant(80), random: 0)
        #expect(machine.reject(generation: 1, now: instant(81)) == .notRenewable)
        guard case .use = machine.ask(now: instant(81)) else {
            Issue.record("the token is given up")
            return
        }
    }

    @Test(arguments: [UInt64(0), 2, 99, .max]) func `a generation that was never issued renews nothing`(
        generation: UInt64
    ) throws {
        var machine = machine(with: try token(1))
        #expect(machine.reject(generation: generation, now: instant(10)) == .unknownGeneration)
        #expect(machine.phase(at: instant(10)) == .fresh)
    }

    @Test func `a token given up on request is replaced by the next asker`() throws {
        var machine = machine(with: try token(1))
        machine.invalidate()
        #expect(machine.phase(at: instant(10)) == .rejected)
        guard case .start(let flight) = machine.ask(now: instant(10)) else {
            Issue.record("the token is still used")
            return
        }
        #expect(flight.occasion == .invalidated)
    }
}
#endif
