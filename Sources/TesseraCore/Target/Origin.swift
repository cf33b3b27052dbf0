/// Where a request goes and where a credential may go: scheme, lower-case ASCII host and effective port (RFC 6454 §4).
///
/// It is the only thing that is ever compared when a credential's destination is checked (invariant 2), and the same
/// value is handed to the connection pool, so that what was checked is what is connected.
public struct Origin: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The schemes that carry HTTP.
    public enum Scheme: String, Hashable, Sendable, Codable {
        /// HTTP in clear text.
        case http
        /// HTTP over TLS.
        case https

        /// The port that a URL without one means.
        public var defaultPort: UInt16 { self == .https ? 443 : 80 }
    }

    /// The scheme.
    public let scheme: Scheme
    /// The host in lower case: a name, a dotted IPv4 address, or an IPv6 address in brackets in its canonical form.
    public let host: String
    /// The port, never 0; the scheme's default when the URL names none.
    public let port: UInt16
    /// Whether the host is a literal loopback address or exactly `localhost`.
    ///
    /// Decided on the literal alone: names that merely resolve to a loopback address do not count.
    public let isLoopback: Bool

    /// An origin of checked parts; nil when `host` is none that this library accepts (RFC 3986 §3.2.2, ASCII only).
    public init?(scheme: Scheme, host: String, port: UInt16? = nil) {
        guard let host = Host.normalized(host), port != 0 else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        // Asked for on every attempt, so decided once.
        isLoopback = host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && Host.isIPv4(host.utf8))
    }

    /// The origin of an absolute URL such as `https://api.example.com`; a path, query or fragment is ignored.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/invalidURL``.
    public init(_ url: String) throws {
        self = try AbsoluteURL(url).origin
    }

    /// The authority as it stands in a URL and in `Host`: the port only where it is not the default.
    public var authority: String {
        port == scheme.defaultPort ? host : "\(host):\(port)"
    }

    /// The serialized origin, for example `https://api.example.com:8443`.
    public var description: String { "\(scheme.rawValue)://\(authority)" }

    /// Whether the host is loopback or a link-local address, where the metadata servers of clouds are (invariant 9).
    package var isNearby: Bool { isLoopback || Host.staysNearby(host) }

    /// Whether a credential may go here without TLS: only to this machine itself (invariant 9).
    public var mayCarryCredentialsInClear: Bool { scheme == .http && isLoopback }

    private enum CodingKeys: CodingKey { case origin }

    /// Decodes the serialized form and checks it again.
    public init(from decoder: any Decoder) throws {
        self = try Origin(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the serialized form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
