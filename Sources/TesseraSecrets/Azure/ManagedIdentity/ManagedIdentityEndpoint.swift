#if Secrets
import TesseraCore

/// Where a machine's identity is asked for: a pure function of the environment, and of nothing a peer says.
enum ManagedIdentityEndpoint: Sendable {
    /// The metadata server of a virtual machine.
    case metadata(AbsoluteURL)
    /// App Service, Functions, Container Apps: with a header that shows that this process may ask.
    case appService(AbsoluteURL, header: Secret)
    /// The agent of Azure Arc on a server elsewhere.
    case arc(AbsoluteURL)

    /// - Throws: When a place is named that no token must be asked for at: it would get the header, or hand out tokens of
    ///   its own (threat A4).
    init(_ variable: (String) -> String?) throws {
        func set(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let endpoint = set("IDENTITY_ENDPOINT") {
            if let header = set("IDENTITY_HEADER") {
                guard set("IDENTITY_SERVER_THUMBPRINT") == nil else {
                    throw TesseraError(
                        .misconfigured, "the managed identities of Service Fabric are not supported",
                        remedy: "use a client secret, a certificate or a workload identity")
                }
                self = .appService(try Self.nearby(endpoint, "IDENTITY_ENDPOINT"), header: Secret(header))
                return
            }
            if set("IMDS_ENDPOINT") != nil {
                let url = try Self.nearby(endpoint, "IDENTITY_ENDPOINT")
                guard url.origin.isLoopback else {
                    throw TesseraError(
                        .misconfigured,
                        "IDENTITY_ENDPOINT names \(url.origin), and the agent of Azure Arc is not there",
                        remedy: "the agent listens on localhost")
                }
                self = .arc(url)
                return
            }
        }
        let host = set("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254"
        let base = try Self.nearby(host, "AZURE_POD_IDENTITY_AUTHORITY_HOST")
        self = .metadata(try base.resolving("/metadata/identity/oauth2/token"))
    }

    private static func nearby(_ text: String, _ variable: String) throws -> AbsoluteURL {
        let url = try AbsoluteURL(text)
        guard url.origin.isNearby, url.query == nil else {
            throw TesseraError(
                .misconfigured, "\(variable) names \(url.origin), which is no place for a machine's identity",
                remedy: "loopback and link-local addresses are, without a query")
        }
        return url
    }

    var url: AbsoluteURL {
        switch self {
        case .metadata(let url), .appService(let url, _), .arc(let url): url
        }
    }

    var apiVersion: String {
        switch self {
        case .metadata: "2018-02-01"
        case .appService: "2019-08-01"
        case .arc: "2020-06-01"
        }
    }

    var name: String {
        switch self {
        case .metadata: "metadata server"
        case .appService: "App Service"
        case .arc: "Azure Arc"
        }
    }
}

/// The identity of a machine.
struct ManagedIdentity: Sendable {
    var endpoint: ManagedIdentityEndpoint
    /// A user-assigned identity's id.
    var client: String?
    /// The variables that were looked for before and are not set.
    var passedOver: [String]
}
#endif
