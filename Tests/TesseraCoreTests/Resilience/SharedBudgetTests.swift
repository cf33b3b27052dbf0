import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("The retry budget of an origin")
struct SharedBudgetTests {
    private static let two = RetryBudget(capacity: 2)

    @Test("is shared by a session's calls and by derived sessions; another origin has its own")
    func shared() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "https://api.test/x").reply(status: 503)
            scenario.server.on(.get, "https://b.test/x").reply(status: 503)
            let api = try scenario.api { $0.retry.budget = Self.two }
            let derived = try api.with { $0.headers = ["X-A": "1"] }
            let first = try await scenario.failure { try await api.get("/x") }
            #expect(first.history.decisions.last == .gaveUp(.attemptsExhausted) && first.history.count == 3)
            let second = try await scenario.failure { try await derived.get("/x") }
            #expect(second.history.decisions == [.gaveUp(.budgetExhausted)])
            #expect(second.code == .httpStatus && second.status?.code == 503)
            let other = try RequestTarget(absolute: AbsoluteURL("https://b.test/x"))
            let third = try await scenario.failure { try await api.get(other) }
            #expect(third.history.count == 3)
            let stranger = try scenario.api { $0.retry.budget = Self.two }
            #expect(try await scenario.failure { try await stranger.get("/x") }.history.count == 3)
        }
    }

    @Test("a retry that succeeds gives back what it took")
    func refund() async throws {
        try await withScenario { scenario in
            let route = scenario.server.on(.get, "/x")
            for _ in 0..<10 { route.reply(status: 503).reply() }
            let api = try scenario.api { $0.retry.budget = Self.two }
            for _ in 0..<10 {
                #expect(try await scenario.time.run { try await api.get("/x") }.history.count == 2)
            }
        }
    }

    @Test("the standard one lets a hundred retries that fail through at a stretch, and then one a second")
    func standard() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 503)
            let api = try scenario.api { $0.retry.backoff = Backoff(initial: .zero, isJittered: false) }
            for _ in 0..<200 { _ = try await scenario.failure { try await api.get("/x") } }
            #expect(scenario.server.requests.count == 300)
            await scenario.time.advance(by: .seconds(3))
            for _ in 0..<5 { _ = try await scenario.failure { try await api.get("/x") } }
            #expect(scenario.server.requests.count == 308)
        }
    }

    @Test("the last answer can be delivered instead of thrown, as with raise_on_status=False")
    func lastAnswer() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 503)
            let api = try scenario.api { $0.retry = .urllib3(total: 1, statusForcelist: [503], raiseOnStatus: false) }
            let response = try await scenario.time.run { try await api.get("/x") }
            #expect(response.status.code == 503 && response.history.count == 2)
            scenario.server.on(.get, "/y").reply(status: 404)
            #expect(try await scenario.failure { try await api.get("/y") }.code == .httpStatus)
        }
    }

    @Test("the field of idempotency keys has a name of one's own, and a minted key can be kept")
    func keyName() async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/pay").reply(status: 503).then().then()
            let api = try scenario.api { $0.idempotencyField = "X-Request-Key" }
            let kept = IdempotencyKey.minted()
            let coding = JSONCoding()
            let restored = try coding.decode(IdempotencyKey.self, from: coding.encode(kept))
            _ = try await scenario.time.run { try await api.post("/pay", idempotencyKey: kept) }
            _ = try await scenario.time.run { try await api.post("/pay", idempotencyKey: restored) }
            let keys = try scenario.values("X-Request-Key")
            #expect(keys.count == 3 && Set(keys).count == 1 && keys[0]?.isEmpty == false)
            #expect(try scenario.values("Idempotency-Key") == [nil, nil, nil])
        }
    }

    @Test("each bound on time has its own error", arguments: TransportFailure.Phase.allCases)
    func timeLimits(phase: TransportFailure.Phase) async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/x").fail(.timeout, phase: phase)
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.post("/x") }
            #expect(error.code == .timeout && error.timeLimit?.rawValue == phase.rawValue && error.remedy != nil)
            scenario.server.on(.post, "/y").fail(.timeout, phase: phase, after: .seconds(70))
            let slow = try api.with { $0.timeouts = Timeouts(attempt: .seconds(80), total: .seconds(60)) }
            let late = try await scenario.failure { try await slow.post("/y") }
            #expect(late.code == .timeout && late.timeLimit == .total)
        }
    }
}
