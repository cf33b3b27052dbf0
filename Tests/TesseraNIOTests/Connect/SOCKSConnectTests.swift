#if NIO && SOCKS
import NIOCore
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

@Suite("Connections through a SOCKS5 proxy", .wire)
struct SOCKSConnectTests {
    private static let password = "open sesame"

    private func proxy(
        _ port: UInt16, _ kind: ProxyServer.Kind = .socks5h, user: String? = nil
    ) throws -> ProxyServer {
        let origin = try #require(Origin(scheme: .http, host: "127.0.0.1", port: port))
        let secret = Secret(bytes: Array(Self.password.utf8))
        return ProxyServer(
            origin: origin, kind: kind, authorization: user.map { ProxyAuthorization(user: $0, password: secret) })
    }

    /// A proxy that is the origin as well: it grants what it is asked for, keeps the command, and greets.
    private final class Granting: Sendable {
        let commands = Mutex<[[UInt8]]>([])

        func serve(_ connection: RawConnection) throws {
            let greeting = try connection.read(2)
            _ = try connection.read(Int(greeting[1]))
            try connection.write([5, 0])
            var command = try connection.read(5)
            command += try connection.read(command[3] == 1 ? 5 : command[3] == 4 ? 17 : Int(command[4]) + 2)
            commands.withLock { $0.append(command) }
            try connection.write([5, 0, 0, 1, 127, 0, 0, 1, 0, 80])
            guard try connection.readHead() != nil else { return }
            try connection.write("hello\r\n")
            try connection.waitForClose(within: .seconds(5))
        }
    }

    @Test("socks5h tells the proxy the name, socks5 the address that was found here; http is tunnelled as well")
    func whoLooksNamesUp() async throws {
        let granting = Granting()
        try await RawServer.withRunning {
            try granting.serve($0)
        } body: { server in
            for kind in [ProxyServer.Kind.socks5h, .socks5] {
                let outcome = try await Connecting.outcome(
                    "http://api.test:8080", proxy: try proxy(server.port, kind), write: "GET / HTTP/1.1\r\n\r\n"
                ) { $0.dns.addresses = ["api.test": ["192.0.2.7", "192.0.2.8"]] }
                #expect(outcome.greeting == "hello")
                #expect(!outcome.usesAbsoluteForm)
            }
            let byName: [UInt8] = [5, 1, 0, 3, 8] + Array("api.test".utf8) + [0x1F, 0x90]
            let byAddress: [UInt8] = [5, 1, 0, 1, 192, 0, 2, 7, 0x1F, 0x90]
            #expect(granting.commands.withLock { $0 } == [byName, byAddress])
            #expect(server.log.failures.isEmpty)
        }
    }

    @Test("a name that the system knows is looked up by it")
    func systemLookup() async throws {
        let granting = Granting()
        try await RawServer.withRunning {
            try granting.serve($0)
        } body: { server in
            _ = try await Connecting.outcome(
                "http://localhost:80", proxy: try proxy(server.port, .socks5), write: "GET / HTTP/1.1\r\n\r\n")
            let command = try #require(granting.commands.withLock { $0 }.first)
            let v4: [UInt8] = [5, 1, 0, 1, 127, 0, 0, 1, 0, 80]
            let v6: [UInt8] = [5, 1, 0, 4] + [UInt8](repeating: 0, count: 15) + [1, 0, 80]
            #expect([v4, v6].contains(command))
        }
    }

    @Test("a name that is not found, or not in time, is this side's failure and not the proxy's")
    func unresolved() async throws {
        try await RawServer.withRunning {
            try $0.waitForClose(within: .seconds(5))
        } body: { server in
            let unknown = try await Connecting.failure("https://api.test", proxy: try proxy(server.port, .socks5)) {
                $0.dns.lookup = { _ in [] }
            }
            #expect(unknown.kind == .unreachable && unknown.phase == .resolve)
            #expect(unknown.message.contains("api.test"), "\(unknown)")
            let slow = try await Connecting.failure(
                "https://api.test", proxy: try proxy(server.port, .socks5), timeout: .milliseconds(200)
            ) {
                $0.dns.lookup = { _ in
                    try await Task.sleep(for: .seconds(60))
                    return nil
                }
            }
            #expect(slow.kind == .timeout && slow.phase == .resolve)
            #expect(slow.message.contains("api.test"), "\(slow)")
        }
    }

    /// What the proxy writes at each turn, and how it ends.
    struct Script: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind = TransportFailure.Kind.proxy
        var says: String
        var turns: [[UInt8]]
        var isSilent = false
    }

    static let scripts = [
        Script(
            testDescription: "refused", says: "connection refused", turns: [[5, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]]),
        Script(testDescription: "wrong version", says: "does not speak SOCKS5", turns: [[4, 90]]),
        Script(testDescription: "HTTP", says: "does not speak SOCKS5", turns: [Array("HTTP/1.1 400 No\r\n\r\n".utf8)]),
        Script(testDescription: "credentials refused", says: "did not accept", turns: [[5, 2], [1, 1]]),
        Script(testDescription: "nothing", kind: .disconnected, says: "closed", turns: []),
        Script(testDescription: "half a method", kind: .disconnected, says: "closed", turns: [[5]]),
        Script(
            testDescription: "half a reply", kind: .disconnected, says: "closed", turns: [[5, 0], [5, 0, 0, 1, 127]]),
        Script(testDescription: "a cut refusal", says: "rules", turns: [[5, 0], [5, 2]]),
        Script(
            testDescription: "bytes behind the reply", says: "after its reply",
            turns: [[5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Array("HTTP/1.1 200 OK\r\n".utf8)]),
        Script(testDescription: "silence", kind: .timeout, says: "in time", turns: [], isSilent: true),
        Script(testDescription: "silence later", kind: .timeout, says: "in time", turns: [[5, 2]], isSilent: true),
    ]

    @Test("no other answer makes a connection, and no failure holds a credential", arguments: scripts)
    func hostile(script: Script) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.read(4)
            for (number, turn) in script.turns.enumerated() {
                // Each turn answers a message of this side: that after the greeting has at least four bytes.
                if number > 0 { _ = try connection.read(4) }
                try connection.write(turn)
            }
            // With bytes unread a close is a reset, which may overtake what was written.
            if !script.isSilent { connection.closeWriting() }
            try connection.waitForClose(within: .seconds(5))
        } body: { server in
            let failure = try await Connecting.failure(
                "https://api.test", proxy: try proxy(server.port, user: "Aladdin"), timeout: .milliseconds(800))
            #expect(failure.kind == script.kind, "\(failure)")
            #expect(failure.phase == .proxy, "\(failure)")
            #expect(failure.message.contains(script.says), "\(failure)")
            var dumped = "\(failure)"
            dump(failure, to: &dumped)
            #expect(!dumped.contains(Self.password) && !dumped.contains("Aladdin"))
        }
    }

    @Test("credentials that do not fit are refused before they are sent")
    func unfitCredentials() async throws {
        try await RawServer.withRunning {
            try $0.waitForClose(within: .seconds(5))
        } body: { server in
            let failure = try await Connecting.failure("https://api.test", proxy: try proxy(server.port, user: ""))
            #expect(failure.kind == .proxy)
            #expect(failure.message.contains("RFC 1929"))
            #expect(server.log.bytesReceived == 0)
        }
    }

    @Test("requests to two origins through one proxy do not share a connection")
    func pooled() async throws {
        let hosts = Mutex<[String]>([])
        try await RawServer.withRunning { connection in
            _ = try connection.read(3)
            try connection.write([5, 0])
            let length = try connection.read(5)[4]
            let name = String(decoding: try connection.read(Int(length) + 2).dropLast(2), as: UTF8.self)
            try connection.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            while let request = try connection.readRequest() {
                hosts.withLock { $0.append("\(name) \(request.requestLine)") }
                try connection.write("HTTP/1.1 204 No Content\r\n\r\n")
            }
        } body: { server in
            let transport = try NIOTransport()
            let socks = try proxy(server.port)
            for url in ["http://a.test", "http://b.test", "http://a.test"] {
                let api = try Session(url, transport: transport) { $0.proxy = .server(socks) }
                _ = try await api.get("/x")
            }
            await transport.shutdown()
        }
        // As to the origin itself: no absolute form, which only an HTTP proxy reads.
        #expect(
            hosts.withLock { $0 } == [
                "a.test GET /x HTTP/1.1", "b.test GET /x HTTP/1.1", "a.test GET /x HTTP/1.1",
            ])
    }
}
#endif
