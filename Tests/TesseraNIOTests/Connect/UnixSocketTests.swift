#if NIO
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("Unix sockets", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct UnixSocketTests {
    private let authority: TestAuthority
    private let path: String

    init() throws {
        authority = try TestAuthority.shared.get()
        path = "\(try authority.folderForFiles())/s"
    }

    @Test("all origins are reached through the socket, and proxies are not used")
    func clear() async throws {
        try await GreetingServer.withRunning(on: path) { _ in
            let proxy = ProxyServer(origin: try Origin("http://127.0.0.1:1"))
            for url in ["http://api.test", "http://localhost:8080", "http://192.0.2.1"] {
                let outcome = try await Connecting.outcome(url, proxy: proxy) { $0.unixSocketPath = path }
                #expect(outcome.greeting == "hello clear")
                #expect(!outcome.usesAbsoluteForm)
            }
        }
    }

    @Test(
        "with https the certificate must name the origin's host",
        arguments: [
            ("https://api.test", true), ("https://127.0.0.2", true), ("https://other.test", false),
            ("https://127.0.0.1", false),
        ])
    func secured(url: String, isRight: Bool) async throws {
        let names = ["DNS:api.test", "IP:127.0.0.2"]
        let tls = try authority.issue("server", names: names).serverConfiguration()
        let roots = NIOTransport.TLSSettings.TrustRoots.pemFile(authority.rootPath)
        try await GreetingServer.withRunning(tls: tls, on: path) { _ in
            if isRight {
                let outcome = try await Connecting.outcome(url) {
                    $0.unixSocketPath = path
                    $0.tls.trustRoots = roots
                }
                #expect(outcome.version == .http2)
            } else {
                let failure = try await Connecting.failure(url) {
                    $0.unixSocketPath = path
                    $0.tls.trustRoots = roots
                }
                #expect(failure.kind == .tls)
                #expect(failure.message.contains("another host"), "\(failure)")
            }
        }
    }

    @Test("a socket that is not there is unreachable")
    func absent() async throws {
        let failure = try await Connecting.failure("http://api.test") { $0.unixSocketPath = path }
        #expect(failure.kind == .unreachable)
        #expect(failure.phase == .connect)
        #expect(failure.message.contains("no such socket"), "\(failure)")
    }
}
#endif
