#if NIO
import NIOCore
import NIOSSL
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

@Suite("TLS of new connections", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct TLSConnectTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority.shared.get()
    }

    @Test(
        "ALPN decides on the version, and the peer's first bytes are not lost",
        arguments: [
            (["h2", "http/1.1"], true, EstablishedChannel.Version.http2),
            (["http/1.1"], true, .http1),
            ([], true, .http1),
            (["h2", "http/1.1"], false, .http1),
        ])
    func negotiates(protocols: [String], http2: Bool, expected: EstablishedChannel.Version) async throws {
        let tls = try authority.issue("server").serverConfiguration(protocols: protocols)
        try await GreetingServer.withRunning(tls: tls) { server in
            for _ in 0..<20 {
                let outcome = try await Connecting.outcome("https://localhost:\(server.port)") {
                    $0.tls.trustRoots = .pemFile(authority.rootPath)
                    $0.http2 = http2
                }
                #expect(outcome.version == expected)
                #expect(outcome.greeting == "hello anonymous")
            }
        }
    }

    // Callbacks of the future came too late when the machine was busy: handlers stood behind the first bytes.
    @Test("who looks at the connection late has missed nothing")
    func lateCaller() async throws {
        let tls = try authority.issue("server").serverConfiguration()
        try await GreetingServer.withRunning(tls: tls) { server in
            for url in ["https://localhost:\(server.port)", "https://127.0.0.1:\(server.port)"] {
                let outcome = try await Connecting.outcome(url, lateBy: .milliseconds(200)) {
                    $0.tls.trustRoots = .pemFile(authority.rootPath)
                }
                #expect(outcome.greeting == "hello anonymous")
            }
        }
    }

    @Test("an address is found among the certificate's addresses", arguments: ["127.0.0.1", "[::1]"])
    func addresses(host: String) async throws {
        let tls = try authority.issue("server").serverConfiguration()
        let bound = host == "[::1]" ? "::1" : host
        try await GreetingServer.withRunning(tls: tls, on: bound) { server in
            let outcome = try await Connecting.outcome("https://\(host):\(server.port)") {
                $0.tls.trustRoots = .systemAndPEMFile(authority.rootPath)
            }
            #expect(outcome.version == .http2)
        }
    }

    @Test("roots as bytes are as good as those in a file")
    func rootBytes() async throws {
        let tls = try authority.issue("server").serverConfiguration()
        let root = try authority.rootPEM
        try await GreetingServer.withRunning(tls: tls) { server in
            for roots in [NIOTransport.TLSSettings.TrustRoots.pem(root), .systemAndPEM(root)] {
                let outcome = try await Connecting.outcome("https://localhost:\(server.port)") {
                    $0.tls.trustRoots = roots
                }
                #expect(outcome.greeting == "hello anonymous")
            }
        }
    }

    private static let stranger = Result { try TestAuthority(name: "Stranger") }

    /// What is wrong with a server, the host that is asked, and what the message must say.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var host = "localhost"
        var says: String
        var leaf: @Sendable (TestAuthority) throws -> TestCertificate
    }

    static let refusals = [
        Refusal(testDescription: "expired", says: "expired") { try $0.issue("expired", days: -1) },
        Refusal(testDescription: "another name", says: "it names other.test") {
            try $0.issue("other", names: ["DNS:other.test"])
        },
        Refusal(testDescription: "another address", host: "127.0.0.1", says: "another host") {
            try $0.issue("other", names: ["IP:127.0.0.2"])
        },
        Refusal(testDescription: "an address instead of the name", says: "another host") {
            try $0.issue("address", names: ["IP:127.0.0.1", "IP:::1"])
        },
        Refusal(testDescription: "the address as a name", host: "127.0.0.1", says: "another host") {
            try $0.issue("name", names: ["DNS:127.0.0.1"])
        },
        Refusal(testDescription: "a common name alone", says: "names no host") { try $0.issue("localhost", names: []) },
        Refusal(testDescription: "self-signed", says: "self-signed") { try $0.selfSigned("self") },
        Refusal(testDescription: "of an unknown authority", says: "issuer is unknown") { _ in
            try stranger.get().issue("server")
        },
        Refusal(testDescription: "for clients", says: "not trusted") { try $0.issue("client", purpose: .client) },
    ]

    @Test("a certificate that is wrong is refused, and the message says why", arguments: refusals)
    func refuses(refusal: Refusal) async throws {
        let tls = try refusal.leaf(authority).serverConfiguration()
        try await GreetingServer.withRunning(tls: tls) { server in
            let failure = try await Connecting.failure("https://\(refusal.host):\(server.port)") {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(failure.kind == .tls)
            #expect(failure.phase == .tls)
            #expect(failure.message.contains(refusal.says), "\(failure)")
        }
    }

    @Test("only what is called insecure takes any certificate")
    func insecure() async throws {
        let leaf = try authority.selfSigned("self", names: ["DNS:elsewhere.test"])
        let pin = try NIOTransport.CertificatePin(sha256: leaf.pin())
        let other = try NIOTransport.CertificatePin(sha256: authority.issue("other").pin())
        try await GreetingServer.withRunning(tls: leaf.serverConfiguration()) { server in
            let url = "https://localhost:\(server.port)"
            for pins in [[], [pin]] as [Set<NIOTransport.CertificatePin>] {
                let outcome = try await Connecting.outcome(url) {
                    $0.tls.trustRoots = .insecureAnyCertificate
                    $0.tls.pins = pins
                }
                #expect(outcome.greeting == "hello anonymous")
            }
            let failure = try await Connecting.failure(url) {
                $0.tls.trustRoots = .insecureAnyCertificate
                $0.tls.pins = [other]
            }
            #expect(failure.kind == .tls)
        }
    }

    @Test("one of the pins must be the server's key")
    func pins() async throws {
        let leaf = try authority.issue("server")
        let right = try NIOTransport.CertificatePin(sha256: leaf.pin())
        let wrong = try NIOTransport.CertificatePin(sha256: "sha256/" + authority.issue("other").pin())
        try await GreetingServer.withRunning(tls: leaf.serverConfiguration()) { server in
            let url = "https://localhost:\(server.port)"
            for pins in [[right], [wrong, right]] as [Set<NIOTransport.CertificatePin>] {
                let outcome = try await Connecting.outcome(url) {
                    $0.tls.trustRoots = .pemFile(authority.rootPath)
                    $0.tls.pins = pins
                }
                #expect(outcome.version == .http2)
            }
            let failure = try await Connecting.failure(url) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
                $0.tls.pins = [wrong]
            }
            #expect(failure.kind == .tls)
            #expect(failure.message.contains("pinned"))
            // A pin does not make up for a chain that is not trusted.
            #expect(try await Connecting.failure(url) { $0.tls.pins = [right] }.message.contains("not trusted"))
        }
    }

    @Test("another name can be asked for, and must be the certificate's")
    func serverName() async throws {
        let tls = try authority.issue("server", names: ["DNS:api.test"]).serverConfiguration()
        try await GreetingServer.withRunning(tls: tls) { server in
            let url = "https://127.0.0.1:\(server.port)"
            let outcome = try await Connecting.outcome(url) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
                $0.tls.serverName = "API.test"
            }
            #expect(outcome.version == .http2)
            let failure = try await Connecting.failure(url) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
                $0.tls.serverName = "api2.test"
            }
            #expect(failure.message.contains("api2.test"))
        }
    }

    @Test("a server below the oldest version is refused")
    func minimumVersion() async throws {
        var tls = try authority.issue("server").serverConfiguration()
        tls.maximumTLSVersion = .tlsv12
        try await GreetingServer.withRunning(tls: tls) { server in
            let url = "https://localhost:\(server.port)"
            let outcome = try await Connecting.outcome(url) { $0.tls.trustRoots = .pemFile(authority.rootPath) }
            #expect(outcome.version == .http2)
            let failure = try await Connecting.failure(url) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
                $0.tls.minimumVersion = .v13
            }
            #expect(failure.kind == .tls)
            #expect(failure.message.contains("minimumVersion"), "\(failure)")
        }
    }

    @Test("TLS 1.1 is not spoken")
    func oldVersion() async throws {
        var tls = try authority.issue("server").serverConfiguration()
        tls.minimumTLSVersion = .tlsv1
        tls.maximumTLSVersion = .tlsv11
        try await GreetingServer.withRunning(tls: tls) { server in
            let failure = try await Connecting.failure("https://localhost:\(server.port)") {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(failure.kind == .tls)
        }
    }

    @Test("a port without TLS is called so")
    func notTLS() async throws {
        try await RawServer.withRunning { connection in
            try connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            _ = try connection.waitForClose(within: .seconds(5))
        } body: { server in
            let failure = try await Connecting.failure("https://127.0.0.1:\(server.origin.port)")
            #expect(failure.kind == .tls)
            #expect(failure.phase == .tls)
            #expect(failure.message.contains("does not speak TLS"), "\(failure)")
        }
    }

    @Test("a connection that ends within the handshake is a disconnection")
    func ended() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.waitForClose(within: .milliseconds(50))
        } body: { server in
            let failure = try await Connecting.failure("https://127.0.0.1:\(server.origin.port)")
            #expect(failure.kind == .disconnected)
            #expect(failure.phase == .tls)
        }
    }

    @Test("a handshake that does not go on is a timeout of its phase")
    func silent() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.waitForClose(within: .seconds(5))
        } body: { server in
            let failure = try await Connecting.failure(
                "https://127.0.0.1:\(server.origin.port)", timeout: .seconds(3)
            ) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(failure.kind == .timeout)
            #expect(failure.phase == .tls)
        }
    }
}
#endif
