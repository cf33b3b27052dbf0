#if Secrets
public import TesseraCore

/// A cloud of Azure: where its identities get their tokens.
public struct AzureAuthority: Sendable, Hashable {
    /// Where tokens are asked for.
    public let origin: Origin
    /// Other names of the same authority, which challenges may use.
    private let aliases: Set<String>

    /// Azure's public cloud.
    public static let publicCloud = AzureAuthority(
        "login.microsoftonline.com", ["login.windows.net", "login.microsoft.com", "sts.windows.net"])
    /// Azure in China.
    public static let china = AzureAuthority("login.chinacloudapi.cn", ["login.partner.microsoftonline.cn"])
    /// Azure for the government of the United States.
    public static let usGovernment = AzureAuthority("login.microsoftonline.us", ["login.usgovcloudapi.net"])

    /// The authority with the given host or https URL.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` or
    ///   ``TesseraCore/TesseraError/Code/insecureTransport``.
    public init(_ host: String) throws {
        let url = try AbsoluteURL(host.contains("://") ? host : "https://\(host)")
        guard url.origin.scheme == .https else {
            throw TesseraError(
                .insecureTransport, "the authority \(url.origin) is not https", remedy: "use its https URL")
        }
        guard url.path == "/", url.query == nil else {
            throw TesseraError(
                .misconfigured, "the authority \(url.origin) has a path or a query",
                remedy: "give its host only, and the tenant by itself")
        }
        let known = [AzureAuthority.publicCloud, .china, .usGovernment].first { $0.origin == url.origin }
        self = known ?? AzureAuthority(origin: url.origin, aliases: [])
    }

    private init(origin: Origin, aliases: Set<String>) {
        self.origin = origin
        self.aliases = aliases
    }

    private init(_ host: StaticString, _ aliases: Set<String>) {
        guard let origin = Origin(scheme: .https, host: "\(host)") else {
            preconditionFailure("\(host) is a host in this file")
        }
        self.init(origin: origin, aliases: aliases)
    }

    /// Whether an origin is one of the authority's names.
    func includes(_ other: Origin) -> Bool {
        other == origin || (other.scheme == .https && other.port == 443 && aliases.contains(other.host))
    }
}

/// A tenant at an authority.
struct AzureTenant: Sendable, Hashable {
    let authority: AzureAuthority
    /// A GUID or a domain.
    let tenant: String

    /// - Throws: When the tenant is none: it becomes a part of the token endpoint's URL.
    init(_ tenant: String, at authority: AzureAuthority) throws {
        let isName =
            (1...253).contains(tenant.utf8.count) && !tenant.hasPrefix(".")
            && tenant.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x2E
            }
        guard isName else {
            throw TesseraError(
                .misconfigured, "the tenant is neither a GUID nor a domain", remedy: "check AZURE_TENANT_ID")
        }
        self.tenant = tenant
        self.authority = authority
    }

    var issuer: String { "\(authority.origin)/\(tenant)/v2.0" }
    var tokenEndpoint: String { "\(authority.origin)/\(tenant)/oauth2/v2.0/token" }

    /// Whether a name stands for this tenant. Only GUIDs can be compared: a tenant has one, and many domains.
    func mayBe(_ other: String) -> Bool {
        guard AzureTenant.isGUID(tenant), AzureTenant.isGUID(other) else { return true }
        return tenant.lowercased() == other.lowercased()
    }

    private static func isGUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
#endif
