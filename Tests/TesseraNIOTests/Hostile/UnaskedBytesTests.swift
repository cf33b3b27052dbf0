#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// What comes behind an answer is nobody's answer (response splitting).
@Suite(.wire, .timeLimit(.minutes(1)))
struct UnaskedBytesTests {
    /// With the answer's last bytes, and less than a head: the decoder would keep it for the next answer.
    @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 2", "H", "\r\n\r\nH"])
    func bytesBehindAnAnswerEndTheConnection(bytes: String) async throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\r\n\r",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ]
        for answer in answers {
            try await RawServer.withRunning { connection in
                while let request = try connection.readRequest() {
                    try connection.write(request.target == "/first" ? answer + bytes : RawServer.ok)
                }
            } body: { server in
                try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                    #expect(try await transport.send(.hostile(server.origin, "/first")).head.status.kind == .successful)
                    #expect(try await transport.send(.hostile(server.origin, "/second")).text == "ok")
                    #expect(server.log.requests.map(\.connection) == [0, 1], "\(answer)")
                }
            }
        }
    }

    /// None of this is an answer's tail: the connection carries the next request.
    @Test(arguments: [
        ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"],
        ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "a", "bc"],
        ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
        ["HTTP/1.1 204 No Content\r\n\r", "\n"],
        ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
        ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "\r", "\n"],
        ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"],
    ])
    func theConnectionStaysWhereNothingFollows(pieces: [String]) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                guard request.target == "/first" else { return try connection.write(RawServer.ok) }
                for piece in pieces {
                    try connection.write(piece)
                    try connection.pause(.milliseconds(20))
                }
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                #expect(try await transport.send(.hostile(server.origin, "/first")).head.status.kind == .successful)
                #expect(try await transport.send(.hostile(server.origin, "/second")).text == "ok")
                #expect(server.log.requests.map(\.connection) == [0, 0])
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n", "x", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func bytesOnAnIdleConnectionEndIt(bytes: String) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                try connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(request.target.utf8.count)\r\n\r\n\(request.target)")
                guard request.target == "/first" else { continue }
                try connection.pause(.milliseconds(50))
                try connection.write(bytes)
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                #expect(try await transport.send(.hostile(server.origin, "/first")).text == "/first")
                // The server itself would close the connection after ten seconds.
                let start = ContinuousClock.now
                while transport.connectionCount > 0, start.duration(to: .now) < .seconds(5) { await Task.yield() }
                #expect(transport.connectionCount == 0)
                #expect(try await transport.send(.hostile(server.origin, "/second")).text == "/second")
                #expect(server.log.requests.map(\.connection) == [0, 1])
            }
        }
    }
}
#endif
