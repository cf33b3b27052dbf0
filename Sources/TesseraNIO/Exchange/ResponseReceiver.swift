#if NIO
import HTTPTypes
import NIOCore
import TesseraCore

/// What has arrived of an exchange's answer, for HTTP/1.1 and HTTP/2 alike. Lives on the event loop.
struct ResponseReceiver {
    let exchange: Exchange
    private(set) var head: HTTPResponse?
    private var body: [UInt8] = []
    /// The length that the peer announced, until room is reserved for it.
    private var announced: Int?
    private var decoder: ContentDecoder?
    private let decompresses: Bool
    /// The body's bytes as they were sent, and as they were decoded.
    private var encodedBytes = 0
    private var decodedBytes = 0
    /// The reader's end of a streamed answer.
    var stream = ResponseStream()

    init(_ exchange: Exchange, decompresses: Bool) {
        self.exchange = exchange
        self.decompresses = decompresses
    }

    var isStreamed: Bool { exchange.delivery == .streamed }

    /// Whether the caller has the head of a streamed answer, so that only silence can end it.
    var isCommitted: Bool { isStreamed && head != nil }

    /// Whether the reader of a streamed answer has pieces left to take, so that the wire should not bring more.
    var isBehind: Bool { isStreamed && !stream.hasRoom }

    /// The most room that is reserved because a peer announced it: an address range, not memory, until bytes come.
    static let largestReservation = 16_777_216

    /// Whether the server says that it is the wrong one on this connection (RFC 9110 §15.5.20).
    private(set) var isMisdirected = false

    /// Takes the final head; a streamed exchange's caller goes on with it.
    ///
    /// - Parameter announced: The length that the peer announced, to reserve room within reason.
    mutating func receive(
        _ head: HTTPResponse, status: Int, announced: Int?, hasBody: Bool, isEncoded: Bool = true
    ) throws(TransportFailure) {
        if decompresses, hasBody, isEncoded {
            decoder = try ContentDecoder(head.headerFields[values: .contentEncoding])
        }
        self.head = head
        isMisdirected = status == 421
        if isStreamed {
            exchange.finish(.success(TransportReply(head: head)))
        } else if let announced, decoder == nil {
            guard announced <= exchange.request.limits.bodyBytes else { throw tooLong }
            self.announced = announced
        }
    }

    /// Takes a piece of the body.
    mutating func receive(_ bytes: ByteBuffer) throws(TransportFailure) {
        guard decoder != nil else {
            return isStreamed ? stream.push([UInt8](buffer: bytes)) : try accept(bytes.readableBytesView)
        }
        // A small piece may expand a thousandfold, so it is decoded in steps that are counted one by one.
        var input = [UInt8](buffer: bytes)[...]
        encodedBytes += input.count
        // The input may be used up while a part of what it stands for is still to come.
        while let piece = try decoder?.decode(&input) {
            decodedBytes += piece.count
            try checkRatio()
            if isStreamed { stream.push(piece) } else { try accept(piece) }
        }
    }

    /// Ends the answer; a buffered exchange's caller goes on with all of it.
    ///
    /// - Throws: When the coding ends in the middle.
    mutating func finish() throws(TransportFailure) -> Exchange.Outcome? {
        try decoder?.finish()
        guard !isStreamed else {
            stream.finish()
            return nil
        }
        guard let head else { return nil }
        return .success(TransportReply(head: head, body: body))
    }

    /// Ends the answer with a failure, wherever its caller waits.
    mutating func fail(_ failure: TransportFailure) {
        stream.fail(failure)
        exchange.fail(failure)
    }

    /// A streamed body has no longest length, so that a bomb is known by its ratio only (threat B9).
    private func checkRatio() throws(TransportFailure) {
        let ratio = max(1, exchange.request.limits.decompressionRatio)
        guard decodedBytes > ResponseLimits.freeBytes, decodedBytes / ratio > encodedBytes else { return }
        throw TransportFailure(
            .limitExceeded, phase: .body, progress: .sent(bytes: nil),
            message: "the answer becomes more than \(ratio) times longer when it is decompressed")
    }

    private mutating func accept(_ bytes: some RandomAccessCollection<UInt8>) throws(TransportFailure) {
        let limit = exchange.request.limits.bodyBytes
        guard bytes.count <= limit - body.count else { throw tooLong }
        if let announced {
            // Once, so that a long body is neither moved nor there twice while it grows.
            body.reserveCapacity(min(announced, Self.largestReservation))
            self.announced = nil
        }
        body.append(contentsOf: bytes)
    }

    private var tooLong: TransportFailure {
        TransportFailure(
            .limitExceeded, phase: .body, progress: .sent(bytes: nil),
            message: "the answer's body is longer than \(exchange.request.limits.bodyBytes) bytes")
    }
}
#endif
