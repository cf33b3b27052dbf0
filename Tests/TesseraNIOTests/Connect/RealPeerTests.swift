#if NIO
import Foundation
import NIOCore
import NIOPosix
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Programs that others wrote: tinyproxy for CONNECT, microsocks for SOCKS5, nginx for client certificates.
@Suite("Connections to real programs", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"))
struct RealPeerTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority.shared.get()
    }

    static func isThere(_ program: String) -> Bool {
        if TestProgram.path(of: program) != nil { return true }
        guard ProcessInfo.processInfo.environment["CI"] == nil else { return true }
        print("skipped: a test needs \(program)")
        return false
    }

    @Test(
        "tinyproxy opens a tunnel for the right credentials only",
        .enabled(if: isThere("tinyproxy"), "tinyproxy is missing"))
    func tinyproxy() async throws {
        let folder = try authority.folderForFiles()
        let tls = try authority.issue("server").serverConfiguration()
        try await GreetingServer.withRunning(tls: tls) { server in
            let port = try await freePort()
            let text = """
                Port \(port)
                Listen 127.0.0.1
                Timeout 30
                LogFile "\(folder)/tinyproxy.log"
                LogLevel Info
                MaxClients 20
                Allow 127.0.0.1
                BasicAuth alice correcthorse
                ConnectPort \(server.port)
                """
            try text.write(toFile: "\(folder)/tinyproxy.conf", atomically: true, encoding: .utf8)
            let process = try TestProgram.start("tinyproxy", ["-d", "-c", "\(folder)/tinyproxy.conf"])
            defer { end(process) }
            try await untilListening(port)
            func proxy(_ password: String) throws -> ProxyServer {
                ProxyServer(
                    origin: try Origin("http://127.0.0.1:\(port)"),
                    authorization: ProxyAuthorization(user: "alice", password: Secret(bytes: Array(password.utf8))))
            }
            let url = "https://127.0.0.1:\(server.port)"
            let outcome = try await Connecting.outcome(url, proxy: try proxy("correcthorse")) {
                $0.tls.trustRoots = .pemFile(authority.rootPath)
            }
            #expect(outcome.greeting == "hello anonymous")
            #expect(outcome.version == .http2)
            let refused = try await Connecting.failure(url, proxy: try proxy("wronghorse"))
            #expect(refused.kind == .proxy)
            #expect(refused.phase == .proxy)
            let elsewhere = try await Connecting.failure("https://127.0.0.1:1", proxy: try proxy("correcthorse"))
            #expect(elsewhere.message.contains("status 403"), "\(elsewhere)")
            let log = try String(contentsOfFile: "\(folder)/tinyproxy.log", encoding: .utf8)
            #expect(log.contains("CONNECT 127.0.0.1:\(server.port)"))
        }
    }

    #if SOCKS
    @Test(
        "microsocks connects for the right credentials only",
        .enabled(if: isThere("microsocks"), "microsocks is missing"))
    func microsocks() async throws {
        let tls = try authority.issue("server").serverConfiguration()
        // Where microsocks gets to when it looks the name up.
        let local = try #require(try SocketAddress.makeAddressResolvingHost("localhost", port: 0).ipAddress)
        try await GreetingServer.withRunning(tls: tls, on: local) { server in
            let port = try await freePort()
            let process = try TestProgram.start(
                "microsocks", ["-i", "127.0.0.1", "-p", "\(port)", "-u", "alice", "-P", "correcthorse"])
            defer { end(process) }
            try await untilListening(port)
            func proxy(_ kind: ProxyServer.Kind, _ password: String?) throws -> ProxyServer {
                let authorization = password.map {
                    ProxyAuthorization(user: "alice", password: Secret(bytes: Array($0.utf8)))
                }
                return ProxyServer(
                    origin: try Origin("http://127.0.0.1:\(port)"), kind: kind, authorization: authorization)
            }
            let url = "https://localhost:\(server.port)"
            for kind in [ProxyServer.Kind.socks5, .socks5h] {
                let outcome = try await Connecting.outcome(url, proxy: try proxy(kind, "correcthorse")) {
                    $0.tls.trustRoots = .pemFile(authority.rootPath)
                }
                #expect(outcome.greeting == "hello anonymous")
                #expect(outcome.version == .http2)
            }
            let wrong = try await Connecting.failure(url, proxy: try proxy(.socks5h, "wronghorse"))
            #expect(wrong.message.contains("did not accept the credentials"), "\(wrong)")
            let none = try await Connecting.failure(url, proxy: try proxy(.socks5h, nil))
            #expect(none.message.contains("wants credentials"), "\(none)")
            let nobody = try await Connecting.failure(
                "https://127.0.0.1:\(try RawServer.closedPort())", proxy: try proxy(.socks5h, "correcthorse"))
            #expect(nobody.kind == .proxy && nobody.message.contains("connection refused"), "\(nobody)")
        }
    }
    #endif

    @Test("nginx sees the client certificate", .enabled(if: isThere("nginx"), "nginx is missing"))
    func nginx() async throws {
        let folder = try authority.folderForFiles()
        let leaf = try authority.issue("server")
        let alice = try authority.issue("alice", names: [], purpose: .client)
        let port = try await freePort()
        let text = """
            daemon off; # in one process, so that nothing is left of it
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path \(folder)/a; proxy_temp_path \(folder)/b; fastcgi_temp_path \(folder)/c;
              uwsgi_temp_path \(folder)/d; scgi_temp_path \(folder)/e;
              server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(leaf.certificatePath);
                ssl_certificate_key \(leaf.keyPath);
                ssl_client_certificate \(authority.rootPath);
                ssl_verify_client on;
                return 200 "$ssl_client_s_dn";
              }
            }
            """
        try text.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
        let process = try TestProgram.start(
            "nginx", ["-g", "master_process off;", "-p", folder, "-c", "\(folder)/nginx.conf"])
        defer { end(process) }
        try await untilListening(port)
        let request = "GET / HTTP/1.0\r\n\r\n"
        let outcome = try await Connecting.outcome("https://localhost:\(port)", write: request) {
            $0.tls.trustRoots = .pemFile(authority.rootPath)
            $0.tls.clientCertificate = .pemFiles(chain: alice.certificatePath, key: alice.keyPath)
        }
        #expect(outcome.version == .http1)
        #expect(outcome.greeting == "HTTP/1.1 200 OK")
        let anonymous = try await Connecting.outcome("https://localhost:\(port)", write: request) {
            $0.tls.trustRoots = .pemFile(authority.rootPath)
        }
        #expect(anonymous.greeting.contains("400"))
    }

    private func end(_ process: Process) {
        // tinyproxy waits for its next connection before it heeds SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A port that was free a moment ago.
    private func freePort() async throws -> UInt16 {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return UInt16(truncatingIfNeeded: port)
    }

    private func untilListening(_ port: UInt16) async throws {
        for _ in 0..<200 {
            let probe = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            if let channel = try? await probe.connect(host: "127.0.0.1", port: Int(port)).get() {
                return try await channel.close()
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw TestProgram.Failed(description: "nobody listens on \(port)")
    }
}

#endif
