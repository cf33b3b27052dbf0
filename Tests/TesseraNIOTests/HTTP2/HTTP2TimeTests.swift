#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// Deadlines and silence.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2TimeTests {
    /// The server drips a byte each 50 ms and never ends.
    private static let drip: HTTP2Peer.Script = { peer, frame in
        guard let id = frame.endOfRequest else { return }
        guard frame.requestHead?.first(name: ":path") != "/quick" else { return peer.answer(id) }
        guard frame.requestHead?.first(name: ":path") != "/silent" else { return }
        peer.head(id)
        @Sendable func next(_ peer: HTTP2PeerConnection) {
            peer.data(id, [1])
            peer.after(.milliseconds(50), next)
        }
        next(peer)
    }

    @Test func theDeadlineEndsAnAnswerThatDrips() async throws {
        try await HTTP2Peer.withConnection(script: Self.drip) { (client) async throws in
            let start = ContinuousClock.now
            let failure = try await client.failure(
                of: client.request(idle: .seconds(1)), within: .milliseconds(1500))
            #expect(failure.kind == .timeout)
            #expect(failure.phase == .body)
            let taken = ContinuousClock.now - start
            #expect(taken >= .milliseconds(1490) && taken < .seconds(4))
            #expect(try await client.send(client.request("/quick")).body == Array("ok".utf8))
            #expect(client.pool.seen.released == 2)
        }
    }

    @Test func silenceEndsARequestLongBeforeItsDeadline() async throws {
        let resets = Seen<[ErrorCode]>([])
        try await HTTP2Peer.withConnection { peer, frame in
            if case .rstStream(let code) = frame.payload { resets.update { $0.append(code) } }
            Self.drip(peer, frame)
        } body: { (client) async throws in
            let start = ContinuousClock.now
            let failure = try await client.failure(of: client.request("/silent", idle: .milliseconds(150)))
            #expect(failure.kind == .timeout)
            #expect(failure.phase == .head)
            let taken = ContinuousClock.now - start
            #expect(taken >= .milliseconds(140) && taken < .seconds(4))
            #expect(try await resets.wait { $0 == [.cancel] })
        }
    }

    /// One timer serves all: a later request with an earlier deadline moves it, an earlier one is not forgotten.
    @Test func eachRequestHasItsOwnTime() async throws {
        try await HTTP2Peer.withConnection(script: Self.drip) { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for limit in [3000, 200, 1500] {
                    group.addTask { () async throws in
                        let start = ContinuousClock.now
                        let failure = try await client.failure(
                            of: client.request("/silent"), within: .milliseconds(Int64(limit)))
                        #expect(failure.kind == .timeout)
                        let taken = ContinuousClock.now - start
                        #expect(taken >= .milliseconds(limit - 10) && taken < .milliseconds(limit + 2000))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aRequestWhoseTimeIsUpIsNotSent() async throws {
        let heads = Seen(0)
        try await HTTP2Peer.withConnection { _, frame in
            if frame.requestHead != nil { heads.update { $0 += 1 } }
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request(), within: .milliseconds(-1))
            #expect(failure.kind == .timeout)
            #expect(failure.progress == .nothingSent)
            #expect(heads.now == 0)
        }
    }

    @Test func aStreamedAnswerOutlivesItsDeadlineAndEndsBySilence() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id)
            peer.after(.milliseconds(1300)) { $0.data(id, [1]) }
        } body: { (client) async throws in
            let exchange = client.exchange(
                client.request(idle: .milliseconds(2000)), .streamed, within: .milliseconds(1000))
            _ = try await client.run(exchange).get()
            #expect(try await client.connection.nextChunk(of: exchange).map(Array.init) == [1])
            // While nobody reads, nobody waits.
            try await Task.sleep(for: .milliseconds(2500))
            let start = ContinuousClock.now
            await #expect(throws: TransportFailure.self) {
                _ = try await client.connection.nextChunk(of: exchange)
            }
            let taken = ContinuousClock.now - start
            #expect(taken >= .milliseconds(1990) && taken < .seconds(5))
            client.connection.endScope(of: exchange)
        }
    }

    @Test func anUploadThatThePeerDoesNotTakeEndsBySilence() async throws {
        let settings = [HTTP2Setting(parameter: .initialWindowSize, value: 10)]
        try await HTTP2Peer.withConnection(settings: settings) { _, _ in
        } body: { (client) async throws in
            try await client.hasSettings()
            let exchange = client.exchange(client.streaming(length: nil, idle: .milliseconds(500)))
            async let outcome = client.run(exchange)
            let connection = try #require(await exchange.connectionForBody())
            // The caller's own pauses do not count.
            try await Task.sleep(for: .milliseconds(900))
            #expect(try await connection.write([1], isLast: false, for: exchange))
            let piece = [UInt8](repeating: 1, count: 50)
            #expect(try await connection.write(piece[...], isLast: false, for: exchange) == false)
            guard case .failure(let failure) = await outcome else { throw HTTP2Client.Unexpected(text: "an answer") }
            #expect(failure.kind == .timeout)
            #expect(failure.phase == .write)
        }
    }
}
#endif
