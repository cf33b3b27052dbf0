#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// What an answer that nobody reads costs (threat B9): about its bytes, however small the frames are that bring them.
@Suite struct HTTP2BacklogTests {
    @Test(arguments: [1, 100, 16_384])
    func manyPiecesCostWhatTheyHold(size: Int) throws {
        let exchange = Exchange(
            .hostile(try Origin("https://a.test")), delivery: .streamed, deadline: .now() + .seconds(5))
        let stream = HTTP2Stream(
            id: 1, exchange: exchange, decompresses: false,
            machine: HTTP2StreamStateMachine(hasBody: false, length: 0, continueBy: nil, headBytes: 0), now: .now())
        let total = 1_048_576
        for _ in 0..<total / size {
            // A frame with padding, of which the slice is the body.
            let frame = ByteBuffer(repeating: 0x61, count: size + 264)
            let body = try #require(frame.getSlice(at: 9, length: size))
            stream.keep(body)
        }
        #expect(stream.backlog.reduce(0) { $0 + $1.readableBytes } == total / size * size)
        #expect(stream.backlog.reduce(0) { $0 + $1.storageCapacity } <= 2 * total)
        #expect(stream.backlog.count <= 80)
    }
}
#endif
