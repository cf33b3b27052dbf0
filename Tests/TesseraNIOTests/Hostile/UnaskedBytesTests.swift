#if NIO
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// What comes behind an answer is nobody's answer (response splitting).
@Suite(.wire, .timeLimit(.minutes(1)))
struct UnaskedBytesTests {
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
                // The bytes have come when the connection is gone; the suite's limit ends a wait in vain.
                while transport.connectionCount > 0 { await Task.yield() }
                #expect(try await transport.send(.hostile(server.origin, "/second")).text == "/second")
                #expect(server.log.requests.map(\.connection) == [0, 1])
            }
        }
    }
}
#endif
