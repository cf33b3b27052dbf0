import HTTPTypes

/// Which cookies are kept and which are sent (RFC 6265bis §5.7 and §5.8): a value without clock and I/O.
struct CookieStateMachine: Sendable {
    /// What a request looks like from here.
    struct Request {
        var origin: Origin
        /// The target as it is sent, with its query.
        var target: String
        var method = HTTPRequest.Method.get
        /// Whether a redirect led here from another site.
        var crossesSites = false

        var path: String { String(target.prefix { $0 != "?" }) }
    }

    static let mostPerDomain = 50
    static let mostCookies = 3000
    static let longestField = 16_384
    /// §5.5: no cookie is kept longer than 400 days.
    static let longestLife = Duration.seconds(400 * 86_400)

    let suffixes: PublicSuffixList
    private(set) var cookies: [Cookie.Key: Cookie] = [:]
    private var clock: UInt64 = 0

    init(suffixes: PublicSuffixList) {
        self.suffixes = suffixes
    }

    /// Takes what one `Set-Cookie` field says; ignores what must not be kept.
    mutating func receive(_ set: SetCookie, of request: Request, now: Timestamp) {
        guard let made = accepted(set, request) else { return }
        var cookie = made
        cookie.expires = expiry(set, now)
        clock &+= 1
        (cookie.created, cookie.used) = (cookies[cookie.key]?.created ?? clock, clock)
        guard !cookie.isExpired(now) else {
            cookies[cookie.key] = nil
            return
        }
        cookies[cookie.key] = cookie
        evict(for: cookie.domain, now)
    }

    private func accepted(_ set: SetCookie, _ request: Request) -> Cookie? {
        let origin = request.origin
        var domain = origin.host
        var isHostOnly = true
        if let stated = set.domain {
            guard stated.utf8.allSatisfy({ $0 < 0x80 }), Cookie.matches(origin.host, domain: stated) else { return nil }
            if suffixes.allows(stated, for: origin.host), !Cookie.isAddress(stated) {
                (domain, isHostOnly) = (stated, false)
            } else if stated != origin.host {
                return nil
            }
        }
        guard !set.isSecure || Cookie.isSecure(origin) else { return nil }
        guard set.sameSite != .none || set.isSecure else { return nil }
        let path = set.path ?? Cookie.defaultPath(request.path)
        // Servers that compare without case would take the cookie for one with the prefix (§5.7, step 20).
        // By bytes: a hyphen and a combining mark are one character.
        let prefixed = (set.name.isEmpty ? set.value : set.name).lowercased().utf8
        if prefixed.starts(with: "__secure-".utf8) { guard !set.name.isEmpty, set.isSecure else { return nil } }
        if prefixed.starts(with: "__host-".utf8) {
            guard !set.name.isEmpty, set.isSecure, set.domain == nil, set.path == "/" else { return nil }
        }
        let cookie = Cookie(
            name: set.name, value: set.value, domain: domain, isHostOnly: isHostOnly, path: path,
            isSecure: set.isSecure, sameSite: set.sameSite, expires: nil, scheme: origin.scheme, port: origin.port,
            created: 0, used: 0)
        return overlays(cookie, request) ? nil : cookie
    }

    /// §5.7, step 16: what comes without TLS does not take the place of a secure cookie, nor stand before it. A cookie
    /// that came over TLS is guarded in the same way.
    private func overlays(_ new: Cookie, _ request: Request) -> Bool {
        guard !new.isSecure, request.origin.scheme == .http else { return false }
        return cookies.values.contains { old in
            (old.isSecure || old.scheme == .https) && old.name == new.name
                && (Cookie.matches(old.domain, domain: new.domain) || Cookie.matches(new.domain, domain: old.domain))
                && (Cookie.matches(path: new.path, old.path) || old.key == new.key)
        }
    }

    private func expiry(_ set: SetCookie, _ now: Timestamp) -> Timestamp? {
        let latest = now.advanced(by: Self.longestLife)
        if let age = set.maxAge {
            return age <= 0 ? Timestamp(nanoseconds: .min) : min(latest, now.advanced(by: .seconds(age)))
        }
        return set.expires.map { min(latest, $0) }
    }

    /// §5.7: expired ones first, then those of a domain that has too many, then the rest; each by least recent use.
    private mutating func evict(for domain: String, _ now: Timestamp) {
        let own = cookies.values.filter { $0.domain == domain }
        if own.count > Self.mostPerDomain || cookies.count > Self.mostCookies { removeExpired(now) }
        let left = own.filter { cookies[$0.key] != nil }
        if left.count > Self.mostPerDomain {
            let order = left.sorted { ($0.isSecure ? 1 : 0, $0.used) < ($1.isSecure ? 1 : 0, $1.used) }
            for cookie in order.prefix(left.count - Self.mostPerDomain) { cookies[cookie.key] = nil }
        }
        if cookies.count > Self.mostCookies {
            let order = cookies.values.sorted { $0.used < $1.used }
            for cookie in order.prefix(cookies.count - Self.mostCookies) { cookies[cookie.key] = nil }
        }
    }

    mutating func removeExpired(_ now: Timestamp) {
        cookies = cookies.filter { !$0.value.isExpired(now) }
    }

    mutating func removeAll() {
        cookies = [:]
    }

    /// The value of the `Cookie` field of a request (§5.8.3); nil for none.
    mutating func field(for request: Request, now: Timestamp) -> String? {
        guard !cookies.isEmpty else { return nil }
        let path = request.path
        let isSafe = request.method == .get || request.method == .head || request.method == .options
        let found = cookies.values.filter { cookie in
            guard cookie.goes(to: request.origin, path: path), !cookie.isExpired(now) else { return false }
            guard request.crossesSites else { return true }
            return cookie.sameSite != .strict && (isSafe || cookie.sameSite == .none)
        }
        let order = found.sorted {
            ($1.path.utf8.count, $0.created) < ($0.path.utf8.count, $1.created)
        }
        clock &+= 1
        var text = ""
        for cookie in order {
            let pair = cookie.name.isEmpty ? cookie.value : "\(cookie.name)=\(cookie.value)"
            guard text.utf8.count + pair.utf8.count + 2 <= Self.longestField else { continue }
            text += text.isEmpty ? pair : "; \(pair)"
            cookies[cookie.key]?.used = clock
        }
        return text.isEmpty ? nil : text
    }

    /// The cookies that outlive the program.
    func lasting(_ now: Timestamp) -> [Cookie] {
        cookies.values.filter { $0.expires != nil && !$0.isExpired(now) }.sorted { $0.created < $1.created }
    }

    /// Adds cookies that were kept; those that are here already are newer.
    mutating func restore(_ kept: [Cookie], now: Timestamp) {
        let here = cookies
        for cookie in kept.prefix(Self.mostCookies) where !cookie.isExpired(now) { cookies[cookie.key] = cookie }
        for (key, cookie) in here { cookies[key] = cookie }
        clock = max(clock, cookies.values.reduce(0) { max($0, $1.used, $1.created) })
    }
}
