#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// A streamed answer whose reader leaves before its end.
@Suite(.wire, .timeLimit(.minutes(1)))
struct LeftAnswerTests {
    private final class Marker: Sendable {}

    /// The handler kept such an exchange, the exchange its connection, and the connection the handler.
    @Test func nothingOfItStays() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            _ = try connection.readRequest()
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                weak var kept: Marker?
                do {
                    let marker = Marker()
                    kept = marker
                    let body = OutgoingBody.stream(length: 4) { writer in
                        withExtendedLifetime(marker) {}
                        try await writer.write("body")
                    }
                    try await transport.stream(.hostile(server.origin, method: .post, body: body)) { answer in
                        #expect(answer.head.status == 200)
                    }
                }
                // The suite's limit ends a wait in vain.
                while kept != nil { await Task.yield() }
            }
        }
    }
}
#endif
