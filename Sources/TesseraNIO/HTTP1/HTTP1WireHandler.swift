#if NIO
import NIOCore
import NIOHTTP1
import TesseraCore

/// The handler next to the wire: turns requests into bytes, counts them, and bounds an answer's head while it arrives.
///
/// NIO's decoder behind it must see each request pass, because HEAD has answers without a body. It sees one of two heads
/// that never change; the real one is written here.
final class HTTP1WireHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    private let writer: HTTP1RequestWriter
    /// Kept from request to request; a new one is made only while the former is still being written.
    private var buffer = ByteBuffer()
    private var isChunked = false
    private var headBytes = 0
    private var headLimit = Int.max
    private var headLines = 0
    private var lineLimit = Int.max

    /// The exchange whose request the next head stands for.
    var exchange: Exchange?
    /// Whether a small body waits and does not go out with the head.
    var withholdsBody = false
    /// Bytes of the current request that were handed to the socket.
    private(set) var sentBytes = 0
    /// Whether anything has come since the request was written.
    private(set) var sawBytes = false
    /// When the last bytes came.
    private(set) var lastRead = NIODeadline.uptimeNanoseconds(0)
    /// Why the head could not be written.
    private(set) var refusal: TransportFailure?

    init(writer: HTTP1RequestWriter) {
        self.writer = writer
    }

    /// The head of the answer is there, so what follows is bounded by others.
    func headIsComplete() {
        headLimit = .max
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            guard let exchange else {
                promise?.succeed()
                return
            }
            self.exchange = nil
            writeHead(of: exchange.request, context, promise)
        case .body(.byteBuffer(let bytes)):
            guard isChunked else { return send(context, bytes, promise) }
            send(context, ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n"), nil)
            send(context, bytes, nil)
            send(context, ByteBuffer(staticString: "\r\n"), promise)
        case .end:
            guard isChunked else {
                promise?.succeed()
                return
            }
            send(context, ByteBuffer(staticString: "0\r\n\r\n"), promise)
        case .body(.fileRegion):
            promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private func writeHead(
        of request: TransportRequest, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        sentBytes = 0
        sawBytes = false
        headBytes = 0
        headLines = 0
        headLimit = request.limits.headerBytes
        lineLimit = request.limits.headerCount + 2
        if case .stream(nil, _) = request.body { isChunked = true } else { isChunked = false }
        var bytes = buffer
        // One owner, so that it is written in place.
        buffer = ByteBuffer()
        bytes.clear(minimumCapacity: 512)
        do throws(TransportFailure) {
            try writer.write(request, withBody: !withholdsBody, to: &bytes)
        } catch {
            refusal = error
            promise?.fail(error)
            return
        }
        buffer = bytes
        send(context, bytes, promise)
    }

    private func checkUnfinishedHead(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        headLines &+= bytes.readableBytesView.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        guard headBytes > headLimit || headLines > lineLimit else { return }
        context.fireErrorCaught(
            TransportFailure(
                .limitExceeded, phase: .head, progress: .sent(bytes: sentBytes),
                message: "the head of the answer exceeds \(headLimit) bytes or \(lineLimit) lines"))
    }

    private func send(_ context: ChannelHandlerContext, _ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        sentBytes &+= bytes.readableBytes
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawBytes = true
        lastRead = .now()
        if headLimit != .max {
            headBytes &+= unwrapInboundIn(data).readableBytes
        }
        context.fireChannelRead(data)
        // The body may have come with the head; too much is what has no end yet.
        if headLimit != .max { checkUnfinishedHead(unwrapInboundIn(data), context) }
    }
}
#endif
