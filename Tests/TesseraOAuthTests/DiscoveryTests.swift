#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct Discovery {
    private static let wellKnown = "/.well-known/oauth-authorization-server"

    private func outcome(
        issuer: String = "https://login.test", trusted: [String] = [], _ prepare: (MockTransport) -> Void
    ) async throws -> (Result<Session.Response, TesseraError>, MockTransport) {
        try await withVirtualTime { time in
            let server = MockTransport()
            prepare(server)
            server.on(.get, "https://api.test/me").reply()
            let client = try OAuthClient(
                issuer: issuer, id: "billing", authentication: .secretPost(Secret.fixture("client-secret-42")),
                trustedEndpoints: trusted)
            let api = try Session("https://api.test", auth: .oauth(client.clientCredentials()), transport: server)
            async let response = api.get("/me")
            await time.advanceUntilIdle()
            do {
                return (.success(try await response), server)
            } catch let error as TesseraError {
                return (.failure(error), server)
            }
        }
    }

    private func code(_ result: Result<Session.Response, TesseraError>) -> TesseraError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    private let token: JSONValue = ["access_token": "token-number-1", "token_type": "Bearer", "expires_in": 60]

    @Test func `the token endpoint comes from the issuer's metadata, and is asked for once`() async throws {
        let (result, server) = try await outcome { server in
            server.on(.get, Self.wellKnown)
                .reply(json: ["issuer": "https://login.test", "token_endpoint": "https://login.test/oauth/token"])
            server.on(.post, "https://login.test/oauth/token").reply(json: token)
        }
        #expect(code(result) == nil)
        #expect(server.count(.get, Self.wellKnown) == 1)
    }

    @Test func `an issuer's path goes behind the well-known part (RFC 8414 §3.1)`() async throws {
        let (result, server) = try await outcome(issuer: "https://login.test/tenant/a") { server in
            server.on(.get, "\(Self.wellKnown)/tenant/a")
                .reply(json: ["issuer": "https://login.test/tenant/a", "token_endpoint": "https://login.test/token"])
            server.on(.post, "/token").reply(json: token)
        }
        #expect(code(result) == nil)
        #expect(server.count(.get, "\(Self.wellKnown)/tenant/a") == 1)
    }

    @Test func `where there is none, OpenID Connect's document is asked for`() async throws {
        let (result, _) = try await outcome { server in
            server.on(.get, Self.wellKnown).reply(status: 404)
            server.on(.get, "/.well-known/openid-configuration")
                .reply(json: ["issuer": "https://login.test", "token_endpoint": "https://login.test/token"])
            server.on(.post, "/token").reply(json: token)
        }
        #expect(code(result) == nil)
    }

    @Test(arguments: [
        ["issuer": "https://evil.test", "token_endpoint": "https://login.test/token"] as JSONValue,
        ["issuer": "https://login.test/", "token_endpoint": "https://login.test/token"],
        ["issuer": "https://login.test", "token_endpoint": "https://evil.test/token"],
        ["issuer": "https://login.test", "token_endpoint": "https://login.test:8443/token"],
        ["issuer": "https://login.test", "token_endpoint": "http://login.test/token"],
        ["issuer": "https://login.test", "token_endpoint": "file:///etc/passwd"],
        ["issuer": "https://login.test", "token_endpoint": "https://login.test\\@evil.test/token"],
        ["issuer": "https://login.test", "token_endpoint": 7],
        ["issuer": "https://login.test"], ["token_endpoint": "https://login.test/token"], [], "text", nil,
    ])
    func `metadata that names another place, or none, gets no secret`(metadata: JSONValue) async throws {
        let (result, server) = try await outcome { server in
            server.on(.get, Self.wellKnown).reply(json: metadata)
            server.on(.get, "/.well-known/openid-configuration").reply(status: 404)
        }
        #expect(code(result) == .discoveryFailed)
        #expect(server.requests.allSatisfy { $0.method == .get })
    }

    @Test func `an endpoint at an origin that the caller trusts is used`() async throws {
        let (result, _) = try await outcome(trusted: ["https://oauth2.test"]) { server in
            server.on(.get, Self.wellKnown)
                .reply(json: ["issuer": "https://login.test", "token_endpoint": "https://oauth2.test/token"])
            server.on(.post, "https://oauth2.test/token").reply(json: token)
        }
        #expect(code(result) == nil)
    }

    @Test func `a redirect of the metadata is not followed`() async throws {
        let (result, server) = try await outcome { server in
            server.on(.get, Self.wellKnown).reply(status: 302, headers: ["Location": "https://evil.test/metadata"])
        }
        #expect(code(result) == .discoveryFailed)
        #expect(server.requests.allSatisfy { $0.origin.host != "evil.test" })
    }

    @Test(arguments: [
        "http://login.test", "http://127.0.0.1.nip.io", "http://localhost.", "ftp://login.test", "login.test",
    ])
    func `an issuer without TLS, or that is no URL, is refused at once`(issuer: String) {
        #expect(throws: TesseraError.self) {
            try OAuthClient(issuer: issuer, id: "billing", authentication: .publicClient)
        }
    }

    @Test func `metadata larger than a megabyte is an error`() async throws {
        let (result, _) = try await outcome { server in
            server.on(.get, Self.wellKnown).reply(body: String(repeating: " ", count: 1_100_000))
        }
        #expect(code(result) == .tokenEndpointUnavailable)
    }
}
#endif
