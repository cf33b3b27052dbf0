#if OAuth
import TesseraCore

/// What a token endpoint's answer to a refresh means for the refresh token (rotation, lines 7 to 11).
enum TokenVerdict: Sendable {
    /// The server rotated, or kept, the refresh token (line 11).
    case valid(TokenAnswer)
    /// The server cannot have seen the request (line 7).
    case unsent(after: Duration?, TesseraError?)
    /// The client did not prove who it is; the refresh token is not spent (line 8).
    case clientRefused(TesseraError?)
    /// Something else of the request is not allowed; the refresh token is not spent (line 8).
    case requestRefused(TesseraError?)
    /// The refresh token is refused (line 9).
    case grantRefused(TesseraError?)
    /// The server may have processed the request or not (line 10).
    case ambiguous(after: Duration?, TesseraError?)
}

/// A refresh that succeeded (RFC 6749 §5.1 and §6).
struct TokenAnswer: Sendable {
    /// The access token; nil when it cannot be used, while the refresh token must be kept all the same.
    var accessToken: Secret?
    var lifetime: Duration?
    /// The granted scope; empty when the server did not say.
    var granted: Set<String> = []
    /// The next refresh token; nil when the old one stays (RFC 6749 §6).
    var refreshToken: Secret?
    /// Who the ID token says the tokens belong to (OpenID Connect Core §12.2); nil without one.
    var subject: String?
    /// Why there is no access token.
    var flaw: TesseraError?
}
#endif
