#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// Answers that are read piece by piece.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2StreamedAnswerTests {
    @Test func thePiecesComeInOrderAndTheEndAfterThem() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            for number in UInt8(1)...10 { peer.data(id, [number], end: number == 10) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.request(), .streamed)
            #expect(try await client.run(exchange).get().head.status == 200)
            // The whole answer is there before the first piece is taken; the stream's place is free again.
            #expect(try await client.pool.wait { $0.released == 1 })
            #expect(try await client.rest(of: exchange) == Array(1...10))
            #expect(client.pool.seen.released == 1)
        }
    }

    @Test func whatCameBeforeAResetIsHandedOver() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            for number in UInt8(1)...3 { peer.data(id, [number]) }
            peer.reset(id, .internalError)
        } body: { (client) async throws in
            let exchange = client.exchange(client.request(), .streamed)
            _ = try await client.run(exchange).get()
            #expect(try await client.pool.wait { $0.released == 1 })
            var bytes: [UInt8] = []
            while bytes.count < 3 { bytes += try #require(await client.connection.nextChunk(of: exchange)) }
            #expect(bytes == [1, 2, 3])
            for _ in 1...2 {
                do {
                    _ = try await client.connection.nextChunk(of: exchange)
                    Issue.record("a cut answer looks whole")
                } catch {
                    let failure = try #require(error as? TransportFailure)
                    #expect(failure.kind == .disconnected)
                    #expect(failure.message.contains("INTERNAL_ERROR"))
                }
            }
            client.connection.endScope(of: exchange)
        }
    }

    @Test func aScopeThatEndsEarlyResetsTheStream() async throws {
        let resets = Seen<[ErrorCode]>([])
        try await HTTP2Peer.withConnection { peer, frame in
            if case .rstStream(let code) = frame.payload { resets.update { $0.append(code) } }
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            peer.data(id, [1])
        } body: { (client) async throws in
            let exchange = client.exchange(client.request(), .streamed)
            _ = try await client.run(exchange).get()
            client.connection.endScope(of: exchange)
            #expect(try await resets.wait { $0 == [.cancel] })
            #expect(try await client.pool.wait { $0.released == 1 })
        }
    }

    @Test func cancellingEndsTheReading() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            if let id = frame.endOfRequest { peer.head(id) }
        } body: { (client) async throws in
            let exchange = client.exchange(client.request(), .streamed)
            _ = try await client.run(exchange).get()
            async let piece = client.connection.nextChunk(of: exchange)
            try await Task.sleep(for: .milliseconds(50))
            exchange.cancel()
            do {
                _ = try await piece
                Issue.record("a cancelled answer looks whole")
            } catch {
                #expect((error as? TransportFailure)?.kind == .cancelled)
            }
            client.connection.endScope(of: exchange)
            #expect(client.pool.seen.released == 1)
        }
    }

    @Test func aConnectionThatEndsCutsTheAnswer() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            peer.data(id, [1])
            peer.after(.milliseconds(50)) { $0.close() }
        } body: { (client) async throws in
            let exchange = client.exchange(client.request(), .streamed)
            _ = try await client.run(exchange).get()
            #expect(try await client.connection.nextChunk(of: exchange).map(Array.init) == [1])
            await #expect(throws: TransportFailure.self) { _ = try await client.connection.nextChunk(of: exchange) }
            client.connection.endScope(of: exchange)
        }
    }

    /// A few bytes that become megabytes are decoded one frame at a time, as the reader takes them.
    @Test func aBombIsNotDecodedBehindTheReadersBack() async throws {
        let million = try [UInt8](repeating: 0, count: 1_000_000).gzipped()
        try await HTTP2Peer.withConnection(decompresses: true) { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id, "200", [("content-encoding", "gzip")])
            for number in 1...100 { peer.data(id, million, end: number == 100) }
        } body: { (client) async throws in
            let limits = ResponseLimits(decompressionRatio: 2000)
            let exchange = client.exchange(client.request(limits: limits), .streamed)
            _ = try await client.run(exchange).get()
            #expect(try await client.pool.wait { $0.released == 1 })
            var total = 0
            while let piece = try await client.connection.nextChunk(of: exchange) { total += piece.count }
            #expect(total == 100_000_000)
            client.connection.endScope(of: exchange)
        }
    }
}
#endif
