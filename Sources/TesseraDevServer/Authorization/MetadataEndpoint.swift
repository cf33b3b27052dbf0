#if CLI
import HTTPTypes
import Hummingbird

/// `GET /.well-known/oauth-authorization-server`: authorization server metadata (RFC 8414).
///
/// The issuer is the primary origin, also when the second one is asked: a client that checks the issuer as section 3.3
/// demands refuses the second origin's answer.
struct MetadataEndpoint: Sendable {
    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        guard let issuer = state.url(of: .primary) else {
            throw Problem(.serviceUnavailable, detail: "The server is starting.", outcome: "starting")
        }
        return Answer.json(
            Metadata(
                issuer: issuer,
                tokenEndpoint: issuer + "/token",
                grantTypes: [TokenEndpoint.clientCredentials],
                authenticationMethods: ["client_secret_basic", "client_secret_post"],
                responseTypes: [],
                scopes: Scope.supported))
    }

    /// RFC 8414 section 2.
    private struct Metadata: Encodable {
        var issuer: String
        var tokenEndpoint: String
        var grantTypes: [String]
        var authenticationMethods: [String]
        var responseTypes: [String]
        var scopes: [String]

        enum CodingKeys: String, CodingKey {
            case issuer
            case tokenEndpoint = "token_endpoint"
            case grantTypes = "grant_types_supported"
            case authenticationMethods = "token_endpoint_auth_methods_supported"
            case responseTypes = "response_types_supported"
            case scopes = "scopes_supported"
        }
    }
}
#endif
