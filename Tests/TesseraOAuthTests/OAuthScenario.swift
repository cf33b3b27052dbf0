#if OAuth
import HTTPTypes
import TesseraCore
import TesseraTesting

@testable import TesseraOAuth

/// A client, its authorization server and an API, all prepared on one mock transport.
struct OAuthScenario {
    let server = MockTransport()

    static let tokenURL = "https://login.test/token"

    func client(
        _ authentication: ClientAuthentication = .secretBasic(Secret.fixture("client-secret-42")),
        tokenEndpoint: String? = OAuthScenario.tokenURL, trusted: [String] = []
    ) throws -> OAuthClient {
        try OAuthClient(
            issuer: "https://login.test", id: "billing", authentication: authentication, tokenEndpoint: tokenEndpoint,
            trustedEndpoints: trusted)
    }

    func api(_ source: any TokenSource, _ configure: (inout Session.Configuration) -> Void = { _ in }) throws -> Session
    {
        try Session("https://api.test", auth: .oauth(source), transport: server) {
            $0.proxy = .none
            configure(&$0)
        }
    }

    /// Answers with `t1`, `t2`, … of the given life.
    func issueTokens(_ count: Int, expiresIn: Int64 = 60) {
        let route = server.on(.post, OAuthScenario.tokenURL)
        for number in 1...max(1, count) {
            route.reply(json: [
                "access_token": .string("token-number-\(number)"), "token_type": "Bearer",
                "expires_in": .integer(expiresIn),
            ])
        }
    }

    var tokenRequests: Int { server.count(.post, OAuthScenario.tokenURL) }

    /// What a resource saw in `Authorization`, in order.
    func bearers(_ path: String) -> [String] {
        server.requests.filter { $0.path == path }.map { $0.headerFields[.authorization] ?? "none" }
    }
}
#endif
