#if Secrets
import TesseraCore

/// Which of the URLs that a file of credentials or the environment names may be asked (threat A4): pure, and decided
/// before anything is signed or connected.
struct GoogleEndpointPolicy: Sendable {
    enum Role: String, CaseIterable {
        /// `token_uri`: gets signed assertions and refresh tokens.
        case token = "oauth2"
        /// `token_url` of an external account: gets the platform's tokens.
        case exchange = "sts"
        /// `service_account_impersonation_url`: gets access tokens.
        case impersonation = "iamcredentials"
        /// `credential_source.url`: is asked from this machine's place in the network.
        case subjectToken = "credential_source.url"
        /// `GCE_METADATA_HOST`.
        case metadata = "GCE_METADATA_HOST"
    }

    let trusted: [Origin]

    init(trusting urls: [String]) throws {
        trusted = try urls.map { try Origin($0) }
    }

    /// - Throws: With code `misconfigured`.
    func check(_ text: String, _ role: Role) throws -> AbsoluteURL {
        guard let url = try? AbsoluteURL(text) else {
            throw TesseraError(.misconfigured, "Google's credentials name an unusable URL for \(role.rawValue)")
        }
        let origin = url.origin
        guard isOwn(origin, role) || isTrusted(origin, role) else {
            throw TesseraError(
                .misconfigured,
                "Google's credentials want \(origin) to be asked as \(role.rawValue), which is not Google's",
                remedy: "if that is right, name the origin in trustedEndpoints; only https, or loopback")
        }
        return url
    }

    private func isTrusted(_ origin: Origin, _ role: Role) -> Bool {
        guard trusted.contains(origin) else { return false }
        if origin.scheme == .https || origin.isLoopback { return true }
        // Metadata services speak http; they are told nothing that is secret.
        return role == .metadata || (role == .subjectToken && origin.host == "169.254.169.254")
    }

    private func isOwn(_ origin: Origin, _ role: Role) -> Bool {
        switch role {
        case .token, .exchange, .impersonation:
            return origin.scheme == .https && origin.port == 443
                && GoogleEndpointPolicy.isAPI(origin.host, role.rawValue)
        case .subjectToken:
            return origin.scheme == .https && origin.port == 443
                && origin.host.hasSuffix(".actions.githubusercontent.com")
        case .metadata:
            return origin.isLoopback
                || ["169.254.169.254", "[fd20:ce::254]", "metadata.google.internal"].contains(origin.host)
        }
    }

    /// The service itself, with mutual TLS, or in a region. Other names below `googleapis.com` may be anybody's: each
    /// bucket of Cloud Storage has one.
    private static func isAPI(_ host: String, _ service: String) -> Bool {
        if host == "\(service).googleapis.com" || host == "\(service).mtls.googleapis.com" { return true }
        guard host.hasPrefix("\(service)."), host.hasSuffix(".rep.googleapis.com") else { return false }
        return host.split(separator: ".", omittingEmptySubsequences: false).count == 5
    }
}
#endif
