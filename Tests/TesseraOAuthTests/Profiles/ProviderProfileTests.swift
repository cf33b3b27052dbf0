#if OAuth
import TesseraCore
import Testing

@testable import TesseraOAuth

@Suite struct `Provider profile` {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var result: TokenEndpointOutcome.Result
        var profile = ProviderProfile.strict
        /// Nil for a success.
        var meaning: ProviderProfile.Meaning?
        var testDescription: String { name }
    }

    static let lenient: ProviderProfile = {
        var profile = ProviderProfile(name: "lenient", rotation: .rotates, grace: .seconds(30))
        profile.errors = ["bad_refresh_token": .grantRefused, "invalid_request": .clientRefused]
        profile.emptyBadRequest = .ambiguous
        profile.rateLimited = .unprocessed
        profile.clientRefusals = [401]
        return profile
    }()

    static let rows: [Row] = [
        Row(name: "never handed to a transport", result: .notHandedOver, meaning: .unprocessed),
        Row(
            name: "the name does not resolve", result: .failed(.unreachable, .resolve, .nothingSent),
            meaning: .unprocessed),
        Row(name: "nobody listens", result: .failed(.unreachable, .connect, .nothingSent), meaning: .unprocessed),
        Row(name: "the certificate is wrong", result: .failed(.tls, .tls, .nothingSent), meaning: .unprocessed),
        Row(
            name: "REFUSED_STREAM or GOAWAY", result: .failed(.disconnected, .head, .provablyUnprocessed),
            meaning: .unprocessed),
        Row(name: "cut while sending", result: .failed(.disconnected, .write, .sent(bytes: 12)), meaning: .ambiguous),
        Row(name: "no answer in time", result: .failed(.timeout, .head, .sent(bytes: nil)), meaning: .ambiguous),
        Row(name: "a body that is cut", result: .failed(.disconnected, .body, .sent(bytes: nil)), meaning: .ambiguous),
        Row(
            name: "a body that is too long", result: .failed(.limitExceeded, .body, .sent(bytes: nil)),
            meaning: .ambiguous),
        Row(
            name: "tokens", result: .answered(status: 200, .members(hasAccessToken: true, hasRefreshToken: true)),
            meaning: nil),
        Row(
            name: "tokens, refresh token omitted",
            result: .answered(status: 200, .members(hasAccessToken: true, hasRefreshToken: false)), meaning: nil),
        Row(
            name: "a refresh token and nothing else",
            result: .answered(status: 200, .members(hasAccessToken: false, hasRefreshToken: true)), meaning: nil),
        Row(
            name: "200 with an object of something else",
            result: .answered(status: 200, .members(hasAccessToken: false, hasRefreshToken: false)), meaning: .ambiguous
        ),
        Row(name: "200 and a login page", result: .answered(status: 200, .undecodable), meaning: .ambiguous),
        Row(name: "200 and nothing", result: .answered(status: 200, .empty), meaning: .ambiguous),
        Row(name: "200 invalid_grant", result: .answered(status: 200, .error("invalid_grant")), meaning: .grantRefused),
        Row(name: "302", result: .answered(status: 302, .empty), meaning: .ambiguous),
        Row(name: "400 invalid_grant", result: .answered(status: 400, .error("invalid_grant")), meaning: .grantRefused),
        Row(name: "401 invalid_grant", result: .answered(status: 401, .error("invalid_grant")), meaning: .grantRefused),
        Row(
            name: "400 invalid_client", result: .answered(status: 400, .error("invalid_client")),
            meaning: .clientRefused),
        Row(
            name: "401 invalid_client", result: .answered(status: 401, .error("invalid_client")),
            meaning: .clientRefused),
        Row(name: "401, empty", result: .answered(status: 401, .empty), meaning: .clientRefused),
        Row(name: "403, empty", result: .answered(status: 403, .empty), meaning: .clientRefused),
        Row(name: "403, a page", result: .answered(status: 403, .undecodable), meaning: .clientRefused),
        Row(
            name: "403, empty, at a server that means something else", result: .answered(status: 403, .empty),
            profile: lenient, meaning: .ambiguous),
        Row(name: "400, empty", result: .answered(status: 400, .empty), meaning: .grantRefused),
        Row(
            name: "400, empty, at a server that means something else", result: .answered(status: 400, .empty),
            profile: lenient, meaning: .ambiguous),
        Row(name: "400 and a firewall's page", result: .answered(status: 400, .undecodable), meaning: .ambiguous),
        Row(
            name: "400 invalid_scope", result: .answered(status: 400, .error("invalid_scope")), meaning: .requestRefused
        ),
        Row(
            name: "400 invalid_target", result: .answered(status: 400, .error("invalid_target")),
            meaning: .requestRefused),
        Row(
            name: "400 unauthorized_client", result: .answered(status: 400, .error("unauthorized_client")),
            meaning: .requestRefused),
        Row(
            name: "400 with an error outside the registry", result: .answered(status: 400, .error("scope_invalid")),
            meaning: .requestRefused),
        Row(
            name: "the same where the profile knows it", result: .answered(status: 400, .error("bad_refresh_token")),
            profile: lenient, meaning: .grantRefused),
        Row(
            name: "a registered error that the server uses in its own way",
            result: .answered(status: 400, .error("invalid_request")), profile: lenient, meaning: .clientRefused),
        Row(
            name: "200 with an error outside the registry", result: .answered(status: 200, .error("bad_refresh_token")),
            meaning: .ambiguous),
        Row(name: "429", result: .answered(status: 429, .empty), meaning: .ambiguous),
        Row(name: "429 invalid_grant", result: .answered(status: 429, .error("invalid_grant")), meaning: .ambiguous),
        Row(
            name: "429 where the limiter stands in front", result: .answered(status: 429, .empty), profile: lenient,
            meaning: .unprocessed),
        Row(name: "500", result: .answered(status: 500, .undecodable), meaning: .ambiguous),
        Row(name: "500 invalid_grant", result: .answered(status: 500, .error("invalid_grant")), meaning: .ambiguous),
        Row(name: "502 of a proxy", result: .answered(status: 502, .undecodable), meaning: .ambiguous),
        Row(name: "503", result: .answered(status: 503, .empty), meaning: .ambiguous),
        Row(name: "504 of a proxy", result: .answered(status: 504, .undecodable), meaning: .ambiguous),
        Row(
            name: "400 temporarily_unavailable", result: .answered(status: 400, .error("temporarily_unavailable")),
            meaning: .ambiguous),
        Row(name: "404", result: .answered(status: 404, .undecodable), meaning: .ambiguous),
    ]

    @Test(arguments: rows)
    func `an outcome has one meaning`(_ row: Row) {
        #expect(row.profile.meaning(of: TokenEndpointOutcome(result: row.result)) == row.meaning)
    }

    @Test func `an unknown server is taken for the strictest`() {
        #expect(ProviderProfile.strict.rotation == .oneTime)
        #expect(ProviderProfile.djangoOAuthToolkit().rotation == .oneTime)
        #expect(ProviderProfile.djangoOAuthToolkit(grace: .seconds(30)).rotation == .rotates)
        #expect(ProviderProfile.authlib.rotation == .oneTime)
        #expect(LoginSettings().profile == .strict)
    }
}
#endif
