#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct Reauthorization {
    @Test func `a 401 is followed by one token request and one replay`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(2)
            scenario.server.on(.post, "/orders").reply(status: 401).then(status: 201)
            let api = try scenario.api(scenario.client().clientCredentials())
            let response = try await api.post("/orders", .json(["a": 1]))
            #expect(response.status.code == 201)
            #expect(scenario.bearers("/orders") == ["Bearer token-number-1", "Bearer token-number-2"])
            #expect(response.history.attempts.map(\.decision) == [.reauthorize, .delivered])
        }
    }

    @Test func `a second 401 is delivered as unauthorized`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(5)
            scenario.server.on(.get, "/me").reply(status: 401)
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = try #require(await #expect(throws: TesseraError.self) { try await api.get("/me") })
            #expect(error.code == .unauthorized)
            #expect(scenario.server.count(.get, "/me") == 2)
            #expect(error.history.attempts.last?.decision == .unauthorized(.alreadyReplayed))
        }
    }

    @Test(arguments: [
        (#"Bearer error="invalid_token""#, 2), ("Bearer", 2), (#"Bearer realm="x", Basic realm="y""#, 2),
        (#"Bearer error="insufficient_scope", scope="admin""#, 1), (#"Bearer error="invalid_request""#, 1),
        (#"Basic realm="x""#, 1), (#"DPoP error="use_dpop_nonce""#, 1),
    ])
    func `the challenge decides whether the token is at fault`(challenge: String, attempts: Int) async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(3)
            scenario.server.on(.get, "/me").reply(status: 401, headers: ["WWW-Authenticate": challenge])
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(error?.code == .unauthorized)
            #expect(scenario.server.count(.get, "/me") == attempts)
        }
    }

    @Test func `a body that can be sent once only is not replayed, and the history says so`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(3)
            scenario.server.on(.put, "/video").reply(status: 401)
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = try #require(
                await #expect(throws: TesseraError.self) {
                    try await api.put("/video", .singleUse { try await $0.write("frames") })
                })
            #expect(scenario.server.count(.put, "/video") == 1)
            #expect(error.history.attempts.last?.decision == .unauthorized(.bodyNotReplayable))
        }
    }

    @Test func `100 refusals of one token at the same time make one token request`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.issueTokens(2)
            scenario.server.on(.get, "/warm").reply()
            let route = scenario.server.on(.get, "/me")
            for _ in 0..<100 { route.reply(status: 401, after: .milliseconds(50)) }
            route.then(json: ["id": 1])
            let api = try scenario.api(scenario.client().clientCredentials())
            _ = try await api.get("/warm")
            async let answers = api.map(1...100, limit: 100) { api, _ in try await api.get("/me").status.code }
            await time.advanceUntilIdle()
            #expect(try await answers == Array(repeating: 200, count: 100))
            #expect(scenario.tokenRequests == 2)
        }
    }

    @Test func `after a redirect to another origin the token stays behind, and a 401 there refreshes nothing`()
        async throws
    {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(3)
            scenario.server.on(.get, "/file").reply(status: 302, headers: ["Location": "https://cdn.test/file"])
            scenario.server.on(.get, "https://cdn.test/file").reply(status: 401)
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = try #require(await #expect(throws: TesseraError.self) { try await api.get("/file") })
            #expect(scenario.tokenRequests == 1)
            #expect(scenario.server.requests.last?.isAuthenticated == false)
            #expect(error.history.attempts.map(\.credential) == [.attached, .withheld])
            #expect(error.history.attempts.last?.decision == .unauthorized(.noCredential))
        }
    }
}
#endif
