#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import Synchronization
import TesseraCore
import Testing

@testable import TesseraNIO

/// Bodies of requests: their length, `Expect: 100-continue`, and answers that come before they end.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2UploadTests {
    /// What a server saw of one request.
    struct Upload: Sendable {
        var body: [UInt8] = []
        var length: String?
        var resets: [ErrorCode] = []
        var isWhole = false
        var isPermitted = false
        /// Whether the body came when it was permitted, and not before.
        var cameWithPermission: Bool?
    }

    static func note(_ frame: HTTP2Frame, _ upload: Seen<Upload>) {
        upload.update { upload in
            if let head = frame.requestHead {
                upload.length = head.first(name: "content-length")
            }
            if case .data(let data) = frame.payload, case .byteBuffer(let bytes) = data.data {
                upload.body += Array(buffer: bytes)
                upload.cameWithPermission = upload.cameWithPermission ?? upload.isPermitted
            }
            if case .rstStream(let code) = frame.payload { upload.resets.append(code) }
            if frame.endOfRequest != nil { upload.isWhole = true }
        }
    }

    @Test(arguments: [0, 1, 16_384, 131_072, 131_073, 1_000_000])
    func aBodyOfBytesArrivesWhole(_ count: Int) async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if case .data(let data) = frame.payload, !data.endStream, data.data.readableBytes > 0 {
                peer.send(.rootStream, .windowUpdate(windowSizeIncrement: data.data.readableBytes))
                peer.send(frame.streamID, .windowUpdate(windowSizeIncrement: data.data.readableBytes))
            }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
            _ = try await client.send(client.request(method: .put, body: .bytes(bytes)))
            #expect(upload.now.body == bytes)
            #expect(upload.now.length == "\(count)")
        }
    }

    @Test func aStreamedBodyOfUnknownLengthArrivesWhole() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.streaming(length: nil))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            for number in 1...5 {
                #expect(try await connection.write([UInt8(number)], isLast: false, for: exchange))
            }
            #expect(try await connection.write([], isLast: true, for: exchange))
            _ = try await outcome.get()
            #expect(upload.now.body == [1, 2, 3, 4, 5])
            #expect(upload.now.length == nil)
        }
    }

    @Test(arguments: [(4, true), (6, false), (6, true)])
    func aBodyOfAnotherLengthThanAnnouncedFails(_ count: Int, isLast: Bool) async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { _, frame in
            Self.note(frame, upload)
        } body: { (client) async throws in
            let exchange = client.exchange(client.streaming(length: 5))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            await #expect(throws: TransportFailure.self) {
                _ = try await connection.write([UInt8](repeating: 1, count: count)[...], isLast: isLast, for: exchange)
            }
            guard case .failure(let failure) = await outcome else { throw HTTP2Client.Unexpected(text: "an answer") }
            #expect(failure.kind == .bodyFailed)
            #expect(try await upload.wait { $0.resets == [.cancel] })
            #expect(!upload.now.isWhole)
        }
    }

    @Test func aFailedWriterResetsItsStreamOnly() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.streaming(length: nil))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            #expect(try await connection.write([1], isLast: false, for: exchange))
            connection.abort(
                exchange, with: TransportFailure(.bodyFailed, phase: .write, progress: .nothingSent, message: "x"))
            guard case .failure(let failure) = await outcome else { throw HTTP2Client.Unexpected(text: "an answer") }
            #expect(failure.kind == .bodyFailed)
            guard case .sent = failure.progress else { throw HTTP2Client.Unexpected(text: "\(failure.progress)") }
            #expect(try await upload.wait { $0.resets == [.cancel] })
            #expect(try await client.send(client.request()).body == Array("ok".utf8))
        }
    }

    @Test func permissionToSendTheBodyIsWaitedFor() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if frame.requestHead != nil {
                peer.after(.milliseconds(150)) {
                    upload.update { $0.isPermitted = true }
                    $0.head(frame.streamID, "100")
                }
            }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let expect = HTTPField(name: .expect, value: "100-continue")
            _ = try await client.send(client.request(method: .post, fields: [expect], body: .bytes([1, 2])))
            #expect(upload.now.cameWithPermission == true)
            #expect(upload.now.body == [1, 2])
        }
    }

    @Test func permissionThatDoesNotComeIsTakenAfterASecond() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let expect = HTTPField(name: .expect, value: "100-continue")
            let exchange = client.exchange(client.streaming(length: 2, fields: [expect]))
            let start = ContinuousClock.now
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            #expect(try await connection.write([1, 2], isLast: true, for: exchange))
            #expect(ContinuousClock.now - start >= .milliseconds(990))
            #expect(try await outcome.get().body == Array("ok".utf8))
            #expect(upload.now.body == [1, 2])
        }
    }

    @Test func aRefusalInPlaceOfPermissionLeavesTheBodyUnsent() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if frame.requestHead != nil { peer.head(frame.streamID, "417", end: true) }
        } body: { (client) async throws in
            let expect = HTTPField(name: .expect, value: "100-continue")
            let exchange = client.exchange(client.streaming(length: 2, fields: [expect]))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            #expect(try await connection.write([1, 2], isLast: true, for: exchange) == false)
            #expect(try await outcome.get().head.status == 417)
            #expect(try await upload.wait { $0.resets == [.noError] })
            #expect(upload.now.body.isEmpty)
        }
    }

    @Test func anEarlyAnswerEndsTheUpload() async throws {
        let upload = Seen(Upload())
        try await HTTP2Peer.withConnection { peer, frame in
            Self.note(frame, upload)
            if frame.requestHead != nil, frame.endOfRequest == nil { peer.answer(frame.streamID, "early") }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.streaming(length: nil))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            #expect(try await outcome.get().body == Array("early".utf8))
            #expect(try await connection.write([1], isLast: false, for: exchange) == false)
            #expect(try await upload.wait { $0.resets == [.noError] })
            #expect(try await client.send(client.request()).body == Array("ok".utf8))
            #expect(client.pool.seen.released == 2)
        }
    }

    /// The server's window stays closed, so that NIOHTTP2 still holds the body when the answer comes.
    @Test func anEarlyAnswerFreesABodyThatTheWindowHoldsBack() async throws {
        let upload = Seen(Upload())
        let settings = [HTTP2Setting(parameter: .initialWindowSize, value: 10)]
        try await HTTP2Peer.withConnection(settings: settings) { peer, frame in
            Self.note(frame, upload)
            if case .data = frame.payload { peer.answer(frame.streamID, "early") }
        } body: { (client) async throws in
            try await client.hasSettings()
            let body = OutgoingBody.bytes([UInt8](repeating: 1, count: 1000))
            #expect(try await client.send(client.request(method: .post, body: body)).body == Array("early".utf8))
            #expect(try await upload.wait { $0.resets == [.noError] })
        }
    }

    /// RFC 9113 §8.1: RST_STREAM with NO_ERROR after a whole answer is no failure.
    @Test func aResetBehindAnEarlyAnswerIsNoFailure() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard frame.requestHead != nil else { return }
            peer.answer(frame.streamID, "early")
            if frame.endOfRequest == nil { peer.reset(frame.streamID, .noError) }
        } body: { (client) async throws in
            let body = OutgoingBody.bytes([UInt8](repeating: 1, count: 400_000))
            #expect(try await client.send(client.request(method: .post, body: body)).body == Array("early".utf8))
            #expect(try await client.send(client.request()).body == Array("early".utf8))
        }
    }

    @Test func aStreamedAnswerIsReadWhileItsRequestIsStillWritten() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            if frame.requestHead != nil { peer.head(frame.streamID) }
            if case .data(let data) = frame.payload, case .byteBuffer(let bytes) = data.data {
                peer.data(frame.streamID, Array(buffer: bytes), end: data.endStream)
            }
        } body: { (client) async throws in
            let exchange = client.exchange(client.streaming(length: nil), .streamed)
            _ = try await client.run(exchange).get()
            for number in UInt8(1)...3 {
                #expect(try await client.connection.write([number], isLast: number == 3, for: exchange))
                #expect(try await client.connection.nextChunk(of: exchange).map(Array.init) == [number])
            }
            #expect(try await client.connection.nextChunk(of: exchange) == nil)
            client.connection.endScope(of: exchange)
        }
    }
}
#endif
