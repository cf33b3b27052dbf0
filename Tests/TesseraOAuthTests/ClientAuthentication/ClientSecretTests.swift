#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// A secret manager in which a secret is rotated while the program runs.
private final class RotatedSecret: SecretSource {
    private let values: Mutex<[Secret]>

    /// Says the first value once, then the second, and so on; the last one for ever.
    init(_ values: String...) {
        self.values = Mutex(values.map { Secret.fixture($0) })
    }

    func rotate(to value: String) {
        values.withLock { $0 = [Secret.fixture(value)] }
    }

    func secret() async throws -> Secret {
        try values.withLock { values in
            guard let first = values.first else { throw TesseraError(.secretUnavailable, "none") }
            if values.count > 1 { values.removeFirst() }
            return first
        }
    }
}

@Suite struct `Client secret` {
    private static let refusal: JSONValue = ["error": "invalid_client"]

    private func basic(_ secret: String) -> String {
        "Basic " + String(decoding: Base64.encode("billing:\(secret)".utf8), as: UTF8.self)
    }

    private func credentials(_ scenario: OAuthScenario) -> [String?] {
        scenario.server.requests.filter { $0.path == "/token" }.map { $0.headerFields[.authorization] }
    }

    @Test func `a secret that was rotated before the request is used at once`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.issueTokens(2)
            let secret = RotatedSecret("old-secret-1")
            let source = try scenario.client(.secretBasic(secret)).clientCredentials()
            let api = try scenario.api(source)
            scenario.server.on(.get, "/me").reply()
            _ = try await api.get("/me")
            secret.rotate(to: "new-secret-2")
            source.invalidate()
            _ = try await api.get("/me")
            #expect(credentials(scenario) == [basic("old-secret-1"), basic("new-secret-2")])
        }
    }

    @Test func `a rotation that reached the server first costs no call, and one request more`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 401, json: Self.refusal)
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let source = try scenario.client(.secretBasic(RotatedSecret("old-secret-1", "new-secret-2")))
                .clientCredentials()
            _ = try await scenario.api(source).get("/me")
            #expect(credentials(scenario) == [basic("old-secret-1"), basic("new-secret-2")])
            #expect(source.statistics.failures == 0)
        }
    }

    @Test func `a refused secret that nobody changed is not sent again`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 401, json: Self.refusal)
            let source = try scenario.client(.secretBasic(RotatedSecret("old-secret-1"))).clientCredentials()
            let api = try scenario.api(source)
            for _ in 0..<3 {
                let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
                #expect(error?.code == .tokenRequestRefused)
            }
            #expect(scenario.tokenRequests == 1)
        }
    }

    @Test func `a refusal is remembered for the secret it was said of, by all sources of the client`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 401, json: Self.refusal)
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
                .then(json: ["access_token": "token-number-2", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let secret = RotatedSecret("old-secret-1")
            let client = try scenario.client(.secretBasic(secret))
            let (reading, writing) = (
                client.clientCredentials(scope: ["read"]), client.clientCredentials(scope: ["write"])
            )
            _ = await #expect(throws: TesseraError.self) { try await scenario.api(reading).get("/me") }
            secret.rotate(to: "new-secret-2")
            _ = try await scenario.api(writing).get("/me")
            // The first source's refusal was said of the old secret, so it need not wait.
            _ = try await scenario.api(reading).get("/me")
            #expect(credentials(scenario) == [basic("old-secret-1"), basic("new-secret-2"), basic("new-secret-2")])
        }
    }

    @Test func `a refresh is made once more with the new secret: no call fails, and the login is kept`() async throws {
        try await withVirtualTime { time in
            let scenario = LoginScenario(time, HostileAuthorizationServer.Configuration(rotation: .strict), .strict)
            scenario.server.script(
                HostileAuthorizationServer.Fault([
                    .answerInstead(
                        .init(
                            status: 401, fields: ["Content-Type": "application/json"],
                            body: #"{"error":"invalid_client"}"#))
                ]))
            let login = scenario.server.logIn()
            let source = try await time.run {
                try await scenario.client(.secretPost(RotatedSecret("old-secret-1", "new-secret-2"))).tokenSource(
                    TokenSet(refreshToken: login.refreshToken), subject: "alice", store: scenario.store,
                    keys: scenario.keys, settings: scenario.settings)
            }
            let token = try await time.run { try await source.accessToken() }
            #expect(!token.value.isEmpty)
            await time.settle()
            #expect(scenario.kinds.filter { $0 == .sending }.count == 2)
            #expect(scenario.kinds.contains(.cleared) && !scenario.kinds.contains(.failed))
            #expect(try await scenario.record?.generation == 2)
            #expect(scenario.violations() == [])
        }
    }

    @Test func `a refresh with a refused secret that nobody changed is sent once, and the login is kept`() async throws
    {
        try await withVirtualTime { time in
            let scenario = LoginScenario(time, HostileAuthorizationServer.Configuration(rotation: .strict), .strict)
            scenario.server.script(.emptyForbidden, .emptyForbidden)
            let login = scenario.server.logIn()
            let source = try await time.run {
                try await scenario.client(.secretPost(RotatedSecret("old-secret-1"))).tokenSource(
                    TokenSet(refreshToken: login.refreshToken), subject: "alice", store: scenario.store,
                    keys: scenario.keys, settings: scenario.settings)
            }
            for _ in 0..<2 {
                _ = await #expect(throws: TesseraError.self) { try await time.run { try await source.accessToken() } }
            }
            #expect(scenario.kinds.filter { $0 == .sending }.count == 1)
            guard case .ready? = try await scenario.record?.state else {
                Issue.record("the login was not kept")
                return
            }
        }
    }

    @Test func `a source that has no secret is an error before anything is sent`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            let source = try scenario.client(.secretBasic(RotatedSecret())).clientCredentials()
            let error = await #expect(throws: TesseraError.self) { try await scenario.api(source).get("/me") }
            #expect(error?.code == .secretUnavailable)
            #expect(scenario.tokenRequests == 0)
        }
    }
}
#endif
