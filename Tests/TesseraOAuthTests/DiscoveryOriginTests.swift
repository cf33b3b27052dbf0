#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// The origin pairs of `OriginMatrixTests` with discovery as the way: metadata of one origin names another one's token
/// endpoint, and the client's secret must not follow (invariant 2, threat A2).
@Suite("Origin matrix of discovery")
struct DiscoveryOriginTests {
    @Test(
        "a token endpoint elsewhere gets nothing; one at the issuer's origin gets the secret",
        arguments: [
            ("http://example.com", "http://example.com/b", false),
            ("http://example.com", "https://example.com/b", false),
            ("http://example.com:80", "https://example.com:443/b", false),
            ("http://example.com:80", "https://example.com/b", false),
            ("http://[::1]:80", "https://[::1]:443/b", false),
            ("http://example.com:8080", "https://example.com/b", false),
            ("http://example.com:8080", "https://example.com:8443/b", false),
            ("https://example.com", "http://example.com/b", false),
            ("https://example.com", "https://example.com:443/b", true),
            ("https://example.com:443", "https://example.com/b", true),
            ("http://example.com:80", "http://example.com/b", false),
            ("https://example.com", "https://example.com:8443/b", false),
            ("https://example.com:8443", "https://example.com:8443/x", true),
            ("https://example.com", "https://sub.example.com/b", false),
            ("https://sub.example.com", "https://example.com/b", false),
            ("https://example.com", "https://EXAMPLE.com/b", true),
            ("https://example.com", "https://example.com./b", false),
            ("http://example.com:1234", "https://example.com:4321/bar", false),
            ("https://example.com", "https://example.com.evil.org/b", false),
            ("https://example.com", "https://user:pw@example.com/b", false),
            ("https://example.com:80", "https://example.com/b", false),
            ("http://example.com:443", "https://example.com:443/b", false),
        ])
    func pair(issuer: String, endpoint: String, isSame: Bool) async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/.well-known/oauth-authorization-server")
                .reply(json: ["issuer": .string(issuer), "token_endpoint": .string(endpoint)])
            for path in ["/b", "/x", "/bar"] {
                server.on(.post, path)
                    .reply(json: ["access_token": "token-number-1", "token_type": "Bearer", "expires_in": 60])
            }
            server.on(.get, "https://api.test/me").reply()
            let origin = try AbsoluteURL(issuer).origin
            // Half of the issuers are refused here already, the other half's calls end without a token.
            do {
                let client = try OAuthClient(
                    issuer: issuer, id: "billing", authentication: .secretPost(Secret.fixture("client-secret-42")))
                let api = try Session("https://api.test", auth: .oauth(client.clientCredentials()), transport: server) {
                    $0.proxy = .none
                }
                _ = try await time.run { try await api.get("/me").status }
            } catch is TesseraError {}
            let posts = server.requests.filter { $0.method == .post }
            #expect(posts.allSatisfy { $0.origin == origin && $0.origin.scheme == .https })
            #expect(posts.isEmpty == !isSame)
            let elsewhere = server.requests.filter { $0.origin != origin && $0.origin.host != "api.test" }
            #expect(elsewhere.isEmpty, "\(elsewhere)")
        }
    }
}
#endif
