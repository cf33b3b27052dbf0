import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Proxies (threat B1)")
struct ProxyPolicyTests {
    private static func environment(_ variables: [String: String]) throws -> ProxyEnvironment {
        try ProxyEnvironment { variables[$0] }
    }

    private static func proxy(_ variables: [String: String], _ url: String) throws -> String? {
        try environment(variables).server(for: Origin(url))?.origin.description
    }

    private static let both = ["https_proxy": "http://s:1", "HTTP_PROXY": "http://p:2"]

    @Test("the scheme of the target chooses the variable")
    func schemes() throws {
        #expect(try Self.proxy(Self.both, "https://a.test") == "http://s:1")
        #expect(try Self.proxy(Self.both, "http://a.test") == "http://p:2")
        #expect(try Self.proxy([:], "https://a.test") == nil)
        #expect(try Self.proxy(["ALL_PROXY": "all:3"], "https://a.test") == "http://all:3")
        #expect(try Self.proxy(["all_proxy": "all:3", "HTTPS_PROXY": "s:1"], "https://a.test") == "http://s:1")
        #expect(try Self.proxy(["https_proxy": "low:1", "HTTPS_PROXY": "up:1"], "https://a.test") == "http://low:1")
        #expect(try Self.proxy(["HTTPS_PROXY": ""], "https://a.test") == nil)
    }

    @Test("HTTP_PROXY of a CGI program comes from its client and is ignored (CVE-2016-5385)")
    func httpoxy() throws {
        let cgi = ["REQUEST_METHOD": "GET", "HTTP_PROXY": "http://evil:1"]
        #expect(try Self.proxy(cgi, "http://a.test") == nil)
        #expect(try Self.proxy(cgi.merging(["http_proxy": "own:2"]) { $1 }, "http://a.test") == "http://own:2")
        #expect(try Self.proxy(cgi.merging(["HTTPS_PROXY": "s:3"]) { $1 }, "https://a.test") == "http://s:3")
    }

    @Test(
        "loopback, link-local and metadata addresses never go through a proxy",
        arguments: [
            "http://localhost", "https://localhost:8443", "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]",
            "http://169.254.169.254", "http://169.254.170.2", "https://[fe80::1]", "https://[fe90::1]",
            "https://[febf::1]",
            "http://[::ffff:169.254.169.254]", "http://[::ffff:127.0.0.1]",
        ])
    func local(url: String) throws {
        #expect(try Self.proxy(Self.both, url) == nil)
        let fixed = try ProxyEnvironment(server: ProxyServer(origin: Origin("http://p:1")))
        #expect(try fixed.server(for: Origin(url)) == nil)
    }

    @Test(
        "NO_PROXY, by whole labels",
        arguments: [
            ("example.com", "https://example.com", true), ("example.com", "https://a.b.example.com", true),
            ("example.com", "https://notexample.com", false), ("example.com", "https://example.com.evil.org", false),
            (".example.com", "https://a.example.com", true), (".example.com", "https://example.com", true),
            (".example.com", "https://notexample.com", false), ("*.example.com", "https://a.example.com", true),
            ("*.example.com", "https://notexample.com", false), ("EXAMPLE.com", "https://example.com", true),
            ("example.com:8443", "https://example.com:8443", true), ("example.com:8443", "https://example.com", false),
            ("example.com:443", "https://example.com", true), ("*", "https://a.test", true),
            ("", "https://a.test", false),
            (",,", "https://a.test", false), ("a.test, b.test", "https://b.test", true),
            ("a.test,\tb.test", "https://b.test", true),
            ("192.0.2.1", "https://192.0.2.1", true), ("192.0.2.1", "https://192.0.2.10", false),
            ("2.1", "https://192.0.2.1", false),
            ("[2001:db8::1]", "https://[2001:db8::1]", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]", false), ("2001:db8::1", "https://[2001:db8::1]", true),
            ("com", "https://example.com", true), (".", "https://a.test", false),
        ])
    func exceptions(list: String, url: String, isDirect: Bool) throws {
        var variables = ["https_proxy": "http://p:1"]
        for name in ["NO_PROXY", "no_proxy"] {
            variables[name] = list
            #expect(try (Self.proxy(variables, url) == nil) == isDirect)
            variables[name] = nil
        }
    }

    @Test("user and password are taken out of the URL, decoded and sealed")
    func credentials() throws {
        let server = try ProxyEnvironment.parse("http://us%40er:p%3Ass@wo%25rd@proxy.test:3128/", named: "X")
        #expect(server.origin.description == "http://proxy.test:3128")
        #expect(server.authorization?.user == "us@er")
        #expect(server.authorization?.password == .fixture("p:ss@wo%rd"))
        let canary = Canary()
        let text = canary.secret.withExposedBytes { bytes -> String in
            var output: [UInt8] = []
            PercentEncoding.append(bytes, to: &output, unless: \.isUnreserved)
            return String(decoding: output, as: UTF8.self)
        }
        let sealed = try ProxyEnvironment.parse("http://u:\(text)@proxy.test", named: "X")
        var dumped = "\(sealed)"
        dump(sealed, to: &dumped)
        #expect(canary.leak(in: dumped) == nil)
        #expect(try ProxyEnvironment.parse("u@proxy.test", named: "X").authorization?.password.isEmpty == true)
    }

    @Test("a proxy may be reached by TLS itself")
    func secured() throws {
        let server = try ProxyEnvironment.parse("https://us%40er:pass@proxy.test", named: "X")
        #expect(server.origin.description == "https://proxy.test")
        #expect(server.origin.port == 443)
        #expect(server.authorization?.user == "us@er")
        #expect(try ProxyEnvironment.parse("HTTPS://proxy.test:8443", named: "X").origin.port == 8443)
        #expect(try ProxyEnvironment.parse("proxy.test", named: "X").origin.scheme == .http)
    }

    @Test(
        "what is no http proxy is an error that names the variable and not its value",
        arguments: [
            "https://u:hunter2@", "ftp://u:hunter2@proxy.test", "socks4://u:hunter2@proxy.test", "http://u:hunter2@",
            "socks5://u:hunter2@", "socks5h://u:hunter2@proxy:0",
            "u:hunter2@:3128",
            "://",
            "http://u:hunter2@pro xy", "u:hunter2@proxy:0", "http://u:hunter2@2130706433",
        ])
    func refused(value: String) {
        let error = #expect(throws: TesseraError.self) { try Self.environment(["HTTPS_PROXY": value]) }
        #expect(error?.code == .misconfigured)
        #expect(error?.description.contains("HTTPS_PROXY") == true && error?.description.contains("hunter2") == false)
    }

    #if SOCKS
    @Test("SOCKS5 by its schemes, on port 1080 unless it says otherwise")
    func socks() throws {
        let server = try ProxyEnvironment.parse("socks5://alice:p%40ss@proxy.test", named: "X")
        #expect(server.kind == .socks5)
        #expect(server.origin.description == "http://proxy.test:1080")
        #expect(server.authorization?.user == "alice")
        #expect(server.authorization?.password == .fixture("p@ss"))
        let rows = [
            ("SOCKS5H://proxy.test:9050/", "http://proxy.test:9050"),
            ("socks5h://[2001:db8::1]", "http://[2001:db8::1]:1080"),
            ("socks5h://[2001:db8::1]:80", "http://[2001:db8::1]"), ("socks5h://192.0.2.1", "http://192.0.2.1:1080"),
        ]
        for (url, origin) in rows {
            let server = try ProxyEnvironment.parse(url, named: "X")
            #expect(server.kind == .socks5h)
            #expect(server.origin.description == origin)
        }
        #expect(try ProxyEnvironment.parse("https://proxy.test", named: "X").kind == .http)
        #expect(try Self.proxy(["ALL_PROXY": "socks5h://s"], "https://a.test") == "http://s:1080")
    }
    #else
    @Test("without the trait a SOCKS proxy is an error that names it", arguments: ["socks5", "socks5h"])
    func socksIsMissing(scheme: String) {
        let error = #expect(throws: TesseraError.self) {
            try Self.environment(["ALL_PROXY": "\(scheme)://u:hunter2@proxy.test"])
        }
        #expect(error?.code == .misconfigured)
        #expect(error?.description.contains("trait SOCKS") == true && error?.description.contains("ALL_PROXY") == true)
        #expect(error?.description.contains("hunter2") == false)
    }
    #endif

    @Test("a session hands the proxy to the transport, and a loopback exemption does not survive one")
    func session() async throws {
        let recorder = Recorder()
        let proxy = try ProxyServer(origin: Origin("http://proxy.test:3128"))
        for url in ["https://api.test", "http://localhost:8080"] {
            let api = try Session(url, auth: .bearer(.fixture("token-42-abc")), transport: recorder) {
                $0.proxy = .server(proxy)
            }
            try await api.post("/x")
        }
        #expect(recorder.requests.map(\.proxy?.origin) == [proxy.origin, nil])
        #expect(recorder.requests.map(\.sealed.isEmpty) == [false, false])
    }
}
