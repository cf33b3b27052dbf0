/// A cookie in a jar (RFC 6265bis §5.7).
struct Cookie: Sendable, Hashable, Codable {
    var name: String
    var value: String
    var domain: String
    /// Whether it goes to the host that set it, and to no host below it.
    var isHostOnly: Bool
    var path: String
    var isSecure: Bool
    var sameSite: SetCookie.SameSite
    /// Nil for the time of the program.
    var expires: Timestamp?
    /// Where it was set: what came over TLS never goes without, and what one port set does not go to another.
    var scheme: Origin.Scheme
    var port: UInt16
    /// Orders cookies of one length of path, and tells which was used last.
    var created: UInt64
    var used: UInt64

    struct Key: Hashable {
        var name: String
        var domain: String
        var isHostOnly: Bool
        var path: String
    }

    var key: Key { Key(name: name, domain: domain, isHostOnly: isHostOnly, path: path) }

    func isExpired(_ now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }

    /// Whether it goes to a request; `path` is that of the request.
    func goes(to origin: Origin, path: String) -> Bool {
        guard isHostOnly ? origin.host == domain : Cookie.matches(origin.host, domain: domain) else { return false }
        guard Cookie.matches(path: path, self.path) else { return false }
        guard !isSecure || Cookie.isSecure(origin) else { return false }
        guard scheme == .http || origin.scheme == .https else { return false }
        // RFC 6265 §8.5 sends cookies to every port of a host. Another port may be another user's program.
        let isDefault = port == scheme.defaultPort && origin.port == origin.scheme.defaultPort
        return port == origin.port || isDefault
    }

    /// TLS, or no wire at all.
    static func isSecure(_ origin: Origin) -> Bool { origin.scheme == .https || origin.isLoopback }

    /// §5.1.3; addresses have no subdomains.
    static func matches(_ host: String, domain: String) -> Bool {
        guard host != domain else { return true }
        return host.hasSuffix(".\(domain)") && !isAddress(host)
    }

    static func isAddress(_ host: String) -> Bool { host.hasPrefix("[") || Host.isIPv4(host.utf8) }

    /// §5.1.4.
    static func matches(path: String, _ cookie: String) -> Bool {
        guard path != cookie else { return true }
        return path.hasPrefix(cookie) && (cookie.hasSuffix("/") || path.utf8.dropFirst(cookie.utf8.count).first == 0x2F)
    }

    /// The path of cookies that state none.
    static func defaultPath(_ path: String) -> String {
        guard path.utf8.first == 0x2F, let slash = path.utf8.lastIndex(of: 0x2F), slash != path.startIndex else {
            return "/"
        }
        return String(path[..<slash])
    }
}
