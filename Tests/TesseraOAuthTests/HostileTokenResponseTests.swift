#if OAuth
import Foundation
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Sixty values in every member of a token response, in a child process: whatever an authorization server answers, the
/// process lives, and the caller gets a token or an error with a code of its own.
@Suite struct `Hostile token responses` {
    static let members = [
        "access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token", "error", "error_description",
    ]

    static let values: [String] = {
        let numbers = [
            "0", "-0", "1", "-1", "0.5", "1e300", "-1e300", "1e-300", "1e400", "9223372036854775807",
            "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
            "18446744073709551616", "340282366920938463463374607431768211456", "2147483648", "4294967296", "1E5", "00",
            "9007199254740991", "9007199254740992", "9007199254740993", "NaN", "Infinity", "-Infinity", "0x10",
        ]
        let texts = [
            #""""#, #""a""#, #""Bearer""#, #""1e300""#, #""-1""#, #""99999999999999999999""#, #""\u0000""#,
            #""\r\nX: 1""#,
            #""\ud800""#, #""\u202e""#, #""\u001b]0;x\u0007""#, #""é""#, #""🔑""#, #"" ""#, #""a b""#, #""a,b""#,
            #""\"""#, #""\\""#, "\"\u{1}\"", "\"unterminated",
        ]
        let others = [
            "null", "true", "false", "[]", "{}", "[1]", #"{"a":1}"#, "[[[[]]]]", "[null]",
            String(repeating: "[", count: 10_000),
            String(repeating: "[", count: 400) + String(repeating: "]", count: 400),
            "\"" + String(repeating: "A", count: 100_000) + "\"", "\"" + String(repeating: "é", count: 20_000) + "\"",
            #"{"a":{"a":{"a":{}}}}"#, ",", "",
        ]
        return numbers + texts + others
    }()

    static func answer(_ member: String, _ value: String) -> String {
        var all = ["access_token": #""token-number-1""#, "token_type": #""Bearer""#, "expires_in": "60"]
        all[member] = value
        // The member twice: a parser that makes a dictionary with unique keys would trap.
        return "{" + all.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",")
            + #","\#(member)":\#(value)}"#
    }

    static func outcome(_ body: String) async -> TesseraError.Code?? {
        let server = MockTransport()
        server.on(.post, "/token").reply(headers: ["Content-Type": "application/json"], body: body)
        do {
            let client = try OAuthClient(
                issuer: "https://login.test", id: "billing", authentication: .publicClient,
                tokenEndpoint: "https://login.test/token", transport: server)
            _ = try await client.clientCredentials().accessToken(within: .seconds(20))
            return .some(nil)
        } catch let error as TesseraError {
            return error.code
        } catch {
            return nil
        }
    }

    @Test func `there are at least sixty values`() {
        #expect(Set(Self.values).count >= 60)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7])
    func `no value of a member ends the process or comes out as a stray error`(member: Int) async {
        await #expect(processExitsWith: .success) { [member] in
            let allowed: Set<TesseraError.Code> = [
                .invalidTokenResponse, .tokenRequestRefused, .tokenEndpointUnavailable,
            ]
            for value in Self.values {
                let result = await Self.outcome(Self.answer(Self.members[member], value))
                guard let outcome = result else { exit(2) }
                if let code = outcome, !allowed.contains(code) { exit(3) }
            }
            exit(0)
        }
    }

    @Test func `a child that traps is noticed`() async {
        await #expect(processExitsWith: .failure) {
            let numbers = [1e300]
            exit(Int32(truncatingIfNeeded: Int(numbers[0])))
        }
    }
}
#endif
