#if NIO
import NIOCore
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("What a connection needs is decided from its identity alone")
struct ConnectPlanTests {
    private func plan(
        _ url: String, proxy: String? = nil, kind: ProxyServer.Kind = .http, socket: String? = nil,
        serverName: String? = nil
    ) throws -> ConnectPlan {
        let proxy = try proxy.map { ProxyServer(origin: try Origin($0), kind: kind) }
        let identity = ConnectionIdentity(origin: try Origin(url), proxy: proxy, certificateGeneration: 1)
        return ConnectPlan(identity, unixSocketPath: socket, serverName: serverName)
    }

    private func literal(_ text: String) throws -> IPLiteral {
        try #require(IPLiteral(text))
    }

    @Test("the socket goes to the origin's host, or to the proxy's, or to the Unix socket")
    func destinations() throws {
        #expect(try plan("https://api.test").destination == .name("api.test", port: 443))
        #expect(try plan("http://api.test:8080").destination == .name("api.test", port: 8080))
        #expect(try plan("https://192.0.2.1").destination == .address(literal("192.0.2.1"), port: 443))
        #expect(try plan("http://[2001:db8::1]").destination == .address(literal("2001:db8::1"), port: 80))
        #expect(try plan("https://api.test", proxy: "http://p:3128").destination == .name("p", port: 3128))
        #expect(try plan("https://api.test", proxy: "http://p", socket: "/s").destination == .unixSocket("/s"))
    }

    @Test("TLS is with the origin's host, wherever the socket goes")
    func identities() throws {
        let name = ServerIdentity.name("api.test")
        #expect(try plan("https://api.test").security == .init(identity: name, context: .origin))
        #expect(try plan("https://api.test.").security == .init(identity: name, context: .origin))
        #expect(try plan("https://api.test", proxy: "http://p").security == .init(identity: name, context: .origin))
        #expect(try plan("https://api.test", socket: "/s").security == .init(identity: name, context: .origin))
        let address = ServerIdentity.address(try literal("192.0.2.1"))
        #expect(try plan("https://192.0.2.1").security == .init(identity: address, context: .origin))
        for elsewhere in [
            try plan("https://192.0.2.1", proxy: "http://p"), try plan("https://192.0.2.1", proxy: "http://192.0.2.2"),
            try plan("https://192.0.2.1", socket: "/s"),
        ] {
            #expect(elsewhere.security == .init(identity: address, context: .addressElsewhere))
        }
        #expect(try plan("http://api.test").security == nil)
        #expect(try plan("https://192.0.2.1", serverName: "api.test").security?.identity == name)
    }

    @Test("https needs a tunnel, http the absolute form, and neither on a Unix socket")
    func proxies() throws {
        let secured = try plan("https://api.test", proxy: "http://p")
        #expect(secured.tunnel == .connect(.init(authority: "api.test:443", authorization: nil)))
        #expect(!secured.usesAbsoluteForm)
        #expect(secured.proxySecurity == nil)
        let clear = try plan("http://api.test", proxy: "https://p")
        #expect(clear.tunnel == nil)
        #expect(clear.usesAbsoluteForm)
        #expect(clear.proxySecurity == .init(identity: .name("p"), context: .proxy))
        #expect(
            try plan("https://[2001:db8::1]:8443", proxy: "http://p").tunnel
                == .connect(.init(authority: "[2001:db8::1]:8443", authorization: nil)))
        for socket in [
            try plan("https://api.test", proxy: "https://p", socket: "/s"),
            try plan("http://api.test", proxy: "https://p", socket: "/s"),
        ] {
            #expect(socket.tunnel == nil)
            #expect(socket.proxySecurity == nil)
            #expect(!socket.usesAbsoluteForm)
        }
    }

    @Test("SOCKS is a tunnel for http and https alike, and the kind of proxy says who looks the name up")
    func socks() throws {
        func host(_ url: String, _ kind: ProxyServer.Kind) throws -> ConnectPlan.SOCKSRequest.Host? {
            let plan = try plan(url, proxy: "http://p:1080", kind: kind)
            #expect(plan.destination == .name("p", port: 1080))
            #expect(!plan.usesAbsoluteForm && plan.proxySecurity == nil)
            guard case .socks(let request) = plan.tunnel else { return nil }
            return request.host
        }
        for scheme in ["http", "https"] {
            #expect(try host("\(scheme)://api.test", .socks5h) == .name("api.test"))
            #expect(try host("\(scheme)://api.test", .socks5) == .nameToResolve("api.test"))
            for kind in [ProxyServer.Kind.socks5, .socks5h] {
                #expect(try host("\(scheme)://[2001:db8::1]", kind) == .address(literal("2001:db8::1")))
            }
        }
        #expect(try plan("https://api.test", proxy: "http://p", kind: .socks5h, socket: "/s").tunnel == nil)
        let secured = try plan("https://192.0.2.1", proxy: "http://192.0.2.1", kind: .socks5)
        #expect(secured.security?.context == .origin)
    }

    @Test(
        "a connection that went elsewhere is refused",
        arguments: [
            ("https://192.0.2.1", "192.0.2.1", 443, true), ("https://192.0.2.1", "192.0.2.2", 443, false),
            ("https://192.0.2.1", "192.0.2.1", 444, false), ("http://[::1]", "::1", 80, true),
            ("http://[::1]", "127.0.0.1", 80, false), ("http://localhost", "127.0.0.1", 80, true),
            ("http://localhost", "::1", 80, true), ("http://localhost", "127.3.4.5", 80, true),
            ("http://localhost", "192.0.2.1", 80, false), ("https://localhost", "192.0.2.1", 443, false),
            ("http://localhost", "::ffff:192.0.2.1", 80, false), ("http://localhost", "::2", 80, false),
            ("http://localhost", "0.0.0.0", 80, false), ("http://localhost.", "192.0.2.1", 80, true),
            ("http://api.test", "192.0.2.1", 80, true),
        ])
    func refusals(url: String, remote: String, port: Int, isRight: Bool) throws {
        let address = try SocketAddress(ipAddress: remote, port: port)
        #expect((try plan(url).refusal(of: address) == nil) == isRight)
    }

    @Test("without a known peer, what depends on it is refused")
    func unknownPeer() throws {
        #expect(try plan("https://192.0.2.1").refusal(of: nil) != nil)
        #expect(try plan("http://localhost").refusal(of: nil) != nil)
        #expect(try plan("https://api.test").refusal(of: nil) == nil)
    }
}
#endif
