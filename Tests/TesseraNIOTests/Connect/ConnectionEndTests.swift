#if NIO
import Foundation
import NIOCore
import NIOPosix
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Connections that are given up or fail leave nothing open.
@Suite(
    "Connections that do not come about", .wire, .serialized,
    .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct ConnectionEndTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority.shared.get()
    }

    /// Other suites run at the same time and open files of their own: a leak is one for each of many attempts.
    private static let attempts = 200
    private static let tolerance = 40

    private static var descriptors: Int {
        let folder = FileManager.default.fileExists(atPath: "/proc/self/fd") ? "/proc/self/fd" : "/dev/fd"
        return (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
    }

    private func expectNoLeak(_ what: String, _ body: () async throws -> Void) async throws {
        let before = Self.descriptors
        try await body()
        for _ in 0..<100 where Self.descriptors > before + Self.tolerance {
            try await Task.sleep(for: .milliseconds(50))
        }
        let after = Self.descriptors
        #expect(after <= before + Self.tolerance, "\(what): \(before) before, \(after) after")
        print("descriptors around \(Self.attempts) failures, \(what): \(before) before, \(after) after")
    }

    private func fail(
        _ url: String, proxy: ProxyServer? = nil, timeout: TimeAmount = .seconds(5), cancelAfter: TimeAmount? = nil,
        _ change: (inout NIOTransport.Configuration) -> Void = { _ in }
    ) async throws {
        var configuration = NIOTransport.Configuration()
        configuration.tls.trustRoots = .pemFile(authority.rootPath)
        change(&configuration)
        let connector = try Connector(configuration)
        let identity = connector.identity(for: try Origin(url), proxy: proxy)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<Self.attempts {
                group.addTask {
                    let loop = NIOSingletons.posixEventLoopGroup.next()
                    let promise = loop.makePromise(of: EstablishedChannel.self)
                    let attempt = connector.attempt(
                        identity, within: timeout, on: loop
                    ) { promise.completeWith($0.mapError { $0 as any Error }) }
                    if let cancelAfter {
                        try? await Task.sleep(for: .nanoseconds(cancelAfter.nanoseconds))
                        attempt.cancel()
                    }
                    let failure = try? await promise.futureResult.get()
                    return failure == nil
                }
            }
            for await failed in group { #expect(failed) }
        }
    }

    @Test("200 refused, 200 unresolvable")
    func unreachable() async throws {
        let port = try RawServer.closedPort()
        try await expectNoLeak("refused") { try await fail("http://127.0.0.1:\(port)") }
        try await expectNoLeak("refused by both addresses") {
            try await fail("http://api.test:\(port)") { $0.dns.addresses = ["api.test": ["127.0.0.1", "127.0.0.8"]] }
        }
        try await expectNoLeak("unresolvable") { try await fail("http://api.test") { $0.dns.lookup = { _ in [] } } }
    }

    @Test("200 that nobody answers")
    func silent() async throws {
        try await GreetingServer.withRunning { server in
            try await SilentAddress.withRunning("127.0.0.9", port: server.port) {
                let url = "http://api.test:\(server.port)"
                try await expectNoLeak("no answer") {
                    try await fail(url, timeout: .milliseconds(300)) {
                        $0.dns.addresses = ["api.test": ["127.0.0.9", "127.0.0.9"]]
                    }
                }
                try await expectNoLeak("cancelled while connecting") {
                    try await fail(url, cancelAfter: .milliseconds(100)) {
                        $0.dns.addresses = ["api.test": ["127.0.0.9", "127.0.0.9"]]
                    }
                }
            }
        }
        try await expectNoLeak("cancelled while resolving") {
            try await fail("http://api.test", cancelAfter: .milliseconds(50)) {
                $0.dns.lookup = { _ in
                    try await Task.sleep(for: .seconds(20))
                    return []
                }
            }
        }
    }

    @Test("200 whose certificate or key is refused")
    func tls() async throws {
        let pin = try NIOTransport.CertificatePin(sha256: authority.issue("pin").pin())
        for (what, names) in [("wrong host", ["DNS:other.test"]), ("wrong pin", ["DNS:localhost"])] {
            let tls = try authority.issue("server", names: names).serverConfiguration()
            try await GreetingServer.withRunning(tls: tls) { server in
                try await expectNoLeak(what) {
                    try await fail("https://localhost:\(server.port)") { $0.tls.pins = [pin] }
                }
            }
        }
        let tls = try authority.selfSigned("self").serverConfiguration()
        try await GreetingServer.withRunning(tls: tls) { server in
            try await expectNoLeak("self-signed") { try await fail("https://localhost:\(server.port)") }
        }
    }

    @Test("200 whose handshake or tunnel does not end")
    func stuck() async throws {
        let silence = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = silence.localAddress?.port ?? 0
        let proxy = ProxyServer(origin: try Origin("http://127.0.0.1:\(port)"))
        try await expectNoLeak("TLS in time") {
            try await fail("https://127.0.0.1:\(port)", timeout: .milliseconds(300))
        }
        try await expectNoLeak("TLS cancelled") {
            try await fail("https://127.0.0.1:\(port)", cancelAfter: .milliseconds(100))
        }
        try await expectNoLeak("tunnel in time") {
            try await fail("https://api.test", proxy: proxy, timeout: .milliseconds(300))
        }
        try await expectNoLeak("tunnel cancelled") {
            try await fail("https://api.test", proxy: proxy, cancelAfter: .milliseconds(100))
        }
        try await silence.close()
    }

    @Test("200 whose tunnel is refused")
    func tunnels() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 403 No\r\n\r\n")
        } body: { server in
            let proxy = ProxyServer(origin: server.origin)
            try await expectNoLeak("tunnel refused") { try await fail("https://api.test", proxy: proxy) }
        }
    }

    @Test("giving up is told once, and does nothing to what is there already")
    func cancelled() async throws {
        let connector = try Connector(NIOTransport.Configuration())
        try await GreetingServer.withRunning { server in
            let identity = connector.identity(for: try Origin("http://127.0.0.1:\(server.port)"), proxy: nil)
            let loop = NIOSingletons.posixEventLoopGroup.next()
            func attempt() -> (ConnectAttempt, EventLoopFuture<EstablishedChannel>) {
                let promise = loop.makePromise(of: EstablishedChannel.self)
                let attempt = connector.attempt(
                    identity, within: .seconds(5), on: loop
                ) { promise.completeWith($0.mapError { $0 as any Error }) }
                return (attempt, promise.futureResult)
            }
            let (early, first) = attempt()
            early.cancel()
            early.cancel()
            let outcome = await Result { try await first.get() }
            if case .failure(let error) = outcome {
                #expect((error as? TransportFailure)?.kind == .cancelled)
            }
            let (late, second) = attempt()
            let established = try await second.get()
            late.cancel()
            try await loop.submit {}.get()
            #expect(established.channel.isActive)
            try await established.channel.close()
            if case .success(let established) = outcome { try await established.channel.close() }
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
#endif
