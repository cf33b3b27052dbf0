#if NIO
import Foundation
import HTTPTypes
import NIOCore
import NIOPosix
import TesseraCore
import Testing

@testable import TesseraNIO

/// HTTP/2 over TLS with a server that others wrote.
@Suite(
    .wire, .enabled(if: TestAuthority.isAvailable && RealPeerTests.isThere("nginx"), "openssl or nginx is missing"),
    .timeLimit(.minutes(1)))
struct HTTP2NginxTests {
    /// Runs nginx as long as `body` runs.
    private func withNginx(_ body: (NIOTransport, Origin, String) async throws -> Void) async throws {
        let authority = try TestAuthority.shared.get()
        let folder = try authority.folderForFiles()
        let leaf = try authority.issue("nginx-http2")
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        try await listener.close()
        try String(repeating: "0123456789abcdef", count: 65_536)
            .write(toFile: "\(folder)/large", atomically: true, encoding: .utf8)
        let text = """
            daemon off;
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events { worker_connections 64; }
            http {
              log_format lines "$server_protocol $connection $request_method $request_uri $status";
              access_log \(folder)/access.log lines;
              client_body_temp_path \(folder)/a; proxy_temp_path \(folder)/b; fastcgi_temp_path \(folder)/c;
              uwsgi_temp_path \(folder)/d; scgi_temp_path \(folder)/e;
              client_max_body_size 10k;
              gzip on; gzip_min_length 1; gzip_types text/plain;
              server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate \(leaf.certificatePath);
                ssl_certificate_key \(leaf.keyPath);
                location = /large { alias \(folder)/large; }
                location = /login { return 200 "$http_authorization"; }
                location / { default_type text/plain; return 200 "$request_method $request_uri"; }
              }
            }
            """
        try text.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
        let process = try TestProgram.start("nginx", ["-c", "\(folder)/nginx.conf", "-e", "\(folder)/error.log"])
        defer { process.terminate() }
        var configuration = NIOTransport.Configuration()
        configuration.tls.trustRoots = .pemFile(authority.rootPath)
        try await withTransport(NIOTransport(configuration)) { transport in
            let origin = try Origin("https://127.0.0.1:\(port)")
            for _ in 0..<100 {
                if (try? await transport.send(.hostile(origin, "/ready"))) != nil { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            try await body(transport, origin, "\(folder)/access.log")
        }
    }

    @Test func manyRequestsShareOneConnection() async throws {
        try await withNginx { (transport, origin, log) async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask { () async throws in
                        let reply = try await transport.send(.hostile(origin, "/\(number)"))
                        #expect(String(decoding: reply.body, as: UTF8.self) == "GET /\(number)")
                    }
                }
                try await group.waitForAll()
            }
            // nginx writes its log when a request is over.
            try await Task.sleep(for: .milliseconds(200))
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 201)
            #expect(lines.allSatisfy { $0.hasPrefix("HTTP/2.0 ") })
            // 128 streams are nginx's limit; what is above waits or opens another connection.
            #expect(Set(lines.compactMap { $0.split(separator: " ").dropFirst().first }).count <= 2)
        }
    }

    @Test func credentialsBodiesAndCompressionArrive() async throws {
        try await withNginx { (transport, origin, _) async throws in
            let credential = SealedFields([HTTPField(name: .authorization, value: "Bearer abc")])
            for _ in 1...2 {
                let reply = try await transport.send(.hostile(origin, "/login", sealed: credential))
                #expect(String(decoding: reply.body, as: UTF8.self) == "Bearer abc")
            }
            let gzip = HTTPField(name: .acceptEncoding, value: "gzip")
            let packed = try await transport.send(.hostile(origin, "/packed", fields: [gzip]))
            #expect(String(decoding: packed.body, as: UTF8.self) == "GET /packed")
            let posted = try await transport.send(
                .hostile(origin, "/form", method: .post, body: .bytes([UInt8](repeating: 0x61, count: 5000))))
            #expect(String(decoding: posted.body, as: UTF8.self) == "POST /form")
            let large = try await transport.send(.hostile(origin, "/large"))
            #expect(large.body.count == 1_048_576)
        }
    }

    /// nginx answers 413 while the body is still coming, and resets the stream (RFC 9113 §8.1).
    @Test func anEarlyRefusalOfALargeBodyIsAnAnswer() async throws {
        try await withNginx { (transport, origin, _) async throws in
            for _ in 1...3 {
                let body = OutgoingBody.bytes([UInt8](repeating: 0x61, count: 1_000_000))
                let reply = try await transport.send(.hostile(origin, "/form", method: .post, body: body))
                #expect(reply.head.status == 413)
            }
            #expect(try await transport.send(.hostile(origin, "/after")).head.status == 200)
        }
    }

    @Test func aStreamedAnswerIsReadPieceByPiece() async throws {
        try await withNginx { (transport, origin, _) async throws in
            for _ in 1...3 {
                let count = try await transport.stream(.hostile(origin, "/large")) { reply in
                    var count = 0
                    while let piece = try await reply.nextChunk() { count += piece.count }
                    return count
                }
                #expect(count == 1_048_576)
            }
            // Left in the middle.
            let first = try await transport.stream(.hostile(origin, "/large")) { try await $0.nextChunk()?.count }
            #expect(first ?? 0 > 0)
            #expect(try await transport.send(.hostile(origin, "/after")).head.status == 200)
            #expect(transport.connectionCount == 1)
        }
    }
}
#endif
