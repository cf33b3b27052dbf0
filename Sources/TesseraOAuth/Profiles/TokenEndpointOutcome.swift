#if OAuth
import TesseraCore

/// What came of a request to the token endpoint, as far as the refresh token's fate depends on it: no live message.
struct TokenEndpointOutcome: Sendable, Hashable {
    enum Result: Sendable, Hashable {
        /// It failed before it was handed to the transport.
        case notHandedOver
        case failed(TransportFailure.Kind, TransportFailure.Phase, TransportFailure.Progress)
        case answered(status: Int, Body)
    }

    enum Body: Sendable, Hashable {
        case empty
        /// No JSON object.
        case undecodable
        /// A JSON object with this `error`.
        case error(String)
        /// A JSON object without `error`; what it holds that could be kept.
        case members(hasAccessToken: Bool, hasRefreshToken: Bool)
    }

    var result: Result
    var retryAfter: Duration?
}

extension ProviderProfile {
    /// What an outcome means for the refresh token (rotation, lines 7 to 11); nil for a success.
    func meaning(of outcome: TokenEndpointOutcome) -> Meaning? {
        switch outcome.result {
        case .notHandedOver: .unprocessed
        case .failed(_, _, .nothingSent), .failed(_, _, .provablyUnprocessed): .unprocessed
        case .failed: .ambiguous
        case .answered(let status, let body): meaning(status, body)
        }
    }

    private func meaning(_ status: Int, _ body: TokenEndpointOutcome.Body) -> Meaning? {
        if case .error(let code) = body, let meaning = meaning(ofError: code, status) { return meaning }
        switch status {
        case 200..<300:
            switch body {
            // A 2xx with the next refresh token is kept, however broken the rest may be.
            case .members(let access, let refresh) where access || refresh: return nil
            default: return .ambiguous
            }
        case 429: return rateLimited
        case _ where clientRefusals.contains(status) && !body.hasError: return .clientRefused
        case 400 where body == .empty: return emptyBadRequest
        default: return .ambiguous
        }
    }

    /// RFC 6749 §5.2, RFC 8707 §2 and what the profile adds.
    private func meaning(ofError code: String, _ status: Int) -> Meaning? {
        if let meaning = errors[code] { return meaning }
        guard status < 500, status != 429 else { return nil }
        switch code {
        case "invalid_grant": return .grantRefused
        case "invalid_client": return .clientRefused
        case "invalid_request", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target":
            return .requestRefused
        case "temporarily_unavailable", "server_error": return .ambiguous
        // The server read the request and says no, in words of its own: not a reason to give a login up.
        default: return status >= 400 ? .requestRefused : nil
        }
    }
}

extension TokenEndpointOutcome.Body {
    fileprivate var hasError: Bool {
        if case .error = self { true } else { false }
    }
}
#endif
