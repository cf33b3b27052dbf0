import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("One retry authority per tree of calls")
struct CallTreeTests {
    /// Asks another session for its credential, on the task of the call.
    private struct AskingAuthenticator: Authenticator {
        var tokens: Session

        func credential(for attempt: AttemptContext) async throws -> Credential? {
            let answer = try await tokens.get("/token")
            return try .bearer(.fixture("token-of-\(answer.body.count)-bytes"))
        }
    }

    private struct AskingInterceptor: CallInterceptor {
        var other: Session

        func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
            _ = try? await other.get("/flag")
            return try await next(call)
        }
    }

    @Test("layers share the retries instead of multiplying them", arguments: [3, 5])
    func shared(attempts: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/token").reply(status: 503).then(body: "t").then(status: 503).then(body: "t")
            scenario.server.on(.get, "/x").reply(status: 503)
            let inner = try scenario.api { $0.retry.attempts = attempts }
            let api = try scenario.api(auth: AskingAuthenticator(tokens: inner)) { $0.retry.attempts = attempts }
            let error = try await scenario.failure { try await api.get("/x") }
            let tokens = scenario.server.count(.get, "/token")
            let calls = scenario.server.count(.get, "/x")
            // Each attempt of the outer call needs one token; everything beyond that is a retry.
            #expect(tokens + calls <= calls + calls + attempts - 1)
            #expect(error.history.decisions.last == .gaveUp(.outerCallExhausted))
            print("figure: nested calls, \(attempts) attempts each: \(tokens + calls) requests")
        }
    }

    @Test("an interceptor's own calls draw from the call's retries, and see its deadline")
    func interceptor() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/flag").reply(status: 503)
            scenario.server.on(.get, "/x").reply(status: 503)
            let inner = try scenario.api()
            let api = try scenario.api { $0.interceptors = [AskingInterceptor(other: inner)] }
            _ = try await scenario.failure { try await api.get("/x") }
            // Two retries altogether: the inner call uses both up.
            #expect(scenario.server.requests.count == 4)
        }
        try await withScenario { scenario in
            scenario.server.on(.get, "/flag").reply(after: .seconds(40))
            scenario.server.on(.get, "/x").reply()
            let inner = try scenario.api()
            let api = try scenario.api {
                $0.interceptors = [AskingInterceptor(other: inner)]
                $0.timeouts.total = .seconds(5)
            }
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .timeout && error.timeLimit == .total && scenario.time.elapsed == .seconds(5))
        }
    }

    @Test("the outer call's deadline ends the inner one")
    func deadline() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/token").reply(after: .seconds(25))
            let inner = try scenario.api()
            let api = try scenario.api(auth: AskingAuthenticator(tokens: inner)) { $0.timeouts.total = .seconds(4) }
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .timeout && scenario.time.elapsed == .seconds(4))
            #expect(scenario.server.count(.get, "/x") == 0)
        }
    }

    @Test("calls beside each other, and calls in the scope of a stream, have their own")
    func independent() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "x")
            scenario.server.on(.get, "/y").reply(status: 503).then(status: 503).then()
            let inner = try scenario.api()
            let api = try scenario.api { $0.interceptors = [AskingInterceptor(other: inner)] }
            let status = try await scenario.time.run {
                try await api.stream(.get, "/x") { _ in try await inner.get("/y").status }
            }
            #expect(status == .ok)
        }
    }

    @Test("work that is spawned answers to itself: it has neither the deadline nor the retries of who asked")
    func spawned() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/later").reply(status: 503).then(status: 503).then(after: .seconds(20))
            scenario.server.on(.get, "/x").reply()
            let inner = try scenario.api()
            struct Spawning: CallInterceptor {
                var other: Session
                func intercept(_ call: CallRequest, next: consuming NextCall) async throws -> Session.Response {
                    let other = other
                    _ = Runtime.current.spawn { _ = try? await other.get("/later") }
                    return try await next(call)
                }
            }
            let api = try scenario.api {
                $0.interceptors = [Spawning(other: inner)]
                $0.timeouts.total = .seconds(2)
            }
            _ = try await scenario.time.run { try await api.get("/x") }
            await scenario.time.advanceUntilIdle()
            #expect(scenario.server.count(.get, "/later") == 3)
        }
    }
}
