#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// What is said about requests that the server did not answer, which is what retries rest on.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2FailureTests {
    @Test func aRefusedStreamIsProvablyUnprocessed() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            if id == 1 { peer.reset(id, .refusedStream) } else { peer.answer(id) }
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request(method: .post, body: .bytes([1])))
            #expect(failure.kind == .disconnected)
            #expect(failure.progress == .provablyUnprocessed)
            #expect(failure.message.contains("REFUSED_STREAM"))
            #expect(try await client.send(client.request()).body == Array("ok".utf8))
            #expect(client.pool.seen.released == 2)
        }
    }

    @Test func aStreamRefusedAfterItsHeadIsNotUnprocessed() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            peer.reset(id, .refusedStream)
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request())
            guard case .sent = failure.progress else { throw HTTP2Client.Unexpected(text: "\(failure.progress)") }
        }
    }

    static let codes: [(ErrorCode, String, TransportFailure.Kind)] = [
        (.internalError, "INTERNAL_ERROR", .disconnected), (.cancel, "CANCEL", .disconnected),
        (.protocolError, "PROTOCOL_ERROR", .disconnected), (.enhanceYourCalm, "ENHANCE_YOUR_CALM", .disconnected),
        (.noError, "NO_ERROR", .disconnected), (.http11Required, "HTTP_1_1_REQUIRED", .unsupported),
        (ErrorCode(networkCode: 77), "error 77", .disconnected),
    ]

    @Test(arguments: codes.indices)
    func aResetSaysItsCodeAndWhatWasSent(_ row: Int) async throws {
        let (code, name, kind) = Self.codes[row]
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.reset(id, code)
        } body: { (client) async throws in
            let body = OutgoingBody.bytes([UInt8](repeating: 1, count: 500))
            let failure = try await client.failure(of: client.request(method: .post, body: body))
            #expect(failure.kind == kind)
            #expect(failure.message.contains(name))
            guard case .sent(let bytes?) = failure.progress else {
                throw HTTP2Client.Unexpected(text: "\(failure.progress)")
            }
            #expect(bytes > 500 && bytes < 700)
        }
    }

    @Test func aGoAwayFailsTheStreamsAboveAndLetsTheOthersEnd() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, id == 3 else { return }
            peer.goAway(last: 1)
            peer.after(.milliseconds(50)) { $0.answer(1) }
        } body: { (client) async throws in
            async let below = client.run(client.exchange(client.request("/1", method: .post)))
            try await Task.sleep(for: .milliseconds(30))
            let above = try await client.failure(of: client.request("/2", method: .post))
            #expect(above.progress == .provablyUnprocessed)
            #expect(above.kind == .disconnected)
            #expect(try await below.get().body == Array("ok".utf8))
            #expect(client.pool.seen.drains == 1)
            #expect(client.pool.seen.released == 2)
            // A third one, which the pool had on its way, comes back.
            #expect(try await client.failure(of: client.request("/3")).message == "back")
            #expect(client.pool.seen.unstarted == 1)
            #expect(try await client.pool.wait { $0.released == 3 })
        }
    }

    @Test func anExchangeForAClosedConnectionComesBack() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            try await client.channel.close().get()
            #expect(try await client.pool.wait { $0.closed == 1 })
            #expect(try await client.failure(of: client.request()).message == "back")
            #expect(client.pool.seen.unstarted == 1)
        }
    }

    @Test func aConnectionThatEndsFailsAllItsStreams() async throws {
        let started = Seen(0)
        try await HTTP2Peer.withConnection { peer, frame in
            guard frame.endOfRequest != nil else { return }
            if started.update({
                $0 += 1; return $0
            }) == 3 {
                peer.close()
            }
        } body: { (client) async throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask { () async throws in
                        let failure = try await client.failure(of: client.request())
                        #expect(failure.kind == .disconnected)
                        #expect(failure.phase == .head)
                        guard case .sent = failure.progress else {
                            throw HTTP2Client.Unexpected(text: "\(failure.progress)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.pool.wait { $0.closed == 1 })
            #expect(client.pool.seen.closed == 1)
        }
    }

    @Test func cancellingResetsTheStreamAndKeepsTheConnection() async throws {
        let codes = Seen<[ErrorCode]>([])
        let arrived = Seen(false)
        try await HTTP2Peer.withConnection { peer, frame in
            if case .rstStream(let code) = frame.payload { codes.update { $0.append(code) } }
            guard let id = frame.endOfRequest else { return }
            arrived.update { $0 = true }
            if id != 1 { peer.answer(id) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.request())
            async let outcome = client.run(exchange)
            #expect(try await arrived.wait { $0 })
            exchange.cancel()
            guard case .failure(let failure) = await outcome else { throw HTTP2Client.Unexpected(text: "an answer") }
            #expect(failure.kind == .cancelled)
            #expect(try await codes.wait { $0 == [.cancel] })
            #expect(try await client.send(client.request()).body == Array("ok".utf8))
            #expect(client.pool.seen.released == 2)
        }
    }

    /// NIOHTTP2 remembers a bounded number of reset streams; an answer to a forgotten one ends the connection.
    @Test func manyCancelledAnswersThatComeLateDoNotHurtTheConnection() async throws {
        let pending = Seen<[HTTP2StreamID]>([])
        let resets = Seen(0)
        try await HTTP2Peer.withConnection { peer, frame in
            if case .rstStream = frame.payload,
                resets.update({
                    $0 += 1; return $0
                }) == 90
            {
                // As if the resets had crossed the answers on the way.
                for id in pending.now { peer.sendRaw(.headers(id.number, [(":status", "200")])) }
            }
            guard let id = frame.endOfRequest else { return }
            if frame.requestHead?.first(name: ":path") == "/late" {
                pending.update { $0.append(id) }
            } else {
                peer.answer(id)
            }
        } body: { (client) async throws in
            let exchanges = (0..<90).map { _ in client.exchange(client.request("/late")) }
            await withTaskGroup { group in
                for exchange in exchanges { group.addTask { _ = await client.run(exchange) } }
                _ = try? await pending.wait { $0.count == 90 }
                for exchange in exchanges { exchange.cancel() }
            }
            #expect(try await client.send(client.request()).body == Array("ok".utf8))
            #expect(client.pool.seen.drains == 0)
        }
    }

    @Test func aRequestCancelledBeforeItRanIsNotSent() async throws {
        let heads = Seen(0)
        try await HTTP2Peer.withConnection { _, frame in
            if frame.requestHead != nil { heads.update { $0 += 1 } }
        } body: { (client) async throws in
            let exchange = client.exchange(client.request())
            let outcome = await withUnsafeContinuation { (caller: Exchange.Caller) in
                exchange.begin(caller)
                _ = exchange.runs(on: client.connection)
                exchange.cancel()
                client.connection.run(exchange)
            }
            guard case .failure(let failure) = outcome else { throw HTTP2Client.Unexpected(text: "an answer") }
            #expect(failure.progress == .nothingSent)
            #expect(heads.now == 0)
            #expect(client.pool.seen.released == 1)
        }
    }

    @Test func moreStreamsThanThePeerAllowsComeBack() async throws {
        let settings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: 2)]
        let heads = Seen(0)
        try await HTTP2Peer.withConnection(settings: settings) { peer, frame in
            guard frame.endOfRequest != nil else { return }
            guard
                heads.update({
                    $0 += 1; return $0
                }) == 2
            else { return }
            peer.after(.milliseconds(100)) {
                $0.answer(1)
                $0.answer(3)
            }
        } body: { (client) async throws in
            #expect(try await client.pool.wait { $0.streamLimits == [2] })
            async let first = client.send(client.request())
            async let second = client.send(client.request())
            #expect(try await heads.wait { $0 == 2 })
            #expect(try await client.failure(of: client.request()).message == "back")
            _ = try await (first, second)
            #expect(heads.now == 2)
        }
    }

    @Test func aChangedStreamLimitIsToldAndNoneIsLegal() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.send(.rootStream, .settings(.settings([HTTP2Setting(parameter: .maxConcurrentStreams, value: 0)])))
            peer.answer(id)
        } body: { (client) async throws in
            _ = try await client.send(client.request())
            #expect(try await client.pool.wait { $0.streamLimits == [100, 0] })
            #expect(try await client.failure(of: client.request()).message == "back")
        }
    }

    @Test func aStreamLimitWithoutBoundIsBounded() async throws {
        let settings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: 4_294_967_295)]
        try await HTTP2Peer.withConnection(settings: settings) { _, _ in
        } body: { (client) async throws in
            #expect(try await client.pool.wait { $0.streamLimits == [HTTP2Limits.mostStreams] })
        }
    }

    @Test func aFloodOfPingsEndsTheConnection() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard frame.endOfRequest != nil else { return }
            for number in 0..<2000 {
                peer.send(.rootStream, .ping(HTTP2PingData(withInteger: UInt64(number)), ack: false))
            }
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request())
            #expect(failure.kind == .limitExceeded, "\(failure)")
            #expect(try await client.pool.wait { $0.closed == 1 })
        }
    }
}
#endif
