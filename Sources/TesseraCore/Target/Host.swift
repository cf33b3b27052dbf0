/// The syntax of hosts that this library accepts (RFC 3986 §3.2.2), normalized so that equal hosts are equal strings.
enum Host {
    static let longest = 253

    /// Lower-case ASCII, canonical IPv6 in brackets; nil for everything ambiguous.
    ///
    /// Numbers in disguise (`2130706433`, `127.1`, `0x7f.0.0.1`, `0177.0.0.1`) are refused, because resolvers disagree
    /// on what they mean.
    static func normalized(_ text: String) -> String? {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= longest else { return nil }
        if bytes.first == UInt8(ascii: "[") {
            guard bytes.last == UInt8(ascii: "]") else { return nil }
            let inner = String(text.dropFirst().dropLast())
            guard inner.utf8.allSatisfy({ $0.isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }),
                let address = Platform.ipv6Bytes(inner), let canonical = Platform.ipv6Text(address)
            else { return nil }
            return "[\(canonical)]"
        }
        guard bytes.allSatisfy({ $0.isASCIILetterOrDigit || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }) else {
            return nil
        }
        var labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard let last = labels.last, labels.allSatisfy({ !$0.isEmpty && $0.count <= 63 }) else { return nil }
        let endsInNumber =
            last.allSatisfy(\.isDigit)
            || (last.count >= 2 && last.first == UInt8(ascii: "0") && last.dropFirst().first.map { $0 | 0x20 } == 0x78)
        if endsInNumber {
            return isIPv4(bytes) ? text : nil
        }
        return bytes.contains(where: \.isUpperCase) ? text.lowercased() : text
    }

    /// Whether an address is link-local (RFC 3927, RFC 4291 §2.5.6) or a loopback or link-local IPv4 address in IPv6
    /// clothes (§2.5.5.2): places that no proxy can stand for.
    static func staysNearby(_ host: String) -> Bool {
        if host.hasPrefix("169.254.") { return isIPv4(host.utf8) }
        guard host.hasPrefix("["), let bytes = Platform.ipv6Bytes(String(host.dropFirst().dropLast())) else {
            return false
        }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return true }
        guard bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else { return false }
        return bytes[12] == 127 || (bytes[12] == 169 && bytes[13] == 254)
    }

    /// Four decimal numbers 0…255 without leading zeros, separated by dots.
    static func isIPv4(_ bytes: some Collection<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
                guard part.count == 1 || part.first != UInt8(ascii: "0") else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }
}
