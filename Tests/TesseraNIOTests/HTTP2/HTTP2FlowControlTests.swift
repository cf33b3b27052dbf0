#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// Windows in both directions (RFC 9113 §5.2).
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2FlowControlTests {
    private static let piece = [UInt8](repeating: 0x78, count: 16_384)

    @Test func anAnswerLargerThanAllWindowsArrives() async throws {
        let count = 1500
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            for number in 1...count { peer.data(id, Self.piece, end: number == count) }
        } body: { (client) async throws in
            let limits = ResponseLimits(bodyBytes: 64_000_000)
            for _ in 1...2 {
                let reply = try await client.send(client.request(limits: limits), within: .seconds(30))
                #expect(reply.body.count == count * 16_384)
            }
        }
    }

    @Test func aReaderThatDoesNotReadHoldsUpItsOwnStreamOnly() async throws {
        let updates = Seen<[HTTP2StreamID: Int]>([:])
        try await HTTP2Peer.withConnection { peer, frame in
            if case .windowUpdate(let size) = frame.payload {
                updates.update { $0[frame.streamID, default: 0] += size }
            }
            guard let id = frame.endOfRequest else { return }
            if frame.requestHead?.first(name: ":path") == "/large" {
                peer.head(id)
                for number in 1...200 { peer.data(id, Self.piece, end: number == 200) }
            } else {
                peer.answer(id)
            }
        } body: { (client) async throws in
            let slow = client.exchange(client.request("/large"), .streamed)
            _ = try await client.run(slow).get()
            try await Task.sleep(for: .milliseconds(200))
            #expect(updates.now[1] == nil, "the stream's window is not opened while nobody reads")
            // Others go on, far beyond the window of the slow one.
            for number in 1...20 {
                let large = client.exchange(client.request("/large"), .streamed)
                _ = try await client.run(large).get()
                #expect(try await client.rest(of: large).count == 200 * 16_384, "the large answer \(number)")
            }
            #expect(try await client.rest(of: slow).count == 200 * 16_384)
            #expect(updates.now[1, default: 0] >= 200 * 16_384 - HTTP2Limits.streamWindow)
            #expect(client.pool.seen.released == 21)
        }
    }

    /// Answers to cancelled requests use up the connection's window too, though nobody sees them.
    @Test func answersThatNobodyWantsDoNotUseUpTheConnectionsWindow() async throws {
        let count = 60
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            for number in 1...count { peer.data(id, Self.piece, end: number == count) }
        } body: { (client) async throws in
            for _ in 1...40 {
                let exchange = client.exchange(client.request(), .streamed)
                _ = try await client.run(exchange).get()
                client.connection.endScope(of: exchange)
            }
            #expect(try await client.send(client.request()).body.count == count * 16_384)
        }
    }

    /// RFC 9113 §6.1: padding counts. Eight times half a window of it surrounds a little body.
    @Test func paddingIsGivenBackToo() async throws {
        let batches = Seen(0)
        try await HTTP2Peer.withConnection { peer, frame in
            if let id = frame.endOfRequest {
                peer.head(id)
            } else {
                guard case .windowUpdate = frame.payload, frame.streamID != .rootStream else { return }
            }
            guard
                batches.update({
                    $0 += 1; return $0
                }) <= 8
            else {
                return peer.sendRaw(.data(frame.streamID.number, [], end: true))
            }
            for _ in 1...2100 { peer.sendRaw(.padded(frame.streamID.number, 1, padding: 255)) }
        } body: { (client) async throws in
            let reply = try await client.send(client.request(), within: .seconds(20))
            #expect(reply.body.count == 8 * 2100)
        }
    }

    @Test(arguments: [1, 1000, 65_535])
    func aBodyGoesThroughATinyWindow(_ window: Int) async throws {
        let total = window == 1 ? 300 : 300_000
        let received = Seen(0)
        let settings = [HTTP2Setting(parameter: .initialWindowSize, value: window)]
        try await HTTP2Peer.withConnection(settings: settings) { peer, frame in
            if case .data(let data) = frame.payload, data.data.readableBytes > 0 {
                let count = data.data.readableBytes
                received.update { $0 += count }
                peer.send(.rootStream, .windowUpdate(windowSizeIncrement: count))
                if !data.endStream { peer.send(frame.streamID, .windowUpdate(windowSizeIncrement: count)) }
            }
            if let id = frame.endOfRequest { peer.answer(id, "\(received.now)") }
        } body: { (client) async throws in
            try await client.hasSettings()
            let body = OutgoingBody.bytes([UInt8](repeating: 1, count: total))
            let reply = try await client.send(client.request(method: .post, body: body))
            #expect(String(decoding: reply.body, as: UTF8.self) == "\(total)")
        }
    }

    @Test func aWriterWaitsWhileTheWindowIsClosed() async throws {
        let settings = [HTTP2Setting(parameter: .initialWindowSize, value: 10)]
        let stream = Seen<HTTP2StreamID?>(nil)
        let opened = Seen(false)
        try await HTTP2Peer.withConnection(settings: settings) { peer, frame in
            if frame.requestHead != nil {
                stream.update { $0 = frame.streamID }
                peer.after(.milliseconds(150)) {
                    opened.update { $0 = true }
                    $0.send(frame.streamID, .windowUpdate(windowSizeIncrement: 1000))
                }
            }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            try await client.hasSettings()
            let exchange = client.exchange(client.streaming(length: 100))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            let piece = [UInt8](repeating: 1, count: 50)
            #expect(try await connection.write(piece[...], isLast: false, for: exchange))
            #expect(opened.now, "the write returned before the window was opened")
            #expect(try await connection.write(piece[...], isLast: true, for: exchange))
            #expect(try await outcome.get().body == Array("ok".utf8))
        }
    }
}

extension HTTP2Client {
    /// Waits until the server's SETTINGS are in force.
    func hasSettings() async throws {
        #expect(try await pool.wait { !$0.streamLimits.isEmpty })
    }

    /// A request whose body the test writes itself.
    func streaming(
        length: Int?, fields: [HTTPField] = [], idle: Duration = .seconds(5)
    ) -> TransportRequest {
        request(method: .post, fields: fields, body: .stream(length: length) { _ in }, idle: idle)
    }
}
#endif
