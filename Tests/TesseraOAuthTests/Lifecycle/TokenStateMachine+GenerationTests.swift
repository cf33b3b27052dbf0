#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// How tokens are numbered, and what a refusal of each number means.
extension `Token state machine` {
    @Test func `generations count from one, and go on after those of another source`() {
        var machine = TokenStateMachine()
        var numbers = [machine.nextGeneration()]
        machine.skipGenerations(through: 7)
        numbers.append(machine.nextGeneration())
        machine.skipGenerations(through: 3)
        numbers.append(machine.nextGeneration())
        #expect(numbers == [1, 8, 9])
    }

    @Test func `all calls that a resource refuses together get the next token`() throws {
        var machine = machine(with: try token(1))
        for number in 1...100 {
            let outcome = machine.reject(generation: 1, now: instant(10))
            #expect(outcome == .renews, "call \(number)")
        }
        _ = machine.renew(now: instant(10))
        let whileUnderWay = machine.reject(generation: 1, now: instant(11))
        #expect(whileUnderWay == .renews)
    }

    @Test func `a late refusal waits for the next token when the one in between was refused as well`() throws {
        var machine = machine(with: try token(1))
        _ = machine.reject(generation: 1, now: instant(10))
        let flight = try renewal(of: &machine, at: instant(10))
        _ = machine.landed(flight.id, with: try token(machine.nextGeneration(), from: 10), now: instant(10))
        let refused = machine.reject(generation: 2, now: instant(40))
        #expect(refused == .renews)
        let late = machine.reject(generation: 1, now: instant(41))
        #expect(late == .renews)
    }

    @Test func `what was never held cannot be given up`() throws {
        var machine = machine()
        let flight = try renewal(of: &machine, at: instant(0))
        machine.failed(flight.id, with: down(.seconds(10)), now: instant(0), random: 0)
        machine.invalidate()
        #expect(machine.phase(at: instant(5)) == .failing)
        #expect(machine.phase(at: instant(10)) == .empty)
        let next = machine.renew(now: instant(10))
        #expect(next?.occasion == .first)
    }

    @Test func `a source shifts its renewals only when it is told to`() {
        #expect(TokenStateMachine.Policies().seed == 0)
    }
}
#endif
