#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore

/// Carries exchanges over the streams of an HTTP/2 connection. Lives on the event loop.
///
/// NIOHTTP2Handler before it parses and writes frames and watches the protocol. This handler mints stream numbers,
/// keeps the table of streams, gives windows back, and says how each exchange ended.
final class HTTP2Handler: ChannelInboundHandler, ExchangeHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    let origin: Origin
    let decompresses: Bool
    private let executor: LoopTaskExecutor

    var context: ChannelHandlerContext?
    /// Set while the connection is in the pool; nil once the pool has heard of its end.
    var connection: HTTP2Connection?
    var table = HTTP2StreamTable()
    /// The next stream's number (RFC 9113 §5.1.1).
    var nextNumber: Int32 = 1
    /// Streams that may be under way at once.
    var streamLimit = HTTP2Limits.firstStreams
    /// The largest frame that the peer takes (RFC 9113 §6.5.2).
    var peerFrameSize = 16_384
    /// Whether fields may enter the compression table.
    var mayIndex = true
    /// What the last request had in common with many others.
    var template: HTTP2RequestHead.Template?
    var lastHead = RepeatedHead<HTTP2ResponseHead>()
    /// No new streams: the peer goes away, the numbers are used up, or the connection is being closed.
    var isDraining = false
    var isClosed = false
    /// Why the connection ends, for the streams that end with it.
    var endReason: (kind: TransportFailure.Kind, message: String, underlying: (any Error)?)?

    /// The stream that NIOHTTP2 has just reset for an error of the peer; its error comes next.
    var brokenStream: HTTP2Stream?
    /// Whether NIOHTTP2 has just said GOAWAY for an error of the peer; its error comes next.
    var saidGoAway = false

    private var now: NIODeadline?
    private var isReading = false
    /// Buffered answers that came with this read and whose callers have not heard of it.
    private var answered: [(exchange: Exchange, outcome: Exchange.Outcome)] = []
    private var isFlushDue = false
    private var isFlushPlanned = false
    private var flushTask: (@Sendable () -> Void)?
    var timer: Scheduled<Void>?
    var timerDue = NIODeadline.distantFuture

    init(origin: Origin, decompresses: Bool, executor: LoopTaskExecutor) {
        self.origin = origin
        self.executor = executor
        self.decompresses = decompresses
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        flushTask = { bound.value.flushPlanned() }
        if context.channel.isActive { openWindow(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        openWindow(context)
        context.fireChannelActive()
    }

    /// SETTINGS speak of streams only; the connection's window starts with 65,535 bytes (RFC 9113 §6.9.2).
    private func openWindow(_ context: ChannelHandlerContext) {
        let size = HTTP2Limits.connectionWindow - 65_535
        context.writeAndFlush(frame(.rootStream, .windowUpdate(windowSizeIncrement: size)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
        flushTask = nil
    }

    private func end() {
        guard !isClosed else { return }
        isClosed = true
        isDraining = true
        timer?.cancel()
        timer = nil
        deliver()
        failAll()
        let connection = connection
        self.connection = nil
        connection?.hasClosed()
    }

    /// Says good-bye and closes the connection.
    func close() {
        guard let context, !isClosed else { return }
        isDraining = true
        if endReason == nil { endReason = (.disconnected, "the connection was closed on this side", nil) }
        // RFC 9113 §6.8: so that the peer knows that it was no accident. This side has accepted no stream.
        context.writeAndFlush(
            frame(.rootStream, .goAway(lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil)), promise: nil)
        context.close(promise: nil)
    }

    /// No new streams from now on.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        connection?.drain()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        receive(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        now = nil
        flushAfterReading()
        if !answered.isEmpty { executor.resuming { deliver() } }
        context.fireChannelReadComplete()
    }

    /// Tells the caller of a buffered answer, when all that came with it is read.
    func finish(_ exchange: Exchange, _ outcome: Exchange.Outcome) {
        answered.append((exchange, outcome))
        if !isReading || isClosed { deliver() }
    }

    private func deliver() {
        let answered = answered
        self.answered.removeAll(keepingCapacity: true)
        for (exchange, outcome) in answered { exchange.finish(outcome) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // NIOHTTP2 reports windows by events, and so counts what comes for streams that are over as well.
        // Comparing types first is much cheaper than a cast that fails.
        let kind = type(of: event)
        if kind == NIOHTTP2WindowUpdatedEvent.self, let update = event as? NIOHTTP2WindowUpdatedEvent {
            guard update.streamID == .rootStream, let left = update.inboundWindowSize,
                let owed = HTTP2ReceiveWindow.refill(left: left, size: HTTP2Limits.connectionWindow), !isClosed
            else { return }
            write(.rootStream, .windowUpdate(windowSizeIncrement: owed))
            return
        }
        // The end of the peer's half is the end of the connection: answers could not be whole.
        if kind == ChannelEvent.self, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        }
    }

    /// The time; one look at the clock serves all frames that came together.
    func currentTime() -> NIODeadline {
        if let now { return now }
        let time = NIODeadline.now()
        if isReading { now = time }
        return time
    }

    // MARK: Writing

    func frame(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) -> NIOAny {
        wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload))
    }

    /// Writes a frame that goes out with the next flush.
    func write(
        _ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>? = nil
    ) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(frame(id, payload), promise: promise)
        flush()
    }

    /// Flushes, together with what else is written in the same read or turn of the loop: requests of many tasks come
    /// together, and so do frames; one system call serves them all.
    private func flush() {
        guard !isFlushPlanned, !isFlushDue, let context else { return }
        if isReading {
            isFlushDue = true
        } else if table.openCount > 1, let flushTask {
            isFlushPlanned = true
            context.eventLoop.execute(flushTask)
        } else {
            context.flush()
        }
    }

    private func flushAfterReading() {
        guard isFlushDue else { return }
        isFlushDue = false
        context?.flush()
    }

    private func flushPlanned() {
        isFlushPlanned = false
        context?.flush()
    }
}
#endif
