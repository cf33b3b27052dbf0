extension TesseraError {
    /// Why a person must log in again.
    public enum LoginReason: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nobody has logged in yet.
        case notLoggedIn
        /// The authorization server refused the refresh token (RFC 6749 §5.2 `invalid_grant`).
        case refused
        /// The answer to the one request that could have renewed the login was lost.
        case responseLost
        /// The renewed login could not be stored, and was given up at shutdown.
        case storeFailed
        /// Logged out here.
        case loggedOut
        /// The authorization server answered with tokens of another person (OpenID Connect Core §12.2).
        case accountChanged
    }

    /// What a program can do about an error of a token's life.
    public enum Recovery: Sendable, Hashable {
        /// Ask a person to log in again.
        case loginRequired(LoginReason)
        /// Try again later; the wait is named if it is known.
        case retryLater(after: Duration?)
        /// Change the configuration, here or at the authorization server.
        case misconfigured
    }

    /// Why a person must log in again; nil for every code but ``Code/loginRequired``.
    public var loginReason: LoginReason? { details.loginReason }

    /// The error code of the authorization server, for example `invalid_grant` (RFC 6749 §5.2); nil when there was none.
    public var authorizationError: String? { details.authorizationError }

    /// What to do about it; nil for errors that are not of a token's life.
    public var recovery: Recovery? {
        switch code {
        case .loginRequired: .loginRequired(loginReason ?? .refused)
        case .retryLater, .tokenEndpointUnavailable, .rateLimited, .timeout, .connection, .storeFailed, .circuitOpen,
            .overloaded:
            .retryLater(after: retryAfter)
        case .misconfigured, .tokenRequestRefused, .invalidTokenResponse, .discoveryFailed, .secretUnavailable,
            .storeUnsupported, .storeInsecure, .storeTooNew, .storeKeyMismatch, .insecureTransport,
            .malformedCredential:
            .misconfigured
        default: nil
        }
    }

    /// The error that asks for a login.
    package static func loginRequired(
        _ reason: LoginReason, _ message: String, remedy: String = "log in again", details: Details = Details()
    ) -> TesseraError {
        var details = details
        details.loginReason = reason
        return TesseraError(.loginRequired, message, remedy: remedy, details: details)
    }

    /// The error that asks to come back after a wait.
    package static func retryLater(
        after wait: Duration?, _ message: String, remedy: String? = nil, underlying: (any Error)? = nil
    ) -> TesseraError {
        var details = Details()
        details.retryAfter = wait
        details.underlying = underlying
        let when = wait.map { "try again in \($0.brief)" } ?? "try again later"
        return TesseraError(.retryLater, message, remedy: remedy ?? when, details: details)
    }
}
