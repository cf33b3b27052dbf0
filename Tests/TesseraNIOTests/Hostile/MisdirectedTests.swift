#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP2
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// A connection on which the server says 421 is no more used for that origin (RFC 9110 §15.5.20).
@Suite(.wire, .timeLimit(.minutes(1)))
struct MisdirectedTests {
    @Test(arguments: ["", "no"])
    func anHTTP1ConnectionIsGivenUp(body: String) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                let status = request.target == "/wrong" ? "421 Misdirected Request" : "200 OK"
                try connection.write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                for target in ["/first", "/wrong", "/second", "/third"] {
                    let reply = try await transport.send(.hostile(server.origin, target))
                    #expect(reply.head.status.code == (target == "/wrong" ? 421 : 200))
                    #expect(reply.text == body)
                }
                #expect(server.log.requests.map(\.connection) == [0, 0, 1, 1])
            }
        }
    }

    @Test func anHTTP2ConnectionTakesNoNewStreamsAndTheOthersEnd() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, id == 3 else { return }
            peer.head(3, "421", end: true)
            peer.after(.milliseconds(50)) { $0.answer(1) }
        } body: { (client) async throws in
            async let other = client.run(client.exchange(client.request("/1")))
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await client.send(client.request("/3")).head.status.code == 421)
            #expect(try await other.get().body == Array("ok".utf8))
            #expect(client.pool.seen.drains == 1)
            let late = try await client.failure(of: client.request("/5"))
            #expect(late.progress == .nothingSent)
        }
    }

    /// What a repetition asks for gets another connection even where many wait in the pool.
    @Test func aFreshConnectionCarriedNothingBefore() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                if request.target == "/first" { try connection.pause(.milliseconds(100)) }
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                async let one = transport.send(.hostile(server.origin, "/first"))
                async let two = transport.send(.hostile(server.origin, "/first"))
                _ = try await (one, two)
                var request = TransportRequest.hostile(server.origin, "/fresh", method: .post, body: .bytes([1]))
                request.connection = .fresh
                _ = try await transport.send(request)
                let connections = server.log.requests.map(\.connection)
                #expect(Set(connections).count == 3, "\(connections)")
            }
        }
    }
}
#endif
