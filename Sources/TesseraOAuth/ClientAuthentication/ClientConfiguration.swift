#if OAuth
import TesseraCore

/// What one secret in a secret manager says of a client: where to ask for tokens, and as whom.
///
/// ```json
/// {"token_url": "https://login.example.com/token", "client_id": "billing", "client_secret": "…"}
/// ```
struct ClientConfiguration: Decodable {
    var tokenURL: String
    var clientID: String
    var clientSecret: String
    /// `client_secret_basic` (RFC 6749 §2.3.1, the default) or `client_secret_post`, by their names in RFC 7591.
    var method: String?

    private enum CodingKeys: String, CodingKey {
        case tokenURL = "token_url"
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case method = "token_endpoint_auth_method"
    }

    /// - Throws: With code `misconfigured`, and without a word of the secret.
    init(_ secret: Secret) throws {
        do {
            self = try secret.withExposedBytes { try JSONCoding().decode(ClientConfiguration.self, from: Array($0)) }
        } catch {
            throw TesseraError(
                .misconfigured, "the secret with the client's configuration cannot be read",
                remedy: "store a JSON object with token_url, client_id and client_secret, all of them text",
                underlying: error)
        }
    }

    func client(transport: (any Transport)?) throws -> OAuthClient {
        let secret = Secret(clientSecret)
        let authentication: ClientAuthentication
        switch method ?? "client_secret_basic" {
        case "client_secret_basic": authentication = .secretBasic(secret)
        case "client_secret_post": authentication = .secretPost(secret)
        default:
            throw TesseraError(
                .misconfigured,
                "the client's configuration names a token_endpoint_auth_method that needs more than a secret",
                remedy: "use client_secret_basic or client_secret_post, or make an OAuthClient in code")
        }
        return try OAuthClient(
            issuer: try Origin(tokenURL).description, id: clientID, authentication: authentication,
            tokenEndpoint: tokenURL, transport: transport)
    }
}
#endif
