#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP1
import TesseraCore

/// The handler next to the wire: turns requests into bytes, bytes into the parts of answers, counts both, and bounds an
/// answer's head while it arrives.
///
/// It is the home of NIO's decoder, in place of a `ByteToMessageHandler` and its queues. The decoder must see each request
/// pass, because HEAD has answers without a body. It sees one of two heads that never change; the real one is written here.
final class HTTP1WireHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundOut = IOData

    private static let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private static let headOfHEAD = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: "/")

    private let writer: HTTP1RequestWriter
    private let decoder: HTTPResponseDecoder
    private var context: ChannelHandlerContext?
    // As in `HTTP1Handler`: overlapping access is looked for in debug builds.
    /// Bytes of an element that is not whole yet.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var undecoded = ByteBuffer()
    private var isDecoding = false
    /// Whether more bytes came within the decoding of others.
    private var hasMore = false
    /// Whether the decoder has met its end or an error.
    private var isDone = false
    /// Kept from request to request; a new one is made only while the former is still being written.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var buffer = ByteBuffer()
    private var isChunked = false
    private var headBytes = 0
    private var headLimit = Int.max
    private var headLines = 0
    private var lineLimit = Int.max

    /// Whether a request was written whose answer is not whole.
    private var isAnswerDue = false

    /// Where the last piece of the answer's body ends in memory.
    private var bodyEnd: UnsafeRawPointer?
    /// Whether something follows the answer in what was read with its end.
    private var hasTail = false

    /// Bytes of the current request that were handed to the socket.
    private(set) var sentBytes = 0
    /// Whether anything has come since the request was written.
    private(set) var sawBytes = false
    /// When the last bytes came.
    private(set) var lastRead = NIODeadline.uptimeNanoseconds(0)

    init(writer: HTTP1RequestWriter) {
        self.writer = writer
        // The bounds of a request are usually lower, and are kept here.
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 1_048_576
        limits.maxHeaderFieldSize = 1_048_576
        limits.maxHeaderFieldCount = 10_000
        decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward, limitConfiguration: limits)
    }

    // MARK: Requests

    /// Writes the head of a request, and a small body with it unless that has to wait; flushes nothing.
    ///
    /// - Throws: When it cannot be sent. Nothing is written then, and the connection is as it was.
    func writeHead(of request: TransportRequest, withholdingBody: Bool) throws(TransportFailure) {
        guard let context else { return }
        var bytes = buffer
        // One owner, so that it is written in place.
        buffer = ByteBuffer()
        bytes.clear(minimumCapacity: 512)
        try writer.write(request, withBody: !withholdingBody, to: &bytes)
        buffer = bytes
        sentBytes = 0
        sawBytes = false
        headBytes = 0
        headLines = 0
        headLimit = request.limits.headerBytes
        // The status line and the empty one. Whoever wants no limit says Int.max.
        lineLimit = max(request.limits.headerCount, request.limits.headerCount &+ 2)
        if case .stream(nil, _) = request.body { isChunked = true } else { isChunked = false }
        isAnswerDue = true
        hasTail = false
        decoder.write(data: .head(request.requestHead.method == .head ? Self.headOfHEAD : Self.head))
        send(context, bytes, nil)
    }

    /// Writes a piece of the body.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard isChunked else { return send(context, bytes, promise) }
        send(context, ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n"), nil)
        send(context, bytes, nil)
        send(context, ByteBuffer(staticString: "\r\n"), promise)
    }

    /// Writes the last piece of the body, which may be empty, and what ends the body.
    func writeLast(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context, isChunked else {
            guard bytes.readableBytes > 0 else {
                promise?.succeed()
                return
            }
            return write(bytes, promise: promise)
        }
        if bytes.readableBytes > 0 { write(bytes, promise: nil) }
        send(context, ByteBuffer(staticString: "0\r\n\r\n"), promise)
    }

    /// Flushes what was written, on a shorter way than through this handler.
    func flush() {
        context?.flush()
    }

    private func send(_ context: ChannelHandlerContext, _ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        sentBytes &+= bytes.readableBytes
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
    }

    // MARK: Answers

    /// The head of the answer is there, so what follows is bounded by others.
    func headIsComplete() {
        headLimit = .max
    }

    /// The answer is whole. What follows belongs to nobody, least of all to the next request (response splitting).
    func answerIsComplete() {
        isAnswerDue = false
    }

    /// A piece of the answer's body has come, a part of what was read.
    func bodyContinues(with piece: ByteBuffer) {
        bodyEnd = piece.withUnsafeReadableBytes { Self.end(of: $0) }
    }

    /// Whether bytes behind an answer were read with it.
    var hasLeftovers: Bool { hasTail || undecoded.readableBytes > 0 }

    /// Whether an answer that came to its end within these bytes ends where they end. The decoder tells of whole heads
    /// behind it, and keeps the beginning of one to itself.
    private func isEndOfAnswer(_ bytes: ByteBuffer) -> Bool {
        bytes.withUnsafeReadableBytes { bytes in
            // A body with a length, or else the empty line behind a head or the last chunk (RFC 9112 §6.3, §7.1).
            if let bodyEnd, bodyEnd == Self.end(of: bytes) { return true }
            return bytes.count >= 4 ? bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) : bytes.last == UInt8(ascii: "\n")
        }
    }

    private static func end(of bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        bytes.baseAddress.map { $0 + bytes.count }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isAnswerDue else {
            isDone = true
            return context.fireErrorCaught(
                TransportFailure(
                    .protocolViolation, phase: .head, progress: .sent(bytes: nil),
                    message: "the server sends what nobody asked for"))
        }
        var bytes = unwrapInboundIn(data)
        sawBytes = true
        lastRead = .now()
        guard headLimit != .max else { return decode(&bytes, context) }
        let arrived = bytes
        headBytes &+= arrived.readableBytes
        decode(&bytes, context)
        // The body may have come with the head; too much is what has no end yet.
        if headLimit != .max { checkUnfinishedHead(arrived, context) }
    }

    private func decode(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isDecoding else {
            undecoded.writeBuffer(&bytes)
            hasMore = true
            return
        }
        isDecoding = true
        defer { isDecoding = false }
        repeat {
            hasMore = false
            guard !isDone else { return }
            if undecoded.readableBytes > 0 {
                undecoded.writeBuffer(&bytes)
                bytes = undecoded
                undecoded = ByteBuffer()
            }
            let wasDue = isAnswerDue
            let all = bytes
            bodyEnd = nil
            do {
                _ = try decoder.decode(context: context, buffer: &bytes)
            } catch {
                isDone = true
                return context.fireErrorCaught(error)
            }
            if wasDue, !isAnswerDue { hasTail = !isEndOfAnswer(all) }
            if bytes.readableBytes > 0 {
                bytes.writeBuffer(&undecoded)
                undecoded = bytes
                bytes = ByteBuffer()
            }
        } while hasMore
    }

    private func checkUnfinishedHead(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        headLines &+= bytes.readableBytesView.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        guard headBytes > headLimit || headLines > lineLimit else { return }
        context.fireErrorCaught(
            TransportFailure(
                .limitExceeded, phase: .head, progress: .sent(bytes: sentBytes),
                message: "the head of the answer exceeds \(headLimit) bytes or \(lineLimit) lines"))
    }

    /// An answer without a length ends with the connection.
    private func endDecoding(_ context: ChannelHandlerContext) {
        guard !isDone, !isDecoding else { return }
        isDone = true
        do {
            _ = try decoder.decodeLast(context: context, buffer: &undecoded, seenEOF: true)
        } catch {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        endDecoding(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { endDecoding(context) }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        decoder.decoderAdded(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isDone = true
        decoder.decoderRemoved(context: context)
        self.context = nil
    }
}
#endif
