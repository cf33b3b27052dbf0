#if Secrets
import TesseraCore

/// Where a service of AWS is asked: host names are made of regions, and may be replaced by name.
enum AWSEndpoint {
    enum Service: String {
        case secretsManager = "secretsmanager"
        case securityTokens = "sts"
        case singleSignOn = "portal.sso"

        /// The end of the variable that replaces its endpoint.
        fileprivate var variable: String {
            switch self {
            case .secretsManager: "SECRETS_MANAGER"
            case .securityTokens: "STS"
            case .singleSignOn: "SSO"
            }
        }
    }

    /// The region that the variables or the profile name; nil when none does.
    static func region(_ selection: AWSProfileSelection) throws -> String? {
        let environment = selection.environment
        if let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] { return try checked(region) }
        return try selection.load()[selection.chosen.name]?["region"].map { try checked($0) }
    }

    /// A region stands in host names, so nothing but letters, digits and hyphens may be in it.
    static func checked(_ region: String) throws -> String {
        guard (1...63).contains(region.utf8.count), region.utf8.first != UInt8(ascii: "-"),
            region.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") })
        else {
            throw TesseraError(
                .misconfigured, "the AWS region is empty or holds what no region's name holds",
                remedy: "write it as in eu-west-1")
        }
        return region.lowercased()
    }

    /// The URL of a service.
    ///
    /// - Parameter override: The caller's own; nil for what variables or the profile say, or AWS's.
    /// - Throws: With code `insecureTransport` for an override without TLS that is not on this machine.
    static func url(
        _ service: Service, region: String, override: String? = nil, _ selection: AWSProfileSelection
    ) throws -> String {
        guard let replaced = try override ?? configured(service, selection) else {
            return "https://\(service.rawValue).\(region).\(suffix(of: region))"
        }
        let url = try AbsoluteURL(replaced)
        guard url.origin.scheme == .https || url.origin.mayCarryCredentialsInClear else {
            throw TesseraError(
                .insecureTransport, "the endpoint \(url.origin) for \(service.rawValue) is not https",
                remedy: "use https; only this machine itself may be asked without")
        }
        guard url.query == nil else {
            throw TesseraError(.invalidURL, "the endpoint for \(service.rawValue) holds a query")
        }
        return replaced
    }

    private static func configured(_ service: Service, _ selection: AWSProfileSelection) throws -> String? {
        let environment = selection.environment
        guard !environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") else { return nil }
        if let url = environment["AWS_ENDPOINT_URL_\(service.variable)"] ?? environment["AWS_ENDPOINT_URL"] {
            return url
        }
        return try selection.load()[selection.chosen.name]?["endpoint_url"]
    }

    /// The domain of the partition that a region lies in.
    private static func suffix(of region: String) -> String {
        let domains = [
            ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
            ("us-iso-", "c2s.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
        ]
        return domains.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    }
}
#endif
