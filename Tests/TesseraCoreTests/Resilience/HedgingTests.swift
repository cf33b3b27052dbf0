import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Hedging")
struct HedgingTests {
    private static func api(
        _ scenario: Scenario, _ change: (inout Session.Configuration) -> Void = { _ in }
    ) throws -> Session {
        try scenario.api {
            $0.hedging = Hedging(after: .seconds(1))
            change(&$0)
        }
    }

    @Test("a slow GET is sent a second time, and the faster answer counts")
    func slow() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "slow", after: .seconds(20))
                .then(body: "fast", after: .milliseconds(100))
            let api = try Self.api(scenario)
            let response = try await scenario.time.run { try await api.get("/x") }
            #expect(response.text == "fast" && scenario.time.elapsed == .milliseconds(1100))
            #expect(scenario.arrivals == [.zero, .seconds(1)])
            #expect(response.history.decisions == [.superseded, .delivered])
            #expect(response.history.attempts.map(\.number) == [1, 2])
        }
    }

    @Test("the first may still win, and a fast one is sent once")
    func first() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "first", after: .seconds(2)).then(after: .seconds(20))
            scenario.server.on(.get, "/fast").reply(after: .milliseconds(900))
            let api = try Self.api(scenario)
            let response = try await scenario.time.run { try await api.get("/x") }
            #expect(response.text == "first" && scenario.time.elapsed == .seconds(2))
            #expect(response.history.attempts.map(\.number) == [2, 1])
            _ = try await scenario.time.run { try await api.get("/fast") }
            #expect(scenario.server.requests.count == 3)
        }
    }

    @Test("what may change something is never sent beside itself", arguments: ["POST", "PUT", "DELETE", "PATCH"])
    func unsafe(method: String) async throws {
        try await withScenario { scenario in
            let method = try #require(HTTPRequest.Method(rawValue: method))
            scenario.server.on(method, "/x").reply(after: .seconds(5))
            let api = try Self.api(scenario)
            _ = try await scenario.time.run {
                try await api.send(CallRequest(method, "/x", idempotencyKey: .automatic))
            }
            #expect(scenario.server.requests.count == 1)
        }
    }

    @Test("an empty budget, or a full concurrency limit, leaves the first alone")
    func noBudget() async throws {
        for change: @Sendable (inout Session.Configuration) -> Void in [
            { $0.retry.budget = RetryBudget(capacity: 0) }, { $0.concurrency = ConcurrencyLimit(attempts: 1) },
        ] {
            try await withScenario { scenario in
                scenario.server.on(.get, "/x").reply(after: .seconds(5))
                let api = try Self.api(scenario, change)
                let response = try await scenario.time.run { try await api.get("/x") }
                #expect(scenario.server.requests.count == 1 && response.history.decisions == [.delivered])
            }
        }
    }

    @Test("when one fails the other is waited for; when both fail the call is repeated as usual")
    func failures() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/one").fail(.disconnected, after: .seconds(2)).then(
                body: "two", after: .seconds(9))
            scenario.server.on(.get, "/both").fail(.disconnected, after: .seconds(2)).fail(
                .disconnected, after: .seconds(2)
            )
            .then(body: "three")
            let api = try Self.api(scenario) { $0.retry.backoff = Backoff(initial: .seconds(1), isJittered: false) }
            #expect(try await scenario.time.run { try await api.get("/one") }.text == "two")
            let both = try await scenario.time.run { try await api.get("/both") }
            #expect(both.text == "three" && both.history.count == 3)
            #expect(both.history.attempts.map(\.number) == [2, 1, 3])
        }
    }

    @Test("cancelling the call cancels both")
    func cancelled() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(after: .seconds(50))
            let api = try Self.api(scenario)
            let call = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
            await scenario.time.advance(by: .seconds(2))
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            #expect(scenario.time.elapsed == .seconds(2) && scenario.server.requests.count == 2)
        }
    }
}
