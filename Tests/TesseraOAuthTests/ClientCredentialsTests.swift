#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Client credentials` {
    @Test func `the request is RFC 6749 §4.4.2, the client in Authorization`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply(json: ["id": 1])
            let api = try scenario.api(
                scenario.client().clientCredentials(scope: ["a", "b"], resource: "https://api.test"))
            _ = try await api.get("/me")
            let request = try #require(scenario.server.requests.first)
            #expect(request.origin.description == "https://login.test")
            #expect(request.headerFields[.authorization] == "Basic YmlsbGluZzpjbGllbnQtc2VjcmV0LTQy")
            #expect(request.headerFields[.contentType] == "application/x-www-form-urlencoded")
            #expect(
                String(decoding: request.body, as: UTF8.self)
                    == "grant_type=client_credentials&scope=a+b&resource=https%3A%2F%2Fapi.test")
            #expect(scenario.bearers("/me") == ["Bearer token-number-1"])
        }
    }

    /// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. Expected values are `printf | base64` of
    /// the encoded pairs.
    @Test(arguments: [
        ("simple", "simple", "simple:simple"), ("a:b", "p%w", "a%3Ab:p%25w"), ("id", "a+b c", "id:a%2Bb+c"),
        ("id", "/.=&", "id:%2F.%3D%26"), ("id", "ünïcode", "id:%C3%BCn%C3%AFcode"), ("id", "~*-_", "id:%7E*-_"),
    ])
    func `secretBasic encodes as RFC 6749 §2.3.1 demands`(id: String, secret: String, pair: String) async throws {
        let authenticator = try #require(
            ClientCredential(id: id, secret: nil, form: .basic(Secret(secret))).authenticator)
        let expected = "Basic " + String(decoding: Base64.encode(pair.utf8), as: UTF8.self)
        let server = MockTransport()
        server.on(.get, "/").reply()
        _ = try await Session("https://api.test", auth: authenticator, transport: server).get("/")
        #expect(server.requests.first?.headerFields[.authorization] == expected)
    }

    @Test func `secretPost sends id and secret in the body and nothing in Authorization`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let client = try scenario.client(.secretPost(Secret.fixture("p&ss=word 1")))
            _ = try await scenario.api(client.clientCredentials()).get("/me")
            let request = try #require(scenario.server.requests.first)
            #expect(request.headerFields[.authorization] == nil)
            #expect(
                String(decoding: request.body, as: UTF8.self)
                    == "grant_type=client_credentials&client_id=billing&client_secret=p%26ss%3Dword+1")
        }
    }

    @Test func `many calls in one token's life make one token request`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let api = try scenario.api(scenario.client().clientCredentials())
            for _ in 0..<20 { _ = try await api.get("/me") }
            #expect(scenario.tokenRequests == 1)
        }
    }

    @Test func `a redirect of the token endpoint is never followed`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 307, headers: ["Location": "https://evil.test/collect"])
            let api = try scenario.api(
                scenario.client(.secretPost(Secret.fixture("client-secret-42"))).clientCredentials())
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(error?.code == .redirectRefused)
            #expect(scenario.server.requests.allSatisfy { $0.origin.host != "evil.test" })
        }
    }

    @Test func `a grant that may be repeated is, after a 503; one that may not is sent once`() async throws {
        struct OneTimeCode: Grant {
            var isRepeatable: Bool { false }
            func parameters() async throws -> QueryItems { ["grant_type": "authorization_code", "code": "c0de"] }
        }
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 503)
            scenario.server.on(.get, "/me").reply()
            let client = try scenario.client()
            let first = await #expect(throws: TesseraError.self) {
                try await time.run { try await scenario.api(client.clientCredentials()).get("/me") }
            }
            #expect(first?.code == .tokenEndpointUnavailable)
            #expect(scenario.tokenRequests == 3)
            let second = await #expect(throws: TesseraError.self) {
                try await time.run { try await scenario.api(client.tokens(by: OneTimeCode())).get("/me") }
            }
            // RFC 6749 §4.1.2: the code may be spent, and one that comes twice may cost the tokens it was changed for.
            #expect(second?.recovery == .loginRequired(.responseLost))
            #expect((second?.underlying as? TesseraError)?.code == .tokenEndpointUnavailable)
            #expect(scenario.tokenRequests == 4)
        }
    }

    @Test func `a refused client is named with its remedy, and without its secret`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(
                status: 401, json: ["error": "invalid_client", "error_description": "client-secret-42 is wrong"])
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = try #require(await #expect(throws: TesseraError.self) { try await api.get("/me") })
            #expect(error.code == .tokenRequestRefused)
            #expect(error.remedy?.contains("secret") == true)
            #expect(!error.description.contains("client-secret-42"))
            #expect(error.problem?.detail?.contains("[secret:") == true)
        }
    }

    @Test(arguments: [(403, ""), (400, ""), (401, "<html>no</html>")])
    func `refusals without an error code, as servers send them, are refusals`(status: Int, body: String) async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: status, body: body)
            let api = try scenario.api(scenario.client().clientCredentials())
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(error?.code == .tokenRequestRefused)
        }
    }

    @Test func `Retry-After of the token endpoint is handed to the caller and obeyed`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 429, headers: ["Retry-After": "30"])
            let api = try scenario.api(scenario.client().clientCredentials())
            let first = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(first?.retryAfter == .seconds(30))
            #expect(scenario.tokenRequests == 1)
            await time.advance(by: .seconds(25))
            _ = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(scenario.tokenRequests == 1)
            await time.advance(by: .seconds(10))
            _ = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(scenario.tokenRequests == 2)
        }
    }

    @Test func `without any transport the error says what to do`() async throws {
        try await withVirtualTime { _ in
            let source = try OAuthScenario().client().clientCredentials()
            let error = await #expect(throws: TesseraError.self) { try await source.accessToken() }
            #expect(error?.code == .misconfigured)
            #expect(error?.remedy?.contains("transport") == true)
        }
    }
}
#endif
