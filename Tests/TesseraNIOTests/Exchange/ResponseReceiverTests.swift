#if NIO
import HTTPTypes
import NIOCore
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("A buffered answer's memory", .serialized)
struct ResponseReceiverTests {
    private func receiver(announced: Int?, limit: Int = 16_777_216) throws -> ResponseReceiver {
        let origin = try Origin("https://api.test")
        let request = TransportRequest(
            origin: origin, head: HTTPRequest(method: .get, scheme: "https", authority: origin.authority, path: "/"),
            deadline: .distantFuture, limits: ResponseLimits(bodyBytes: limit), runtime: .system)
        var receiver = ResponseReceiver(
            Exchange(request, delivery: .buffered, deadline: .distantFuture), decompresses: false)
        try receiver.receive(HTTPResponse(status: .ok), status: 200, announced: announced, hasBody: true)
        return receiver
    }

    private func body(_ receiver: inout ResponseReceiver) throws -> [UInt8] {
        try #require(try receiver.finish()).get().body
    }

    @Test(
        "room for an announced body is made once, and not more than that",
        arguments: [(5_000_000, 16_777_216), (65_537, 16_777_216), (16_777_216, 16_777_216), (70, 100)])
    func reservation(count: Int, limit: Int) throws {
        var receiver = try receiver(announced: count, limit: limit)
        let piece = ByteBuffer(repeating: 7, count: 65_536)
        var left = count
        while left > 0 {
            let taken = min(left, 65_536)
            try receiver.receive(try #require(piece.getSlice(at: 0, length: taken)))
            left -= taken
        }
        let body = try body(&receiver)
        #expect(body == [UInt8](repeating: 7, count: count))
        // An array that grew as it went has room for up to twice as much, and was copied each time.
        #expect(body.capacity < count + 32_768, "\(body.capacity)")
    }

    @Test("a peer that announces much and sends little costs what it sends")
    func lyingPeer() throws {
        let before = ProcessMemory.resident()
        var receivers: [ResponseReceiver] = []
        for _ in 0..<100 {
            var receiver = try receiver(announced: 16_777_216)
            try receiver.receive(ByteBuffer(repeating: 7, count: 10))
            receivers.append(receiver)
        }
        // 1.6 GB are announced.
        #expect(ProcessMemory.resident() - before < 32_000_000)
        #expect(receivers.count == 100)
    }

    @Test("what goes beyond the largest reservation, and what is not announced, grows as it comes")
    func beyond() throws {
        let count = ResponseReceiver.largestReservation + 100_000
        for announced in [count, nil] {
            var receiver = try receiver(announced: announced, limit: 32_000_000)
            try receiver.receive(ByteBuffer(repeating: 1, count: count - 1))
            try receiver.receive(ByteBuffer(repeating: 2, count: 1))
            let body = try body(&receiver)
            #expect(body.count == count && body.last == 2)
        }
    }

    @Test("more than the limit is refused, announced or not, and before room is made")
    func limits() throws {
        #expect(throws: TransportFailure.self) { try receiver(announced: 101, limit: 100) }
        #expect(throws: TransportFailure.self) { try receiver(announced: .max, limit: 100) }
        for announced in [nil, 50] {
            var receiver = try receiver(announced: announced, limit: 100)
            try receiver.receive(ByteBuffer(repeating: 1, count: 100))
            #expect(throws: TransportFailure.self) { try receiver.receive(ByteBuffer(repeating: 1, count: 1)) }
        }
    }

    @Test("a streamed answer that is read outside of its scope does not look whole")
    func outsideTheScope() async throws {
        let exchange = try receiver(announced: nil).exchange
        let piece = await withUnsafeContinuation { (reader: ResponseStream.Reader) in
            var finished = FinishedStreams()
            finished.take(reader, of: exchange)
        }
        #expect(throws: TransportFailure.self) { try piece.get() }
    }
}
#endif
