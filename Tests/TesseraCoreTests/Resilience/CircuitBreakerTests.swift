import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("CircuitBreaker")
struct CircuitBreakerTests {
    private static let settings = CircuitBreaker(
        failurePercent: 50, minimumAttempts: 4, window: .seconds(10), openFor: .seconds(5))

    private static func at(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    private struct Unexpected: Error {}

    private static func run(
        _ machine: inout CircuitBreakerStateMachine, failed: Bool?, at seconds: Int64
    ) throws {
        guard case .pass(let epoch) = machine.admit(settings, now: at(seconds)) else { throw Unexpected() }
        machine.finished(failed: failed, epoch: epoch, settings, now: at(seconds))
    }

    @Test("opens at the share of failures, not before the minimum, and not for what says nothing")
    func opens() throws {
        var machine = CircuitBreakerStateMachine(now: Self.at(0))
        for failed in [true, nil, true, nil, false] { try Self.run(&machine, failed: failed, at: 1) }
        #expect(machine.admit(Self.settings, now: Self.at(1)) == .pass(epoch: 0))
        try Self.run(&machine, failed: true, at: 1)
        #expect(machine.admit(Self.settings, now: Self.at(2)) == .refuse(until: Self.at(6)))
    }

    @Test("attempts of an earlier window do not count")
    func window() throws {
        var machine = CircuitBreakerStateMachine(now: Self.at(0))
        for _ in 0..<3 { try Self.run(&machine, failed: true, at: 1) }
        try Self.run(&machine, failed: true, at: 11)
        #expect(machine.admit(Self.settings, now: Self.at(11)) == .pass(epoch: 0))
    }

    @Test("half open it lets one through; its outcome decides, and what was sent earlier does not")
    func halfOpen() throws {
        for (failed, next) in [
            (true as Bool?, CircuitBreakerStateMachine.Admission.refuse(until: Self.at(13))), (false, .pass(epoch: 3)),
            (nil, .pass(epoch: 4)),
        ] {
            var machine = CircuitBreakerStateMachine(now: Self.at(0))
            for _ in 0..<4 { try Self.run(&machine, failed: true, at: 1) }
            #expect(machine.admit(Self.settings, now: Self.at(5)) == .refuse(until: Self.at(6)))
            #expect(machine.admit(Self.settings, now: Self.at(6)) == .pass(epoch: 2))
            #expect(machine.admit(Self.settings, now: Self.at(7)) == .refuse(until: Self.at(7)))
            machine.finished(failed: false, epoch: 0, Self.settings, now: Self.at(7))
            #expect(machine.admit(Self.settings, now: Self.at(7)) == .refuse(until: Self.at(7)))
            machine.finished(failed: failed, epoch: 2, Self.settings, now: Self.at(8))
            #expect(machine.admit(Self.settings, now: Self.at(8)) == next)
        }
    }

    @Test("a session's calls end at once while it is open, and sound again when the origin is back")
    func session() async throws {
        try await withScenario { scenario in
            let route = scenario.server.on(.get, "/x")
            for _ in 0..<4 { route.reply(status: 503) }
            route.reply()
            let api = try scenario.api {
                $0.retry = .never
                $0.circuitBreaker = Self.settings
            }
            for _ in 0..<4 { _ = try await scenario.failure { try await api.get("/x") } }
            let refused = try await scenario.failure { try await api.get("/x") }
            #expect(refused.code == .circuitOpen && refused.retryAfter == .seconds(5))
            #expect(refused.history.decisions == [.failed(.circuitOpen)])
            #expect(scenario.server.requests.count == 4)
            // A derived session knows it too; another one does not.
            let derived = try api.with { $0.timeouts.total = .seconds(5) }
            #expect(try await scenario.failure { try await derived.get("/x") }.code == .circuitOpen)
            await scenario.time.advance(by: .seconds(5))
            for _ in 0..<3 { #expect(try await scenario.time.run { try await api.get("/x") }.status == .ok) }
            #expect(scenario.server.requests.count == 7)
        }
    }

    @Test("a call that is cancelled while it is the one let through frees the place")
    func cancelledProbe() async throws {
        try await withScenario { scenario in
            let route = scenario.server.on(.get, "/x")
            for _ in 0..<4 { route.reply(status: 503) }
            route.reply(after: .seconds(20)).reply()
            let api = try scenario.api {
                $0.retry = .never
                $0.circuitBreaker = Self.settings
            }
            for _ in 0..<4 { _ = try await scenario.failure { try await api.get("/x") } }
            await scenario.time.advance(by: .seconds(5))
            let probe = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x") }
            await scenario.time.advance(by: .seconds(1))
            probe.cancel()
            await scenario.time.settle()
            #expect(try await scenario.time.run { try await api.get("/x") }.status == .ok)
        }
    }
}
