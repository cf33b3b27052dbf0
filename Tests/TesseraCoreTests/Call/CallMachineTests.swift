import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("CallMachine: cancel > deadline > redirect > challenge > retry > deliver")
struct CallMachineTests {
    private static func machine(redirects: Int = 10) -> CallMachine {
        let retry = RetryPolicy(
            statuses: [302, 401, 503], backoff: Backoff(initial: .seconds(1), isJittered: false))
        var machine = CallMachine(retry: retry, redirects: RedirectPolicy(limit: redirects))
        machine.begin()
        return machine
    }

    private static func outcome(
        _ result: AttemptSummary.Result, remaining: Duration = .seconds(60), cancelled: Bool = false,
        credential: Bool = true
    ) throws -> CallMachine.Outcome {
        var outcome = CallMachine.Outcome(
            summary: AttemptSummary(attempt: 1, method: .get, result: result), isCancelled: cancelled,
            carriedCredential: credential, remaining: remaining, random: 0)
        if case .status(let code) = result, (300..<400).contains(code) {
            let origin = try Origin("https://a.example")
            outcome.redirect = RedirectSummary(status: code, method: .get, from: origin, target: origin)
        }
        return outcome
    }

    private static let cut = AttemptSummary.Result.failure(.disconnected, .head, .sent(bytes: nil))

    @Test(
        "cancellation comes before everything else",
        arguments: [AttemptSummary.Result.status(200), .status(302), .status(401), .status(503), cut])
    func cancellation(result: AttemptSummary.Result) throws {
        var machine = Self.machine()
        #expect(try machine.next(after: Self.outcome(result, cancelled: true)) == .end(.cancelled))
        #expect(try machine.next(after: Self.outcome(result, remaining: .zero, cancelled: true)) == .end(.cancelled))
    }

    @Test(
        "once the time is over nothing is sent any more",
        arguments: [AttemptSummary.Result.status(302), .status(307), .status(401), cut])
    func deadline(result: AttemptSummary.Result) throws {
        for remaining in [Duration.zero, .seconds(-1)] {
            var machine = Self.machine()
            #expect(try machine.next(after: Self.outcome(result, remaining: remaining)) == .end(.deadline))
        }
    }

    @Test("an answer that came in time is delivered, even with no time left for another")
    func lastMoment() throws {
        var machine = Self.machine()
        #expect(try machine.next(after: Self.outcome(.status(200), remaining: .zero)) == .deliver)
        #expect(
            try machine.next(after: Self.outcome(.status(503), remaining: .zero)) == .end(.gaveUp(.deadlineTooNear)))
    }

    @Test("a redirect comes before a retry, a challenge comes before a retry")
    func order() throws {
        var machine = Self.machine()
        #expect(try machine.next(after: Self.outcome(.status(302))) == .redirect(becomesGet: false))
        #expect(try machine.next(after: Self.outcome(.status(401))) == .consultAuthenticator)
        #expect(try machine.next(after: Self.outcome(.status(503))) == .wait(.seconds(1), .status(503), .backoff))
        #expect(try machine.next(after: Self.outcome(.status(404))) == .deliver)
    }

    @Test("a wait must end before the deadline")
    func tooNear() throws {
        var machine = Self.machine()
        let edge = try Self.outcome(.status(503), remaining: .seconds(1))
        #expect(machine.next(after: edge) == .end(.gaveUp(.deadlineTooNear)))
        let within = try Self.outcome(.status(503), remaining: .seconds(1) + .nanoseconds(1))
        #expect(machine.next(after: within) == .wait(.seconds(1), .status(503), .backoff))
    }

    @Test("redirects and reauthorizations use up no retries, retries use up no redirects")
    func budgets() throws {
        var machine = Self.machine()
        for _ in 0..<5 {
            #expect(try machine.next(after: Self.outcome(.status(302))) == .redirect(becomesGet: false))
            machine.begin()
        }
        #expect(try machine.next(after: Self.outcome(.status(401))) == .consultAuthenticator)
        machine.reauthorized()
        machine.begin()
        for wait in [Duration.seconds(1), .seconds(2)] {
            #expect(try machine.next(after: Self.outcome(.status(503))) == .wait(wait, .status(503), .backoff))
            machine.begin()
        }
        #expect(try machine.next(after: Self.outcome(.status(503))) == .end(.gaveUp(.attemptsExhausted)))
        for _ in 0..<5 {
            #expect(try machine.next(after: Self.outcome(.status(302))) == .redirect(becomesGet: false))
            machine.begin()
        }
        #expect(try machine.next(after: Self.outcome(.status(302))) == .end(.redirectRefused(.tooMany)))
        #expect(machine.attempt == 14)
    }

    @Test("a 401 is asked about once, only with a credential and a body that can be sent again")
    func challenge() throws {
        var machine = Self.machine()
        let bare = try Self.outcome(.status(401), credential: false)
        #expect(machine.next(after: bare) == .end(.unauthorized(.noCredential)))
        var singleUse = try Self.outcome(.status(401))
        singleUse.summary.isReplayable = false
        #expect(machine.next(after: singleUse) == .end(.unauthorized(.bodyNotReplayable)))
        machine.reauthorized()
        machine.begin()
        #expect(try machine.next(after: Self.outcome(.status(401))) == .end(.unauthorized(.alreadyReplayed)))
    }

    @Test("an unreadable Location matters only for statuses that redirect", arguments: [300, 304, 305, 399])
    func invalidLocation(status: Int) throws {
        var machine = Self.machine()
        var outcome = try Self.outcome(.status(status))
        outcome.hasInvalidLocation = true
        outcome.redirect?.target = nil
        #expect(machine.next(after: outcome) == .deliver)
        var real = try Self.outcome(.status(302))
        real.hasInvalidLocation = true
        real.redirect?.target = nil
        #expect(machine.next(after: real) == .end(.redirectRefused(.invalidLocation)))
    }
}
