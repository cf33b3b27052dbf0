#if NIO
import NIOCore
import TesseraCore

extension NIOTransport {
    /// How host names become addresses: first by `addresses`, then by `lookup`, then by the system.
    public struct DNS: Sendable {
        /// IP addresses of host names, as literals such as `192.0.2.7` or `2001:db8::1`. Names are compared in lower
        /// case, without regard to a dot at their end.
        public var addresses: [String: [String]] = [:]
        /// Asked for names that are not in `addresses`: IP literals, or nil to ask the system.
        public var lookup: (@Sendable (_ host: String) async throws -> [String]?)?

        /// The system's.
        public init() {}
    }
}

extension NIOTransport.DNS {
    /// More addresses than that are left aside: a long list is no reason to try for ever.
    static let mostAddresses = 32

    func validate() throws(TesseraError) {
        for (name, literals) in addresses {
            guard let origin = Origin(scheme: .http, host: name), IPLiteral(host: origin.host) == nil else {
                throw TesseraError(
                    .misconfigured, "NIOTransport: dns.addresses has a key that is no host name",
                    remedy: "use names in ASCII such as api.example.com")
            }
            guard !literals.isEmpty, literals.allSatisfy({ IPLiteral($0) != nil }) else {
                throw TesseraError(
                    .misconfigured, "NIOTransport: dns.addresses has no IP addresses for \(origin.host)",
                    remedy: "give literals such as 192.0.2.7 or 2001:db8::1")
            }
        }
    }

    /// The fixed addresses of a name.
    func fixedAddresses(of host: String) -> [String]? {
        guard !addresses.isEmpty else { return nil }
        let wanted = DNSName.canonical(host)
        return addresses.first { DNSName.canonical($0.key) == wanted }?.value
    }
}

/// Spelling of DNS names.
enum DNSName {
    /// In lower case and without the dot of the root.
    static func canonical(_ name: String) -> String {
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}
#endif
