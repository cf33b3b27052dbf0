#if Secrets
import HTTPTypes
import TesseraCore

/// The addresses at which a machine or a container tells its own credentials, without TLS.
///
/// What a variable names is held to this list, decided on the literal alone (threat A4): whoever can set a variable must
/// not make the program send its authorization token, or take credentials, elsewhere.
enum AWSMetadataEndpoint {
    enum Kind {
        case container, instance

        fileprivate var hosts: Set<String> {
            switch self {
            case .container: ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
            case .instance: ["169.254.169.254", "[fd00:ec2::254]"]
            }
        }
    }

    /// - Throws: With code `invalidURL`, for every other address with code `misconfigured`.
    static func checked(_ text: String, _ kind: Kind, namedBy variable: String) throws -> AbsoluteURL {
        let url = try AbsoluteURL(text)
        guard url.origin.isLoopback || (url.origin.scheme == .http && kind.hosts.contains(url.origin.host)) else {
            throw TesseraError(
                .misconfigured, "\(variable) names \(url.origin), where no credentials are asked for",
                remedy:
                    "only this machine and AWS's link-local addresses are: \(kind.hosts.sorted().joined(separator: ", "))"
            )
        }
        return url
    }

    /// A session that goes nowhere else: through no proxy, and without waiting long for what may not be there.
    static func session(
        _ url: AbsoluteURL, _ search: AWSCredentialSearch, timeout: Duration, attempts: Int
    ) throws -> Session {
        try SecretEndpoint.session(url.origin.description, search.transport, search.fetch) { settings in
            settings.proxy = .none
            settings.allowsInsecureCredentials = true
            settings.timeouts.connect = min(timeout, settings.timeouts.connect)
            settings.timeouts.attempt = min(timeout, settings.timeouts.attempt)
            settings.retry.attempts = attempts
            settings.retry.methods = [.get, .put]
            settings.limits.bodyBytes = 65_536
        }
    }
}
#endif
