import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("Which cookies are kept and sent (RFC 6265bis §5.7, §5.8)")
struct CookieRuleTests {
    static let list = PublicSuffixList(
        text: "com\nexample\ntest\nuk\nco.uk\n*.ck\n!www.ck\n// com.nothing\n个人.hk\nhk\n")
    static let now = Timestamp(secondsSinceEpoch: 1_767_225_600)

    static func request(
        _ url: String, _ method: HTTPRequest.Method = .get, crossesSites: Bool = false
    ) throws -> CookieStateMachine.Request {
        let url = try AbsoluteURL(url)
        return CookieStateMachine.Request(
            origin: url.origin, target: url.requestTarget, method: method, crossesSites: crossesSites)
    }

    static func jar(
        _ set: [(String, String)], suffixes: PublicSuffixList = list, now: Timestamp = now
    ) throws -> CookieStateMachine {
        var jar = CookieStateMachine(suffixes: suffixes)
        for (url, field) in set {
            guard let cookie = SetCookie(field) else { continue }
            jar.receive(cookie, of: try request(url), now: now)
        }
        return jar
    }

    static let rows: [(String, String, String, String?)] = [
        // Hosts (§5.1.3).
        ("https://a.test/", "c=1", "https://a.test/", "c=1"), ("https://a.test/", "c=1", "https://b.a.test/", nil),
        ("https://a.test/", "c=1; Domain=a.test", "https://b.a.test/", "c=1"),
        ("https://b.a.test/", "c=1; Domain=.a.test", "https://a.test/", "c=1"),
        ("https://b.a.test/", "c=1; Domain=a.test", "https://xa.test/", nil),
        ("https://a.test/", "c=1; Domain=b.a.test", "https://b.a.test/", nil),
        ("https://a.test/", "c=1; Domain=other.test", "https://other.test/", nil),
        ("https://a.test/", "c=1; Domain=test", "https://a.test/", nil),
        ("https://a.co.uk/", "c=1; Domain=co.uk", "https://b.co.uk/", nil),
        ("https://co.uk/", "c=1; Domain=co.uk", "https://co.uk/", "c=1"),
        ("https://co.uk/", "c=1; Domain=co.uk", "https://a.co.uk/", nil),
        ("https://a.b.ck/", "c=1; Domain=b.ck", "https://x.b.ck/", nil),
        ("https://a.www.ck/", "c=1; Domain=www.ck", "https://www.ck/", "c=1"),
        ("https://a.xn--ciqpn.hk/", "c=1; Domain=xn--ciqpn.hk", "https://b.xn--ciqpn.hk/", nil),
        ("https://192.0.2.1/", "c=1; Domain=192.0.2.1", "https://192.0.2.1/", "c=1"),
        ("https://192.0.2.1/", "c=1; Domain=2.1", "https://192.0.2.1/", nil),
        ("https://[2001:db8::1]/", "c=1", "https://[2001:db8::1]/", "c=1"),
        ("https://a.test/", "c=1; Domain=ä.test", "https://a.test/", nil),
        // Paths (§5.1.4).
        ("https://a.test/x/y", "c=1", "https://a.test/x/z", "c=1"),
        ("https://a.test/x/y", "c=1", "https://a.test/x", "c=1"),
        ("https://a.test/x/y", "c=1", "https://a.test/xy", nil),
        ("https://a.test/x", "c=1", "https://a.test/", "c=1"),
        ("https://a.test/", "c=1; Path=/x", "https://a.test/x/y?q=/z", "c=1"),
        ("https://a.test/", "c=1; Path=/x/", "https://a.test/x", nil),
        ("https://a.test/", "c=1; Path=/x", "https://a.test/X", nil),
        ("https://a.test/?p=/x/y", "c=1", "https://a.test/z", "c=1"),
        // Schemes and ports.
        ("https://a.test/", "c=1; Secure", "http://a.test/", nil),
        ("http://a.test/", "c=1; Secure", "https://a.test/", nil),
        ("http://localhost:80/", "c=1; Secure", "http://localhost:80/", "c=1"),
        ("https://a.test/", "c=1", "http://a.test/", nil), ("http://a.test/", "c=1", "https://a.test/", "c=1"),
        ("https://a.test:8443/", "c=1", "https://a.test/", nil),
        ("https://a.test/", "c=1", "https://a.test:8443/", nil),
        // Prefixes (§4.1.3).
        ("https://a.test/", "__Secure-c=1", "https://a.test/", nil),
        ("https://a.test/", "__Secure-c=1; Secure", "https://a.test/", "__Secure-c=1"),
        ("https://a.test/", "__Host-c=1; Secure; Path=/", "https://a.test/", "__Host-c=1"),
        ("https://a.test/", "__Host-c=1; Secure", "https://a.test/", nil),
        ("https://a.test/", "__Host-c=1; Path=/", "https://a.test/", nil),
        // A combining mark after the hyphen makes one character of both.
        ("https://a.test/", "__Host-\u{301}c=1; Secure", "https://a.test/", nil),
        ("https://a.test/", "__host-c=1; Secure; Path=/; Domain=a.test", "https://a.test/", nil),
        ("https://a.test/", "=__Host-c=1; Secure; Path=/", "https://a.test/", nil),
        // SameSite without a browser: what a redirect brought is another's wish only in the tests below.
        ("https://a.test/", "c=1; SameSite=None", "https://a.test/", nil),
        ("https://a.test/", "c=1; SameSite=None; Secure", "https://a.test/", "c=1"),
        ("https://a.test/", "c=1; SameSite=Strict", "https://a.test/", "c=1"),
    ]

    @Test("set at one URL, sent to another", arguments: rows)
    func table(set: String, field: String, sent: String, expected: String?) throws {
        var jar = try Self.jar([(set, field)])
        #expect(jar.field(for: try Self.request(sent), now: Self.now) == expected)
    }

    @Test("without a list of suffixes a domain counts only if it is the host itself")
    func withoutList() throws {
        let set = [("https://b.a.test/", "c=1; Domain=a.test"), ("https://b.a.test/", "d=2; Domain=b.a.test")]
        var jar = try Self.jar(set, suffixes: .none)
        #expect(jar.field(for: try Self.request("https://a.test/"), now: Self.now) == nil)
        #expect(jar.field(for: try Self.request("https://x.b.a.test/"), now: Self.now) == "d=2")
    }

    @Test("after a redirect from another site Strict stays behind, and Lax with unsafe methods")
    func sameSite() throws {
        var jar = try Self.jar([
            ("https://a.test/", "s=1; SameSite=Strict"), ("https://a.test/", "l=1; SameSite=Lax"),
            ("https://a.test/", "u=1"), ("https://a.test/", "n=1; SameSite=None; Secure"),
        ])
        func sent(_ method: HTTPRequest.Method, _ crosses: Bool) throws -> String? {
            jar.field(for: try Self.request("https://a.test/", method, crossesSites: crosses), now: Self.now)
        }
        #expect(try sent(.post, false) == "s=1; l=1; u=1; n=1")
        #expect(try sent(.get, true) == "l=1; u=1; n=1")
        #expect(try sent(.post, true) == "n=1")
    }

    @Test("longer paths first, then older ones; an update keeps its age")
    func order() throws {
        var jar = try Self.jar([
            ("https://a.test/", "a=1; Path=/"), ("https://a.test/", "b=1; Path=/x"), ("https://a.test/", "c=1; Path=/"),
            ("https://a.test/", "a=2; Path=/"),
        ])
        #expect(jar.field(for: try Self.request("https://a.test/x"), now: Self.now) == "b=1; a=2; c=1")
    }

    static let lifetimes: [(String, Int64, Bool)] = [
        ("c=1", 500, true), ("c=1; Max-Age=60", 59, true), ("c=1; Max-Age=60", 60, false),
        ("c=1; Expires=Thu, 01 Jan 2026 00:01:00 GMT", 59, true),
        ("c=1; Expires=Thu, 01 Jan 2026 00:01:00 GMT", 61, false),
        ("c=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 30, true), ("c=1; Max-Age=0", 0, false),
        ("c=1; Max-Age=99999999999999999999", 400 * 86_400 - 1, true),
        ("c=1; Max-Age=99999999999999999999", 400 * 86_400, false),
        ("c=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", 400 * 86_400, false),
    ]

    @Test("lifetimes: Max-Age before Expires, at most 400 days, the past deletes", arguments: lifetimes)
    func lifetime(field: String, after: Int64, isSent: Bool) throws {
        var jar = try Self.jar([("https://a.test/", "c=0"), ("https://a.test/", field)])
        let later = Self.now.advanced(by: .seconds(after))
        #expect((jar.field(for: try Self.request("https://a.test/"), now: later) == "c=1") == isSent)
    }

    @Test("what comes without TLS neither replaces nor precedes what came with it")
    func overlay() throws {
        for field in ["c=evil", "c=evil; Path=/x", "c=evil; Domain=a.test", "c=evil; Max-Age=0"] {
            var jar = try Self.jar([
                ("https://a.test/", "c=1; Path=/; Domain=a.test"), ("http://b.a.test/x/y", field),
                ("http://a.test/", field),
            ])
            #expect(jar.field(for: try Self.request("https://a.test/x"), now: Self.now) == "c=1", "\(field)")
        }
    }

    @Test("bounds: 50 a domain, 3,000 in all, 16 KiB in a field; the least used go first, secure ones last")
    func eviction() throws {
        var jar = try Self.jar([("https://a.test/", "s=1; Secure")] + (0..<60).map { ("https://a.test/", "c\($0)=1") })
        #expect(jar.cookies.count == 50 && jar.cookies.values.contains { $0.name == "s" })
        #expect(!jar.cookies.values.contains { $0.name == "c10" } && jar.cookies.values.contains { $0.name == "c59" })
        jar = try Self.jar((0..<3100).map { ("https://h\($0).test/", "c=1") })
        #expect(jar.cookies.count == 3000)
        #expect(jar.field(for: try Self.request("https://h0.test/"), now: Self.now) == nil)
        let long = String(repeating: "x", count: 4000)
        jar = try Self.jar((0..<50).map { ("https://a.test/", "c\($0)=\(long)") })
        let field = try #require(jar.field(for: try Self.request("https://a.test/"), now: Self.now))
        #expect(field.utf8.count <= 16_384 && field.utf8.count > 12_000)
    }

    @Test("the system's list, where it is installed: thousands of rules, international ones in ASCII")
    func system() throws {
        guard let list = PublicSuffixList(path: PublicSuffixList.systemPath) else { return }
        for (host, suffix) in [
            ("a.b.co.uk", "co.uk"), ("a.github.io", "github.io"), ("x.y.kawasaki.jp", "y.kawasaki.jp"),
            ("city.kawasaki.jp", "kawasaki.jp"), ("a.xn--55qx5d.hk", "xn--55qx5d.hk"), ("a.unknowntld", "unknowntld"),
            ("a.xn--p1ai", "xn--p1ai"),
        ] { #expect(list.suffix(of: host) == suffix) }
        #expect(list.site(of: "a.b.example.co.uk") == "example.co.uk" && list.site(of: "co.uk") == "co.uk")
    }

    @Test(
        "labels in ASCII (RFC 3492 §7.1)",
        arguments: [("个人", "xn--ciqpn"), ("bücher", "xn--bcher-kva"), ("рф", "xn--p1ai")])
    func punycode(label: String, ascii: String) {
        #expect(Punycode.label(label) == ascii)
    }
}
