#if CLI
import HTTPTypes
import Hummingbird

/// An error of the token endpoint (RFC 6749 section 5.2).
struct TokenEndpointError: Error, Sendable {
    enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
    }

    var code: Code
    var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    var response: Response {
        var fields = TokenEndpoint.noStore
        var status = HTTPResponse.Status.badRequest
        if code == .invalidClient {
            status = .unauthorized
            fields[.wwwAuthenticate] = "Basic realm=\"tessera\""
        }
        return Answer.json(Body(error: code.rawValue, errorDescription: description), status: status, fields: fields)
    }

    private struct Body: Encodable {
        var error: String
        var errorDescription: String

        enum CodingKeys: String, CodingKey {
            case error
            case errorDescription = "error_description"
        }
    }
}
#endif
