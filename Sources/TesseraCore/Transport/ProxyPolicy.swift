/// A proxy.
public struct ProxyServer: Sendable, Hashable {
    /// How a proxy is spoken to.
    public enum Kind: String, Sendable, Hashable {
        /// HTTP: `CONNECT` for https, whole requests for http (RFC 9110 §7.3.2, §9.3.6).
        case http
        /// SOCKS5 (RFC 1928). Host names are looked up here, and the proxy is told an address. Needs the trait `SOCKS`.
        case socks5
        /// SOCKS5, and the proxy looks host names up. Needs the trait `SOCKS`.
        case socks5h
    }

    /// One reference: that there is no proxy is copied several times a request.
    private var parts: Parts

    private final class Parts: Sendable {
        let origin: Origin
        let kind: Kind
        let authorization: ProxyAuthorization?

        init(_ origin: Origin, _ kind: Kind, _ authorization: ProxyAuthorization?) {
            self.origin = origin
            self.kind = kind
            self.authorization = authorization
        }
    }

    /// A proxy at `origin`.
    public init(origin: Origin, kind: Kind = .http, authorization: ProxyAuthorization? = nil) {
        parts = Parts(origin, kind, authorization)
    }

    /// Where it listens. Its scheme is that of the connection to the proxy itself.
    public var origin: Origin {
        get { parts.origin }
        set { parts = Parts(newValue, kind, authorization) }
    }

    /// What it speaks.
    public var kind: Kind {
        get { parts.kind }
        set { parts = Parts(origin, newValue, authorization) }
    }

    /// Who is asking, sealed from `user:password@` of the proxy's URL.
    public var authorization: ProxyAuthorization? {
        get { parts.authorization }
        set { parts = Parts(origin, kind, newValue) }
    }

    /// Whether both are the same proxy, asked by the same user with the same password.
    public static func == (one: ProxyServer, other: ProxyServer) -> Bool {
        one.parts === other.parts
            || (one.origin == other.origin && one.kind == other.kind && one.authorization == other.authorization)
    }

    /// Hashes what is no secret.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(kind)
        hasher.combine(authorization)
    }
}

/// User and password for a proxy (RFC 7617; RFC 1929 for SOCKS5).
public struct ProxyAuthorization: Sendable, Hashable {
    /// The user name.
    public var user: String
    /// The password.
    public var password: Secret

    /// Credentials for a proxy.
    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    /// Hashes the user name only: secrets are not hashable.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(user)
    }
}

/// Which proxy a request goes through.
public enum ProxyPolicy: Sendable {
    /// As `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say; read when the session is made.
    case environment
    /// Always a direct connection.
    case none
    /// This proxy for everything but loopback.
    case server(ProxyServer)
}

/// The proxy settings of an environment, as a pure function from origin to proxy.
struct ProxyEnvironment: Sendable {
    private var https: ProxyServer?
    private var http: ProxyServer?
    private var exceptions: [String] = []

    /// Reads the variables, lower case first as curl does.
    ///
    /// `HTTP_PROXY` is ignored when `REQUEST_METHOD` is set: in a CGI program its value comes from the client's `Proxy`
    /// header (CVE-2016-5385, "httpoxy").
    init(_ variable: (String) -> String?) throws {
        let all = try Self.server(variable, "all_proxy", "ALL_PROXY")
        https = try Self.server(variable, "https_proxy", "HTTPS_PROXY") ?? all
        let isCGI = variable("REQUEST_METHOD") != nil
        http = try Self.server(variable, "http_proxy", isCGI ? "http_proxy" : "HTTP_PROXY") ?? all
        let list = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
        exceptions = list.utf8.split(separator: UInt8(ascii: ",")).prefix(1000).map {
            String(Substring($0)).lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }

    init(server: ProxyServer) {
        https = server
        http = server
    }

    /// The proxy for `origin`. Loopback and link-local addresses never use one: a credential that is exempt from TLS
    /// because it stays on the machine must not leave it through a proxy (threat B1).
    func server(for origin: Origin) -> ProxyServer? {
        guard !origin.isLoopback, !Host.staysNearby(origin.host) else { return nil }
        guard !exceptions.contains(where: { matches($0, origin) }) else { return nil }
        return origin.scheme == .https ? https : http
    }

    private func matches(_ exception: String, _ origin: Origin) -> Bool {
        if exception == "*" { return true }
        if let address = Host.normalized("[\(exception)]") { return origin.host == address }
        var name = exception[...]
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
            guard name[name.index(after: colon)...] == String(origin.port) else { return false }
            name = name[..<colon]
        }
        // An address is no domain: it has no subdomains, and none of its ends names it.
        guard !origin.host.hasPrefix("["), !Host.isIPv4(origin.host.utf8) else {
            return Host.normalized(String(name)) == origin.host
        }
        if name.hasPrefix("*.") { name = name.dropFirst(1) }
        if name.hasPrefix(".") { return origin.host.hasSuffix(name) || origin.host == name.dropFirst() }
        return !name.isEmpty && (origin.host == name || origin.host.hasSuffix(".\(name)"))
    }

    private static func server(
        _ variable: (String) -> String?, _ lower: String, _ upper: String
    ) throws -> ProxyServer? {
        guard let value = variable(lower) ?? variable(upper), !value.isEmpty else { return nil }
        return try parse(value, named: upper.uppercased())
    }

    /// `[http[s]|socks5[h]://][user:password@]host[:port]`; `https` is TLS with the proxy itself.
    static func parse(_ value: String, named name: String) throws -> ProxyServer {
        var rest = value[...]
        var scheme = "http"
        if let colon = value.firstIndex(of: ":"), value[colon...].hasPrefix("://") {
            scheme = value[..<colon].lowercased()
            rest = value[colon...].dropFirst(3)
        }
        var authorization: ProxyAuthorization?
        if let at = rest.lastIndex(of: "@") {
            let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pair.map { PercentEncoding.decoded($0.utf8) }
            authorization = ProxyAuthorization(
                user: String(decoding: decoded.first ?? [], as: UTF8.self),
                password: Secret(bytes: decoded.count > 1 ? decoded[1] : []))
            rest = rest[rest.index(after: at)...]
        }
        while rest.last == "/" { rest.removeLast() }
        let socks = try socksKind(scheme, named: name)
        let url = socks == nil ? "\(scheme)://\(rest)" : "http://\(withPort(rest))"
        guard socks != nil || scheme == "http" || scheme == "https", let origin = try? Origin(url) else {
            throw TesseraError(
                .misconfigured, "the proxy in \(name) is not an http, https, socks5 or socks5h URL with a host",
                remedy: "set it to http://host:port, or use ProxyPolicy.none")
        }
        return ProxyServer(origin: origin, kind: socks ?? .http, authorization: authorization)
    }

    /// nil for what is no SOCKS. The letter at the end says who looks names up, as with curl.
    private static func socksKind(_ scheme: String, named name: String) throws -> ProxyServer.Kind? {
        let kind: ProxyServer.Kind
        switch scheme {
        case "socks5": kind = .socks5
        case "socks5h": kind = .socks5h
        default: return nil
        }
        #if SOCKS
        return kind
        #else
        throw TesseraError(
            .misconfigured, "the proxy in \(name) is a \(kind.rawValue) proxy, and this program is built without them",
            remedy: "enable the trait SOCKS of the package tessera, set an http proxy, or use ProxyPolicy.none")
        #endif
    }

    /// RFC 1928 §3: SOCKS listens on port 1080.
    private static func withPort(_ authority: Substring) -> String {
        let end = authority[(authority.lastIndex(of: "]") ?? authority.startIndex)...]
        return end.contains(":") ? String(authority) : "\(authority):1080"
    }
}
