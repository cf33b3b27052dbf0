import HTTPTypes
import Testing

@testable import TesseraCore

@Suite struct CallMachineEdgeTests {
    private static func machine(redirects: Int = 10) -> CallMachine {
        var machine = CallMachine(retry: .standard, redirects: RedirectPolicy(limit: redirects))
        machine.begin()
        return machine
    }

    private static func outcome(_ result: AttemptSummary.Result, remaining: Duration = .seconds(60))
        -> CallMachine.Outcome
    {
        CallMachine.Outcome(
            summary: AttemptSummary(attempt: 1, method: .get, result: result), remaining: remaining, random: 0)
    }

    @Test func `an outcome is neither cancelled nor has it a credential until somebody says so`() {
        var machine = Self.machine()
        #expect(machine.next(after: Self.outcome(.status(200))) == .deliver)
        #expect(machine.next(after: Self.outcome(.status(401))) == .end(.unauthorized(.noCredential)))
    }

    @Test func `a 401 without a credential says so also when the time is over`() {
        var machine = Self.machine()
        let late = Self.outcome(.status(401), remaining: .zero)
        #expect(machine.next(after: late) == .end(.unauthorized(.noCredential)))
    }

    @Test func `a failure that is not worth a retry ends the call, a status is delivered`() {
        var machine = Self.machine()
        let failure = Self.outcome(.failure(.tls, .tls, .nothingSent))
        #expect(machine.next(after: failure) == .end(.gaveUp(.notRetryable)))
        #expect(machine.next(after: Self.outcome(.status(404))) == .deliver)
    }

    @Test func `an unreadable Location is an answer when no redirect is followed, and an error when one is`() throws {
        let origin = try Origin("https://a.example")
        var outcome = Self.outcome(.status(302))
        outcome.hasInvalidLocation = true
        outcome.redirect = RedirectSummary(status: 302, method: .get, from: origin, target: nil)
        var never = Self.machine(redirects: 0)
        #expect(never.next(after: outcome) == .deliver)
        var one = Self.machine(redirects: 1)
        #expect(one.next(after: outcome) == .end(.redirectRefused(.invalidLocation)))
    }

    @Test func `attempts are counted from one, redirects from none`() {
        var machine = CallMachine(retry: .standard, redirects: .standard)
        #expect(machine.attempt == 0 && machine.redirectsFollowed == 0)
        machine.begin()
        #expect(machine.attempt == 1 && machine.redirectsFollowed == 0)
    }

    @Test func `a hedge is one more attempt`() {
        var machine = Self.machine()
        machine.hedged()
        #expect(machine.attempt == 2)
    }
}
