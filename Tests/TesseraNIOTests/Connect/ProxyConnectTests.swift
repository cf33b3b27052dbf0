#if NIO
import NIOCore
import NIOSSL
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

@Suite("Connections through a proxy", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct ProxyConnectTests {
    private let authority: TestAuthority
    private let authorization = ProxyAuthorization(user: "Aladdin", password: Secret(bytes: Array("open sesame".utf8)))

    init() throws {
        authority = try TestAuthority.shared.get()
    }

    private func proxy(
        _ port: UInt16, scheme: Origin.Scheme = .http, host: String = "127.0.0.1", sealed: Bool = true
    ) throws -> ProxyServer {
        let origin = try #require(Origin(scheme: scheme, host: host, port: port))
        return ProxyServer(origin: origin, authorization: sealed ? authorization : nil)
    }

    @Test("an https origin is reached by a tunnel, which alone carries the proxy's credentials")
    func tunnel() async throws {
        let tls = try authority.issue("server", names: ["DNS:api.test"]).serverConfiguration()
        try await RelayProxy.withRunning { relay in
            try await GreetingServer.withRunning(tls: tls) { server in
                let outcome = try await Connecting.outcome(
                    "https://api.test:\(server.port)", proxy: try proxy(relay.port)
                ) { $0.tls.trustRoots = .pemFile(authority.rootPath) }
                #expect(outcome.greeting == "hello anonymous")
                #expect(outcome.version == .http2)
                #expect(!outcome.usesAbsoluteForm)
                let target = "api.test:\(server.port)"
                // The pair and its encoding are the example of RFC 7617 §2.
                let head =
                    "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
                    + "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"
                #expect(relay.requests == [head])
            }
        }
    }

    @Test("a proxy may speak TLS itself, and gets no client certificate")
    func securedProxy() async throws {
        let origin = try authority.issue("server", names: ["DNS:api.test"])
            .serverConfiguration(clientRoot: authority.rootPath)
        var proxyTLS = try authority.issue("proxy").serverConfiguration(protocols: ["http/1.1"])
        proxyTLS.trustRoots = .file(authority.rootPath)
        proxyTLS.certificateVerification = .none
        let alice = try authority.issue("alice", names: [], purpose: .client)
        try await RelayProxy.withRunning(tls: proxyTLS) { relay in
            try await GreetingServer.withRunning(tls: origin) { server in
                for host in ["localhost", "127.0.0.1"] {
                    let outcome = try await Connecting.outcome(
                        "https://api.test:\(server.port)", proxy: try proxy(relay.port, scheme: .https, host: host)
                    ) {
                        $0.tls.trustRoots = .pemFile(authority.rootPath)
                        $0.tls.clientCertificate = .pemFiles(chain: alice.certificatePath, key: alice.keyPath)
                    }
                    #expect(outcome.greeting.contains("common_name=alice"))
                    #expect(outcome.version == .http2)
                }
            }
        }
    }

    @Test("a proxy's own certificate is checked before it is told anything")
    func distrustedProxy() async throws {
        let proxyTLS = try authority.selfSigned("proxy").serverConfiguration(protocols: ["http/1.1"])
        try await RelayProxy.withRunning(tls: proxyTLS) { relay in
            let failure = try await Connecting.failure(
                "https://api.test", proxy: try proxy(relay.port, scheme: .https)
            ) { $0.tls.trustRoots = .pemFile(authority.rootPath) }
            #expect(failure.kind == .tls)
            #expect(failure.phase == .proxy)
            #expect(failure.message.contains("self-signed"), "\(failure)")
            #expect(relay.requests.isEmpty)
        }
    }

    @Test("behind a proxy the certificate must name the origin, and never the proxy")
    func identityBehindProxy() async throws {
        // The proxy's address is that of the socket: NIOSSL alone would take the first for 127.0.0.2.
        let rows: [(names: [String], host: String, isRight: Bool)] = [
            (["IP:127.0.0.1"], "127.0.0.2", false), (["IP:127.0.0.2"], "127.0.0.2", true),
            (["IP:127.0.0.1"], "api.test", false), (["DNS:api.test"], "api.test", true),
            (["DNS:127.0.0.2"], "127.0.0.2", false),
        ]
        for row in rows {
            let tls = try authority.issue("server", names: row.names).serverConfiguration()
            try await RelayProxy.withRunning { relay in
                try await GreetingServer.withRunning(tls: tls) { server in
                    let url = "https://\(row.host):\(server.port)"
                    let roots = NIOTransport.TLSSettings.TrustRoots.pemFile(authority.rootPath)
                    if row.isRight {
                        let outcome = try await Connecting.outcome(url, proxy: try proxy(relay.port)) {
                            $0.tls.trustRoots = roots
                        }
                        #expect(outcome.version == .http2)
                    } else {
                        let failure = try await Connecting.failure(url, proxy: try proxy(relay.port)) {
                            $0.tls.trustRoots = roots
                        }
                        #expect(failure.kind == .tls, "\(row)")
                        #expect(failure.message.contains("another host"), "\(row): \(failure)")
                    }
                }
            }
        }
    }

    @Test("an http origin needs no tunnel: the proxy reads the requests")
    func absoluteForm() async throws {
        try await GreetingServer.withRunning { server in
            let outcome = try await Connecting.outcome("http://api.test", proxy: try proxy(server.port))
            #expect(outcome.usesAbsoluteForm)
            #expect(outcome.version == .http1)
            #expect(outcome.greeting == "hello clear")
        }
    }

    /// An answer to CONNECT that must not lead to a tunnel.
    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: TransportFailure.Kind = .proxy
        var says: String
        var text: String
    }

    static let answers = [
        Answer(
            testDescription: "407", says: "did not accept the credentials",
            text: "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 3\r\n\r\nbye"),
        Answer(testDescription: "403", says: "status 403", text: "HTTP/1.1 403 No\r\n\r\n"),
        Answer(testDescription: "302", says: "status 302", text: "HTTP/1.1 302 Go\r\nLocation: http://evil\r\n\r\n"),
        Answer(
            testDescription: "101", says: "proxy", text: "HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        Answer(testDescription: "garbage", says: "no HTTP", text: "\u{1}\u{2}garbage\r\n\r\n"),
        Answer(testDescription: "another protocol", says: "no HTTP", text: "SSH-2.0-OpenSSH_9.2\r\n"),
        Answer(testDescription: "HTTP/2", says: "no HTTP", text: "HTTP/2.0 200 OK\r\n\r\n"),
        Answer(
            testDescription: "endless head", says: "longer than",
            text: "HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: 0123456789\r\n", count: 4_000)),
        Answer(
            testDescription: "endless field", says: "longer than",
            text: "HTTP/1.1 200 OK\r\nX-A: " + String(repeating: "a", count: 100_000)),
        Answer(
            testDescription: "endless reason", says: "longer than",
            text: "HTTP/1.1 200 " + String(repeating: "a", count: 100_000)),
        Answer(
            testDescription: "endless informational answers", says: "longer than",
            text: String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 4_000)),
        Answer(testDescription: "cut head", kind: .disconnected, says: "closed", text: "HTTP/1.1 200 OK\r\nX-"),
        Answer(testDescription: "nothing", kind: .disconnected, says: "closed", text: ""),
        Answer(testDescription: "bytes behind the head", says: "after its answer", text: "HTTP/1.1 200 OK\r\n\r\nX"),
        Answer(
            testDescription: "a second answer", says: "after its answer",
            text: "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        Answer(
            testDescription: "content that is announced", says: "after its answer",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        Answer(
            testDescription: "the beginning of another answer", says: "after its answer",
            text: "HTTP/1.1 200 OK\r\n\r\nHTTP"),
    ]

    @Test("no other answer than 2xx makes a tunnel, and nothing may follow it", arguments: answers)
    func hostile(answer: Answer) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            try? connection.write(answer.text)
        } body: { server in
            let failure = try await Connecting.failure("https://api.test", proxy: try proxy(server.origin.port))
            #expect(failure.kind == answer.kind, "\(failure)")
            #expect(failure.phase == .proxy, "\(failure)")
            #expect(failure.message.contains(answer.says), "\(failure)")
            #expect(!failure.message.contains("sesame"))
            let sent = server.log.requests.first
            #expect(sent?.requestLine == "CONNECT api.test:443 HTTP/1.1")
            #expect(server.log.requests.count == 1)
        }
    }

    @Test("the answer's head may come in any pieces, after informational ones, and say what it likes of a length")
    func pieces() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            try connection.write(
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                inPiecesOf: 7, every: .milliseconds(1))
            _ = try connection.waitForClose(within: .seconds(5))
        } body: { server in
            // The tunnel is there, so it is TLS that is waited for.
            let failure = try await Connecting.failure(
                "https://api.test", proxy: try proxy(server.origin.port), timeout: .seconds(3)
            ) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(failure.kind == .timeout, "\(failure)")
            #expect(failure.phase == .tls, "\(failure)")
        }
    }

    @Test("a 407 without credentials says where to put them")
    func wantsCredentials() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
        } body: { server in
            let failure = try await Connecting.failure(
                "https://api.test", proxy: try proxy(server.origin.port, sealed: false))
            #expect(failure.kind == .proxy)
            #expect(failure.message.contains("wants credentials"), "\(failure)")
            #expect(server.log.requests.first?.values(of: "Proxy-Authorization") == [])
        }
    }

    @Test("a proxy that is silent, and one that is not there")
    func absent() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.waitForClose(within: .seconds(5))
        } body: { server in
            let silent = try await Connecting.failure(
                "https://api.test", proxy: try proxy(server.origin.port), timeout: .seconds(3)
            ) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(silent.kind == .timeout)
            #expect(silent.phase == .proxy)
        }
        let closed = try await Connecting.failure("https://api.test", proxy: try proxy(try RawServer.closedPort()))
        #expect(closed.kind == .proxy)
        #expect(closed.phase == .connect)
        let nameless = try await Connecting.failure("https://api.test", proxy: try proxy(80, host: "proxy.test")) {
            $0.dns.lookup = { _ in [] }
        }
        #expect(nameless.kind == .proxy)
        #expect(nameless.phase == .resolve)
    }

    @Test("credentials that Basic cannot carry are refused before they are sent", arguments: ["a:b", "a\nb"])
    func unfitCredentials(user: String) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
        } body: { server in
            var unfit = try proxy(server.origin.port)
            unfit.authorization = ProxyAuthorization(user: user, password: Secret(bytes: Array("password".utf8)))
            let failure = try await Connecting.failure("https://api.test", proxy: unfit)
            #expect(failure.kind == .proxy)
            #expect(failure.message.contains("RFC 7617"))
            #expect(server.log.requests.isEmpty)
        }
    }
}
#endif
