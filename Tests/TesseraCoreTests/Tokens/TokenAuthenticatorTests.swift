import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// Why a 401 was or was not followed by another attempt (RFC 6750 §3.1).
@Suite struct `Token authenticator` {
    private struct Source: TokenSource {
        var rejection: TokenRejection

        func accessToken(for use: TokenUse) async throws -> AccessToken {
            try AccessToken(.fixture("token-that-is-refused"), generation: 3)
        }

        func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection {
            #expect(generation == 3)
            return rejection
        }
    }

    @Test(arguments: [
        (TokenRejection.renews, 2, CallHistory.Decision.unauthorized(.alreadyReplayed)),
        (.alreadyRenewed, 2, .unauthorized(.alreadyReplayed)), (.refusedAgain, 1, .unauthorized(.refusedAgain)),
        (.notRenewable, 1, .unauthorized(.notRenewable)), (.unknownGeneration, 1, .unauthorized(.unknownGeneration)),
    ])
    func `each answer of the source has its reason in the history`(
        rejection: TokenRejection, attempts: Int, decision: CallHistory.Decision
    ) async throws {
        let server = MockTransport()
        server.on(.get, "/me").reply(status: 401)
        let api = try Session("https://api.test", auth: .token(Source(rejection: rejection)), transport: server)
        let error = try #require(await #expect(throws: TesseraError.self) { try await api.get("/me") })
        #expect(server.count(.get, "/me") == attempts)
        #expect(error.history.attempts.last?.decision == decision)
        #expect(rejection.allowsReplay == (attempts == 2))
    }

    @Test(arguments: [
        #"Bearer error="insufficient_scope""#, #"Bearer error="invalid_request""#, #"Basic realm="x""#,
        #"DPoP error="use_dpop_nonce""#,
    ])
    func `a challenge that blames something else is not answered with a new token, and the history says so`(
        challenge: String
    ) async throws {
        let server = MockTransport()
        server.on(.get, "/me").reply(status: 401, headers: ["WWW-Authenticate": challenge])
        let source = CountedTokens()
        let api = try Session("https://api.test", auth: .token(source), transport: server)
        let error = try #require(await #expect(throws: TesseraError.self) { try await api.get("/me") })
        #expect(error.history.attempts.map(\.decision) == [.unauthorized(.tokenNotBlamed)])
        #expect(source.refusals.isEmpty)
    }
}

@Suite struct `Access token` {
    private static func token(_ value: String, _ seconds: Int64?) throws -> AccessToken {
        try AccessToken(
            .fixture(value), expiry: seconds.map { MonotonicInstant(nanoseconds: $0 * 1_000_000_000) },
            lifetime: seconds.map { .seconds($0) })
    }

    @Test(arguments: [
        ("token-a", Int64(1000), true), ("token-b", 1001, true), ("token-b", 1002, false), ("token-b", 900, true),
        ("token-a", 5000, true), ("token-b", nil, false),
    ])
    func `gains nothing over another if it is the same or ends with it`(
        value: String, seconds: Int64?, expected: Bool
    ) throws {
        let token = try Self.token(value, seconds)
        #expect(try token.gainsNothing(over: Self.token("token-a", 1000)) == expected)
    }

    @Test func `renumbered is the same but for its generation, in its credential too`() throws {
        let token = try AccessToken(
            .fixture("token-to-number"), lifetime: .seconds(5), scope: ["a"], generation: 4, origins: nil)
        let other = token.numbered(9)
        #expect(other.generation == 9 && other.credential.generation == 9)
        #expect(other.value == token.value && other.lifetime == token.lifetime && other.scope == token.scope)
    }
}
