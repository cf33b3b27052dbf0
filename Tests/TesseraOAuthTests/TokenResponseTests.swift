#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token response` {
    private func outcome(_ body: String, headers: [String: String] = ["Content-Type": "application/json"]) async throws
        -> Result<AccessToken, TesseraError>
    {
        try await withVirtualTime { time in
            let scenario = OAuthScenario()
            scenario.server.on(.post, OAuthScenario.tokenURL).reply(headers: headers, body: body)
            let source = try scenario.client().clientCredentials()
            do {
                let use = TokenUse(
                    deadline: time.now.advanced(by: .seconds(60)), runtime: time.runtime, transport: scenario.server)
                return .success(try await source.accessToken(for: use))
            } catch let error as TesseraError {
                return .failure(error)
            }
        }
    }

    @Test(arguments: [
        ("3600", Duration.seconds(3600)), ("3600.0", .seconds(3600)), (#""3600""#, .seconds(3600)), ("1", .seconds(1)),
        ("9007199254740992", .seconds(31_536_000)), ("1e3", .seconds(1000)), ("null", nil),
    ])
    func `lifetimes that servers write are read`(expiresIn: String, expected: Duration?) async throws {
        let token = try await outcome(
            #"{"access_token":"token-number-1","token_type":"bearer","expires_in":\#(expiresIn)}"#
        ).get()
        #expect(token.lifetime == expected)
    }

    @Test(arguments: [
        "0", "-1", "1e300", "-1e300", "9223372036854775808", "18446744073709551616", "1.5", "0.1", #""abc""#, #""""#,
        #""1e300""#, "[]", "{}", "true", #""-5""#, #""٣""#, "9007199254740993",
    ])
    func `lifetimes that make no sense are errors that name the member`(expiresIn: String) async throws {
        let result = try await outcome(
            #"{"access_token":"token-number-1","token_type":"Bearer","expires_in":\#(expiresIn)}"#)
        guard case .failure(let error) = result else {
            Issue.record("\(expiresIn) was taken for a lifetime")
            return
        }
        #expect(error.code == .invalidTokenResponse)
        #expect(error.message.contains("expires_in"))
    }

    @Test(arguments: [
        #"{"token_type":"Bearer"}"#, #"{"access_token":"","token_type":"Bearer"}"#,
        #"{"access_token":7,"token_type":"Bearer"}"#, #"{"access_token":null}"#,
        #"{"access_token":"a\r\nX-Evil: 1","token_type":"Bearer"}"#, #"{"access_token":"a b","token_type":"Bearer"}"#,
        #"{"access_token":"a\u0000b","token_type":"Bearer"}"#, #"{"access_token":"ü","token_type":"Bearer"}"#,
        #"{"access_token":"token-number-1","token_type":"DPoP"}"#, #"{"access_token":"token-number-1","token_type":7}"#,
        #"{"access_token":"token-number-1","token_type":"Bearer","scope":7}"#,
        "<html><title>Sign in</title></html>", "", "[]", "null", #""token""#, "{", #"{"access_token":"tok"#,
    ])
    func `answers that are no token response are errors of that code`(body: String) async throws {
        guard case .failure(let error) = try await outcome(body) else {
            Issue.record("it was taken for a token response")
            return
        }
        #expect(error.code == .invalidTokenResponse)
        #expect(error.description.utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test func `a 200 with an error in it is a refusal`() async throws {
        guard case .failure(let error) = try await outcome(#"{"error":"invalid_scope","access_token":"x"}"#) else {
            Issue.record("it was taken for a token response")
            return
        }
        #expect(error.code == .tokenRequestRefused)
        #expect(error.message.contains("invalid_scope"))
    }

    @Test func `a token of 16 KB is taken, a longer one is not`() async throws {
        let fits = String(repeating: "a", count: 16_384)
        #expect(try await outcome(#"{"access_token":"\#(fits)"}"#).get().value.count == 16_384)
        guard case .failure(let error) = try await outcome(#"{"access_token":"\#(fits)a"}"#) else {
            Issue.record("a longer one was taken")
            return
        }
        #expect(error.code == .invalidTokenResponse)
    }

    @Test func `10 MB are not read`() async throws {
        let large = #"{"access_token":"token-number-1","x":""# + String(repeating: "a", count: 10_000_000) + #""}"#
        guard case .failure(let error) = try await outcome(large) else {
            Issue.record("10 MB were read")
            return
        }
        #expect(error.code == .tokenEndpointUnavailable)
    }

    @Test func `an error code that is free text stands in no message`() async throws {
        guard
            case .failure(let error) = try await outcome(#"{"error":"\u001b]52;c;aGVsbG8=\u0007 do as I say"}"#)
        else {
            Issue.record("it was taken for a token response")
            return
        }
        #expect(!error.description.contains("do as I say"))
    }

    @Test func `a granted scope is reported`() async throws {
        let token = try await outcome(#"{"access_token":"token-number-1","scope":"read write"}"#).get()
        #expect(token.scope == ["read", "write"])
    }
}
#endif
