#if OAuth
import Crypto
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// A source that says what it was given last.
private final class ChangingSource: SecretSource {
    private let value: Mutex<Secret>
    private let asked = Mutex(0)

    init(_ value: Secret) { self.value = Mutex(value) }

    var questions: Int { asked.withLock { $0 } }

    func change(to secret: Secret) { value.withLock { $0 = secret } }

    func secret() async throws -> Secret {
        asked.withLock { $0 += 1 }
        return value.withLock { $0 }
    }
}

@Suite struct `Client assertions` {
    private let key = P256.Signing.PrivateKey()
    private var pem: Secret { Secret(key.pemRepresentation) }

    /// The assertions that a token endpoint was shown, in order.
    private func assertions(_ server: MockTransport) -> [String] {
        server.requests.filter { $0.method == .post }.compactMap { request in
            request.form.first { $0.name == "client_assertion" }?.value
        }
    }

    private func part(_ index: Int, of token: String) -> JSONValue? {
        let parts = token.split(separator: ".")
        guard index < parts.count else { return nil }
        return Base64.decode(parts[index].utf8, alphabet: .urlSafe).flatMap {
            try? JSONCoding().decode(JSONValue.self, from: $0)
        }
    }

    private func claim(_ name: String, of token: String) -> JSONValue? {
        guard case .object(let claims) = part(1, of: token) else { return nil }
        return claims[name]
    }

    @Test func `the request is RFC 7523 §2.2, for the issuer, for a minute, with the key's id`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let authentication = ClientAuthentication.privateKeyJWT(
                .value(pem), algorithm: .es256, options: ClientAssertionOptions(keyID: "k1"))
            _ = try await scenario.api(scenario.client(authentication).clientCredentials()).get("/me")
            let request = try #require(scenario.server.requests.first)
            #expect(request.headerFields[.authorization] == nil)
            #expect(
                request.form.map(\.name) == ["grant_type", "client_id", "client_assertion_type", "client_assertion"])
            #expect(request.form[2].value == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            let token = try #require(assertions(scenario.server).first)
            #expect(part(0, of: token) == ["alg": "ES256", "kid": "k1", "typ": "JWT"])
            #expect(claim("iss", of: token) == "billing")
            #expect(claim("sub", of: token) == "billing")
            #expect(claim("aud", of: token) == "https://login.test")
            #expect(claim("iat", of: token) == 1_767_225_600)
            #expect(claim("exp", of: token) == 1_767_225_660)
            guard case .string(let id) = claim("jti", of: token) else { throw TestProblem("no jti") }
            #expect(id.utf8.count == 32)
            let parts = token.split(separator: ".")
            let signature = try P256.Signing.ECDSASignature(
                rawRepresentation: try #require(Base64.decode(parts[2].utf8, alphabet: .urlSafe)))
            #expect(key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
        }
    }

    @Test(
        arguments: [(Duration.seconds(1_000_000), Int64(3600)), (.seconds(-5), 1), (.seconds(90), 90)])
    func `an assertion is good for an hour at most`(asked: Duration, lasts: Int64) async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            var options = ClientAssertionOptions()
            options.lifetime = asked
            let authentication = ClientAuthentication.privateKeyJWT(.value(pem), algorithm: .es256, options: options)
            _ = try await scenario.api(scenario.client(authentication).clientCredentials()).get("/me")
            let shown = try #require(assertions(scenario.server).first)
            guard case .integer(let start) = claim("iat", of: shown), case .integer(let end) = claim("exp", of: shown)
            else {
                Issue.record("no times in the assertion")
                return
            }
            #expect(end - start == lasts)
        }
    }

    /// Threat A13: a server that remembers what it saw must never see it again.
    @Test func `no two requests show the same assertion, whether one failed or not`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 503).fail(.disconnected)
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
                .then(json: ["access_token": "token-number-2", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let source = try scenario.client(.privateKeyJWT(.value(pem), algorithm: .es256)).clientCredentials()
            let api = try scenario.api(source)
            async let first = api.get("/me")
            await time.advanceUntilIdle()
            _ = try await first
            source.invalidate()
            _ = try await api.get("/me")
            let shown = assertions(scenario.server)
            #expect(shown.count == 4)
            #expect(Set(shown.compactMap { claim("jti", of: $0) }).count == 4)
            #expect(source.statistics.tokenRequests == 4)
            #expect(source.statistics.failures == 0)
        }
    }

    @Test func `a server that stays down is asked three times, and one that asks for a long wait once`() async throws {
        for (reply, requests) in [
            (MockReply(status: 503), 3), (MockReply(status: 503, headers: ["Retry-After": "60"]), 1),
        ] {
            try await withVirtualTime { time in
                let scenario = OAuthScenario()
                scenario.server.on(.post, OAuthScenario.tokenURL).reply(reply)
                let source = try scenario.client(.privateKeyJWT(.value(pem), algorithm: .es256)).clientCredentials()
                let api = try scenario.api(source)
                async let answer = api.get("/me")
                await time.advanceUntilIdle()
                do {
                    _ = try await answer
                    Issue.record("it was answered")
                } catch let error as TesseraError {
                    #expect(error.code == .tokenEndpointUnavailable)
                }
                #expect(assertions(scenario.server).count == requests)
            }
        }
    }

    @Test func `a key that was rotated is read anew, after a refusal as well`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 401, json: ["error": "invalid_client"])
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let newer = P256.Signing.PrivateKey()
            let keys = RotatedKeys([pem, Secret(newer.pemRepresentation)])
            let source = try scenario.client(.privateKeyJWT(keys, algorithm: .es256)).clientCredentials()
            _ = try await scenario.api(source).get("/me")
            let token = try #require(assertions(scenario.server).last)
            let parts = token.split(separator: ".")
            let signature = try P256.Signing.ECDSASignature(
                rawRepresentation: try #require(Base64.decode(parts[2].utf8, alphabet: .urlSafe)))
            #expect(newer.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
        }
    }

    @Test func `a key that is none costs no request`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            let source = try scenario.client(.privateKeyJWT(.value(pem), algorithm: .rs256)).clientCredentials()
            let error = await #expect(throws: TesseraError.self) { try await scenario.api(source).get("/me") }
            #expect(error?.code == .misconfigured)
            #expect(scenario.server.requests.isEmpty)
        }
    }

    /// Threat A3: what names another server as audience must not be signed.
    @Test func `an audience besides the issuer is one that the caller names, on an origin of the issuer's`()
        async throws
    {
        var options = ClientAssertionOptions()
        options.audience = .url("https://login.test/token")
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let client = try scenario.client(.privateKeyJWT(.value(pem), algorithm: .es256, options: options))
            _ = try await scenario.api(client.clientCredentials()).get("/me")
            let token = try #require(assertions(scenario.server).first)
            #expect(claim("aud", of: token) == "https://login.test/token")
        }
        options.audience = .url("https://login.other.test/token")
        let foreign = ClientAuthentication.privateKeyJWT(.value(pem), algorithm: .es256, options: options)
        #expect(throws: TesseraError.self) { try OAuthScenario().client(foreign) }
        _ = try OAuthScenario().client(foreign, trusted: ["https://login.other.test"])
    }

    /// Threat A3: server B says in its metadata that A's token endpoint is its own.
    @Test func `metadata that names another server's endpoint gets nothing signed`() async throws {
        try await withVirtualTime { _ in
            let server = MockTransport()
            server.on(.get, "https://b.test/.well-known/oauth-authorization-server").reply(json: [
                "issuer": "https://b.test", "token_endpoint": "https://a.test/token",
            ])
            let keys = ChangingSource(pem)
            let client = try OAuthClient(
                issuer: "https://b.test", id: "billing", authentication: .privateKeyJWT(keys, algorithm: .es256),
                transport: server)
            let api = try Session("https://api.test", auth: .oauth(client.clientCredentials()), transport: server)
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(error?.code == .discoveryFailed)
            #expect(keys.questions == 0)
            #expect(server.requests.allSatisfy { $0.method == .get })
        }
    }

    @Test func `a platform's token is read for each request and shown as it is`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(2)
            scenario.server.on(.get, "/me").reply()
            let token = ChangingSource(Secret.fixture("eyJ.first.token"))
            let source = try scenario.client(.assertion(token)).clientCredentials()
            let api = try scenario.api(source)
            _ = try await api.get("/me")
            token.change(to: Secret.fixture("eyJ.second.token"))
            source.invalidate()
            _ = try await api.get("/me")
            #expect(assertions(scenario.server) == ["eyJ.first.token", "eyJ.second.token"])
        }
    }

    @Test func `methods print by their names and nothing else`() {
        #expect("\(ClientAuthentication.privateKeyJWT(.value(pem), algorithm: .es256))" == "private_key_jwt")
        #expect("\(ClientAuthentication.assertion(.value(pem)))" == "client_assertion")
        #expect("\(ClientAuthentication.unidentified)" == "unidentified")
    }
}

/// Says the first key once, then the second.
private final class RotatedKeys: SecretSource {
    private let keys: Mutex<[Secret]>

    init(_ keys: [Secret]) { self.keys = Mutex(keys) }

    func secret() async throws -> Secret {
        try keys.withLock { keys in
            guard let first = keys.first else { throw TestProblem("no key") }
            if keys.count > 1 { keys.removeFirst() }
            return first
        }
    }
}

private struct TestProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
#endif
