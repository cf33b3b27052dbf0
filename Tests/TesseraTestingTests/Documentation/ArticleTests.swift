import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraSwiftTesting
import TesseraTesting
import Testing

// The tests of docs/testing.md, word for word; Scripts/prove-testing compares.

private struct User: Codable, Sendable {
    var id: Int
    var name: String
}

@Suite(.strictMocks) struct `The tests of the documentation` {
    @Test func `the token goes along`() async throws {
        let server = MockTransport()
        server.on(.get, "/me", .bearer(.fixture("a-token-of-this-test"))).reply(json: ["id": 1, "name": "Ada"])
        let api = try Session("https://api.test", auth: .bearer(.fixture("a-token-of-this-test")), transport: server)
        let me = try await api.get("/me").json(User.self)
        #expect(me.name == "Ada")
    }

    @Test func `a 401 renews the token and sends the call again`() async throws {
        let server = MockTransport()
        server.on(.post, "https://login.test/token", .form(["grant_type": "client_credentials"]))
            .reply(json: ["access_token": "first-token", "token_type": "Bearer", "expires_in": 3600])
            .then(json: ["access_token": "second-token", "token_type": "Bearer", "expires_in": 3600])
        server.on(.get, "/me", .bearer(.fixture("first-token")))
            .reply(status: 401, headers: ["WWW-Authenticate": "Bearer error=\"invalid_token\""])
        server.on(.get, "/me", .bearer(.fixture("second-token"))).reply(json: ["id": 1, "name": "Ada"])
        let login = try OAuthClient(
            issuer: "https://login.test", id: "billing", authentication: .secretBasic(.fixture("a-client-secret")),
            tokenEndpoint: "https://login.test/token", transport: server)
        let api = try Session("https://api.test", auth: .oauth(login.clientCredentials()), transport: server)
        let me = try await api.get("/me").json(User.self)
        #expect(me.name == "Ada")
        #expect(server.requests.map(\.path) == ["/token", "/me", "/token", "/me"])
    }

    @Test func `an expired token is renewed before it is used`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            let tokens = server.on(.post, "https://login.test/token").reply { _ in
                MockReply(json: ["access_token": "a-token-for-a-minute", "token_type": "Bearer", "expires_in": 60])
            }
            server.on(.get, "/me").reply(json: ["id": 1, "name": "Ada"])
            let login = try OAuthClient(
                issuer: "https://login.test", id: "billing", authentication: .secretBasic(.fixture("a-client-secret")),
                tokenEndpoint: "https://login.test/token", transport: server)
            let api = try Session("https://api.test", auth: .oauth(login.clientCredentials()), transport: server)
            for _ in 0..<3 { _ = try await time.run { try await api.get("/me") } }
            #expect(tokens.count == 1)
            await time.advance(by: .seconds(61))
            _ = try await time.run { try await api.get("/me") }
            #expect(tokens.count == 2)
        }
    }

    @Test func `a rate limit is waited for`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/me").reply(status: 429, headers: ["Retry-After": "7"])
                .then(json: ["id": 1, "name": "Ada"])
            let api = try Session(
                "https://api.test", auth: .bearer(.fixture("a-token-of-this-test")), transport: server)
            let me = try await time.run { try await api.get("/me").json(User.self) }
            #expect(me.name == "Ada")
            #expect(time.elapsed == .seconds(7))
        }
    }
}
