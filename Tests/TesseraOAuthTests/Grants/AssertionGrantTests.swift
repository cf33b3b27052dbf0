#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Assertion grants` {
    private func tokens(_ scenario: OAuthScenario, by grant: any Grant) throws -> RefreshingTokenSource {
        try scenario.client(.unidentified).tokens(by: grant)
    }

    @Test func `a JWT bearer grant shows another assertion in each request, and no client`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 503).then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let count = Mutex(0)
            let grant = JWTBearerGrant(scope: ["a", "b"]) {
                Secret.fixture("assertion-\(count.withLock { count in count += 1; return count })")
            }
            let api = try scenario.api(tokens(scenario, by: grant))
            async let answer = api.get("/me")
            await time.advanceUntilIdle()
            _ = try await answer
            let bodies = scenario.server.requests.filter { $0.method == .post }.map(\.text)
            #expect(
                bodies
                    == (1...2).map {
                        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=assertion-\($0)&scope=a+b"
                    })
        }
    }

    @Test func `a refused assertion is not remembered for ever`() async throws {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL)
                .reply(status: 400, json: ["error": "invalid_grant"])
                .then(json: ["access_token": "token-number-1", "token_type": "Bearer"])
            scenario.server.on(.get, "/me").reply()
            let api = try scenario.api(tokens(scenario, by: JWTBearerGrant { Secret.fixture("assertion-1") }))
            let error = await #expect(throws: TesseraError.self) { try await api.get("/me") }
            #expect(error?.code == .tokenRequestRefused)
            await time.advance(by: .seconds(120))
            _ = try await api.get("/me")
        }
    }

    @Test func `a token exchange is RFC 8693 §2.1`() async throws {
        try await withVirtualTime { _ in
            let scenario = OAuthScenario()
            scenario.issueTokens(1)
            scenario.server.on(.get, "/me").reply()
            let grant = TokenExchangeGrant(
                subjectToken: .value(Secret.fixture("subject-token")), type: .jwt, requesting: .accessToken,
                audience: "//pool", resource: "https://api.test", scope: ["x"])
            _ = try await scenario.api(tokens(scenario, by: grant)).get("/me")
            let request = try #require(scenario.server.requests.first)
            #expect(
                request.form.map { "\($0.name)=\($0.value)" } == [
                    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange", "audience=//pool",
                    "resource=https://api.test",
                    "requested_token_type=urn:ietf:params:oauth:token-type:access_token", "scope=x",
                    "subject_token=subject-token", "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                ])
        }
    }

    @Test(
        arguments: [
            (TokenRequestRepetition.madeAnew, 503, nil, 1, true), (.madeAnew, 503, nil, 2, true),
            (.madeAnew, 503, nil, 3, false), (.madeAnew, 503, 5, 1, true), (.madeAnew, 503, 6, 1, false),
            (.madeAnew, 400, nil, 1, false), (.asItIs, 503, nil, 1, false), (.never, 503, nil, 1, false),
        ] as [(TokenRequestRepetition, Int, Int64?, Int, Bool)])
    func `what is made anew is made anew three times, after short waits`(
        _ repetition: TokenRequestRepetition, _ status: Int, _ retryAfter: Int64?, _ attempt: Int, _ isRepeated: Bool
    ) {
        var details = TesseraError.Details()
        details.status = HTTPResponse.Status(code: status)
        details.retryAfter = retryAfter.map { .seconds($0) }
        let error = TesseraError(
            status == 503 ? .tokenEndpointUnavailable : .tokenRequestRefused, "as prepared", details: details)
        let wait = repetition.wait(after: error, attempt: attempt, remaining: .seconds(20), random: .max)
        #expect((wait != nil) == isRepeated)
        if let wait, let retryAfter { #expect(wait >= .seconds(retryAfter)) }
        #expect(repetition.wait(after: error, attempt: attempt, remaining: .zero, random: .max) == nil)
    }
}
#endif
