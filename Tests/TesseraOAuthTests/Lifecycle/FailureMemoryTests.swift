#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// What happens between a failure and the next request.
@Suite struct `Memory of failures` {
    @Test func `10,000 callers with a wrong secret make one request, until it may have been mended`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 401, json: ["error": "invalid_client"])
            let client = try scenario.client()
            let source = client.clientCredentials()
            let use = TokenUse(deadline: .distantFuture, runtime: time.runtime, transport: scenario.server)
            var codes: Set<TesseraError.Code> = []
            for _ in 0..<10_000 {
                do {
                    _ = try await source.accessToken(for: use)
                } catch let error as TesseraError {
                    codes.insert(error.code)
                    #expect(error.recovery == .misconfigured)
                    #expect(error.authorizationError == "invalid_client")
                }
            }
            #expect(codes == [.tokenRequestRefused])
            #expect(scenario.tokenRequests == 1)
            await time.advance(by: .seconds(29))
            _ = try? await source.accessToken(for: use)
            #expect(scenario.tokenRequests == 1)
            await time.advance(by: .seconds(32))
            _ = try? await source.accessToken(for: use)
            #expect(scenario.tokenRequests == 2)
        }
    }

    @Test func `a new credential ends the memory at once`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { number, _ in
                guard number > 1 else { throw TesseraError.loginRequired(.refused, "over") }
                return TokenResponse(accessToken: .fixture("token-of-the-new-login"), lifetime: .seconds(60))
            }
            let source = RefreshingTokenSource(acquisition)
            for _ in 0..<100 {
                let error = await #expect(throws: TesseraError.self) { try await source.accessToken(for: time.use()) }
                #expect(error?.recovery == .loginRequired(.refused))
            }
            await time.advance(by: .seconds(100_000))
            _ = await #expect(throws: TesseraError.self) { try await source.accessToken(for: time.use()) }
            #expect(acquisition.calls.count == 1)
            acquisition.credentialVersion = 1
            let token = try await source.accessToken(for: time.use())
            #expect(token.generation == 1)
        }
    }

    @Test(arguments: [
        (["Retry-After": "40"], 40), (["Retry-After": "100000"], 3600),
        (["Retry-After": "Thu, 01 Jan 2026 00:02:00 GMT"], 120),
        // A date is reckoned from the server's own.
        (["Date": "Thu, 01 Jan 2026 01:00:00 GMT", "Retry-After": "Thu, 01 Jan 2026 01:00:50 GMT"], 50),
    ])
    func `Retry-After is obeyed in both forms, up to an hour`(fields: [String: String], seconds: Int) async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            let grant = OneShotGrant()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 429, headers: fields)
            let source = RefreshingTokenSource(GrantAcquisition(client: try scenario.client(), grant: grant))
            let use = TokenUse(deadline: .distantFuture, runtime: time.runtime, transport: scenario.server)
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await source.accessToken(for: use) }
            }
            #expect(error?.code == .tokenEndpointUnavailable)
            await time.advance(by: .seconds(seconds) / 2 - .milliseconds(10))
            let early = await #expect(throws: TesseraError.self) { try await source.accessToken(for: use) }
            #expect(scenario.tokenRequests == 1)
            #expect(early?.retryAfter.map { $0 <= .seconds(seconds) } == true)
            await time.advance(by: .seconds(seconds) / 2 + .milliseconds(20))
            _ = try? await time.run { try await source.accessToken(for: use) }
            // The date has passed by now, so the session may repeat at once.
            #expect(scenario.tokenRequests >= 2)
        }
    }

    /// Repeatable, so that the answer does not count as the end of it.
    struct OneShotGrant: Grant {
        var isRepeatable: Bool { true }
        func parameters() async throws -> QueryItems { ["grant_type": "urn:example:test"] }
    }

    @Test func `an outage within a token's life is not seen by anybody`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { number, fetch in
                guard number == 1 || fetch.runtime.now() > MonotonicInstant(nanoseconds: 3_500_000_000_000) else {
                    throw TesseraError.make(.tokenEndpointUnavailable, "down")
                }
                return TokenResponse(accessToken: .fixture("outage-token-\(number)"), lifetime: .seconds(3600))
            }
            let seen = SeenEvents()
            var settings = RefreshingTokenSource.Settings()
            settings.observers = [seen.observer]
            let source = RefreshingTokenSource(acquisition, settings: settings)
            for _ in 0..<360 {
                _ = try await source.accessToken(for: time.use())
                await time.advance(by: .seconds(10))
            }
            // Six minutes of outage before the token is stale: few requests, each served by the old token.
            #expect((2...14).contains(acquisition.calls.count))
            let failures = seen.all.compactMap { event in
                if case .failed(let failed) = event { failed } else { nil }
            }
            #expect(!failures.isEmpty)
            #expect(failures.allSatisfy { $0.isOldTokenServed && !$0.isRefusal })
        }
    }

    @Test func `what shows a code is never sent again, although its own word allows it`() async throws {
        struct Code: Grant {
            var isRepeatable: Bool { true }
            func parameters() async throws -> QueryItems { ["grant_type": "authorization_code", "code": "c"] }
        }
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(status: 503)
            let source = try scenario.client().tokens(by: Code())
            let use = TokenUse(deadline: .distantFuture, runtime: time.runtime, transport: scenario.server)
            for _ in 0..<5 {
                let error = await #expect(throws: TesseraError.self) {
                    try await time.run { try await source.accessToken(for: use) }
                }
                #expect(error?.recovery == .loginRequired(.responseLost))
                await time.advance(by: .seconds(10_000))
            }
            #expect(scenario.tokenRequests == 1)
        }
    }

    @Test func `what shows a code is sent when the first try was provably not sent`() async throws {
        struct Code: Grant {
            var isRepeatable: Bool { false }
            func parameters() async throws -> QueryItems { ["grant_type": "authorization_code", "code": "c"] }
        }
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .fail(.unreachable, phase: .connect, progress: .nothingSent)
                .then(json: ["access_token": "token-for-a-code", "token_type": "Bearer"])
            let source = try scenario.client().tokens(by: Code())
            let use = TokenUse(deadline: .distantFuture, runtime: time.runtime, transport: scenario.server)
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await source.accessToken(for: use) }
            }
            #expect(error?.code == .tokenEndpointUnavailable)
            await time.advance(by: .seconds(2))
            let token = try await source.accessToken(for: use)
            #expect(token.value == Secret.fixture("token-for-a-code"))
        }
    }
}
#endif
