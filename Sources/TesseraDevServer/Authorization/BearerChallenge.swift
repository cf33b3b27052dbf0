#if CLI
import HTTPTypes
import Hummingbird

/// The challenge of a protected resource (RFC 6750 section 3).
enum BearerChallenge {
    /// Section 3.1: a request without a token learns the scheme, not an error.
    case missing
    case invalidToken(description: String)
    case invalidRequest(description: String)

    /// The value of `WWW-Authenticate`.
    var fieldValue: String {
        switch self {
        case .missing:
            "Bearer realm=\"tessera\""
        case .invalidToken(let description):
            "Bearer realm=\"tessera\", error=\"invalid_token\", error_description=\"\(description)\""
        case .invalidRequest(let description):
            "Bearer realm=\"tessera\", error=\"invalid_request\", error_description=\"\(description)\""
        }
    }

    /// The failure with its challenge, answered as problem details.
    func problem(outcome: String) -> Problem {
        let fields: HTTPFields = [.wwwAuthenticate: fieldValue]
        return switch self {
        case .missing:
            Problem(.unauthorized, detail: "An access token is needed.", outcome: outcome, fields: fields)
        case .invalidToken(let description):
            Problem(.unauthorized, detail: description, outcome: outcome, fields: fields)
        case .invalidRequest(let description):
            Problem(.badRequest, detail: description, outcome: outcome, fields: fields)
        }
    }
}
#endif
