#if NIO
import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// An IP address written out, and nothing else: no name, no number in disguise.
struct IPLiteral: Hashable, Sendable {
    /// As the system prints it, without brackets.
    let text: String
    /// 4 or 16 bytes, as in a certificate's iPAddress (RFC 5280 §4.2.1.6).
    let bytes: [UInt8]

    /// An address from its text, without brackets.
    init?(_ text: String) {
        // NIO would also take a zone (RFC 4007 §11), which an origin cannot have.
        guard !text.utf8.contains(0), !text.utf8.contains(UInt8(ascii: "%")),
            let address = try? SocketAddress(ipAddress: text, port: 0)
        else { return nil }
        self.init(address)
    }

    /// The address that an origin's host is, if it is one.
    init?(host: String) {
        if host.hasPrefix("["), host.hasSuffix("]") {
            self.init(String(host.dropFirst().dropLast()))
        } else {
            self.init(host)
        }
    }

    /// The IP address of a socket.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        let isV6 = address.protocol == .inet6
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        guard inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        self.text = text
        self.bytes = bytes
    }

    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3) and ::1 (RFC 4291 §2.5.3).
    var isLoopback: Bool {
        if bytes.count == 4 { return bytes.first == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// The address with a port, to connect to.
    func socketAddress(port: UInt16) throws -> SocketAddress {
        try SocketAddress(ipAddress: text, port: Int(port))
    }
}
#endif
