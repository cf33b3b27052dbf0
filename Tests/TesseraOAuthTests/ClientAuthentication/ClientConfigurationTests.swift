#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// A secret manager with a copy that lags behind: the newer secret is seen only by who asks again after a refusal.
private final class LaggingSecret: SecretSource {
    private let old: Secret
    private let new: Secret?
    private let hasLooked = Mutex(false)

    init(_ old: String, _ new: String? = nil) {
        self.old = Secret.fixture(old)
        self.new = new.map { Secret.fixture($0) }
    }

    func secret() async throws -> Secret { hasLooked.withLock { $0 } ? new ?? old : old }

    func secret(after rejected: Secret) async throws -> Secret {
        hasLooked.withLock { $0 = true }
        return try await secret()
    }
}

@Suite struct `Client configuration` {
    private func configuration(_ id: String, _ secret: String, url: String = OAuthScenario.tokenURL, more: String = "")
        -> String
    {
        #"{"token_url": "\#(url)", "client_id": "\#(id)", "client_secret": "\#(secret)"\#(more)}"#
    }

    private func tokens(_ source: any SecretSource, _ scenario: OAuthScenario) -> RefreshingTokenSource {
        .clientCredentials(configuredBy: source, scope: ["read"], transport: scenario.server)
    }

    @Test func `one secret says where to ask, as whom, and with what`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let source = tokens(LaggingSecret(configuration("billing", "s3cr3t-number-1")), scenario)
            _ = try await scenario.api(source).get("/me")
            let request = try #require(scenario.server.requests.first { $0.path == "/token" })
            #expect(
                request.headerFields[.authorization]
                    == "Basic " + String(decoding: Base64.encode("billing:s3cr3t-number-1".utf8), as: UTF8.self))
        }
    }

    /// A rotation that replaces id and secret together must never be seen half.
    @Test func `a rotation that reached the server first costs no call, and id and secret change together`()
        async throws
    {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 401, json: ["error": "invalid_client"])
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let secret = LaggingSecret(configuration("old", "s3cr3t-number-1"), configuration("new", "s3cr3t-number-2"))
            let source = tokens(secret, scenario)
            _ = try await scenario.api(source).get("/me")
            let pairs = scenario.server.requests.filter { $0.path == "/token" }.map { $0.headerFields[.authorization] }
            #expect(
                pairs
                    == ["old:s3cr3t-number-1", "new:s3cr3t-number-2"].map {
                        "Basic " + String(decoding: Base64.encode($0.utf8), as: UTF8.self)
                    })
            #expect(source.statistics.failures == 0)
        }
    }

    @Test func `a refused secret that nobody changed is not sent again`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 401, json: ["error": "invalid_client"])
            let api = try scenario.api(tokens(LaggingSecret(configuration("billing", "s3cr3t-number-1")), scenario))
            for _ in 0..<3 { await #expect(throws: TesseraError.self) { try await api.get("/me") } }
            #expect(scenario.tokenRequests == 1)
        }
    }

    @Test(
        arguments: [
            ("", "no JSON"), ("[]", "no object"), (#"{"client_id": "billing"}"#, "members missing"),
            (#"{"token_url": "http://login.test/token", "client_id": "b", "client_secret": "CANARY-1"}"#, "not TLS"),
            (#"{"token_url": "nowhere", "client_id": "b", "client_secret": "CANARY-1"}"#, "no URL"),
            (#"{"token_url": 1e300, "client_id": "b", "client_secret": "CANARY-1"}"#, "a number"),
            (
                #"{"token_url": "https://login.test/t", "client_id": "b", "client_secret": "CANARY-1", "#
                    + #""token_endpoint_auth_method": "private_key_jwt"}"#, "another method"
            ),
        ])
    func `what cannot be used is an error without a word of the secret`(text: String, why: String) async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            let source = tokens(LaggingSecret(text), scenario)
            let api = try scenario.api(source)
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(!"\(error as Any)".contains("CANARY"))
            #expect(scenario.tokenRequests == 0)
        }
    }
}
#endif
