#if NIO
import NIOSSL

/// Whom a certificate must name: a DNS name or an address, never one in place of the other (RFC 9525 §6, RFC 6125).
///
/// NIOSSL compares too, but it takes a certificate for the *connected address* as good for a name, falls back to the
/// common name, and cannot check an address behind a proxy or a Unix socket. So this check is made in addition.
enum ServerIdentity: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, without a dot at its end.
    case name(String)
    case address(IPLiteral)

    /// The identity that a host stands for.
    init(host: String) {
        if let literal = IPLiteral(host: host) {
            self = .address(literal)
        } else {
            self = .name(DNSName.canonical(host))
        }
    }

    /// What goes into SNI: never an address (RFC 6066 §3).
    var serverName: String? {
        if case .name(let name) = self { return name }
        return nil
    }

    var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.text
        }
    }

    /// Whether a certificate with these alternative names is for this server.
    func isNamed(dnsNames: [[UInt8]], addresses: [[UInt8]]) -> Bool {
        switch self {
        case .name(let name): dnsNames.contains { ServerIdentity.matches(pattern: $0, name: Array(name.utf8)) }
        case .address(let address): addresses.contains(address.bytes)
        }
    }

    /// RFC 9525 §6.3: case does not matter, and `*` stands for one whole leftmost label.
    static func matches(pattern: [UInt8], name: [UInt8]) -> Bool {
        let pattern = pattern.last == UInt8(ascii: ".") ? pattern.dropLast() : pattern[...]
        guard !pattern.isEmpty, !name.isEmpty else { return false }
        guard pattern.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else {
            return !pattern.contains(UInt8(ascii: "*")) && isEqual(pattern, name[...])
        }
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        let rest = pattern.dropFirst(2)
        return !rest.isEmpty && !rest.contains(UInt8(ascii: "*")) && isEqual(rest, name[(dot + 1)...])
    }

    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}

/// The names and addresses a certificate was issued for (RFC 5280 §4.2.1.6).
struct AlternativeNames {
    var dnsNames: [[UInt8]] = []
    var addresses: [[UInt8]] = []

    init(_ certificate: NIOSSLCertificate) {
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: dnsNames.append(Array(name.contents))
            case .ipAddress: addresses.append(Array(name.contents))
            default: continue
            }
        }
    }
}
#endif
