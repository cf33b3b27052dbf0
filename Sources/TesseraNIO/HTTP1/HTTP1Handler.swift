#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP1
import TesseraCore

/// Carries one exchange after the other over an HTTP/1.1 connection. Lives on the event loop.
final class HTTP1Handler: ChannelDuplexHandler, ExchangeHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never

    /// How long a server may think about `Expect: 100-continue` before the body is sent all the same.
    private static let continueWait = TimeAmount.seconds(1)

    struct Current {
        var receiver: ResponseReceiver
        var machine: HTTP1ExchangeStateMachine
        /// A piece of a streamed body that waits for permission.
        var heldPiece: HeldPiece?
        /// How much of a body that was there as a whole was handed to the socket.
        var bodyOffset = 0
        /// Pieces that the socket has not taken yet.
        var pendingWrites = 0
        /// When a byte of the answer came last, or a piece of the body went.
        var lastProgress: NIODeadline
    }

    struct Ended {
        var exchange: Exchange
        /// Nil where a reader takes the pieces.
        var outcome: Exchange.Outcome?
        var isReusable: Bool
    }

    struct HeldPiece {
        var bytes: ByteBuffer
        var isLast: Bool
        var permission: BodyPermission
    }

    let wire: HTTP1WireHandler
    private let decompresses: Bool
    private let executor: LoopTaskExecutor
    var context: ChannelHandlerContext?
    // Overlapping access to what is changed in place is looked for in debug builds, in which the tests run; beyond them
    // the search would be a thirtieth of a request (design note 0003).
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var current: Current?
    /// An exchange that is over, until the bytes that came with its end are all read.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var ended: Ended?
    var timer: Scheduled<Void>?
    var timerDue = NIODeadline.distantFuture
    private var holdsRead = false
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var lastHead = RepeatedHead<ReceivedHead>()
    var isClosed = false
    /// Set while the connection is in the pool; nil once the pool has heard of its end.
    var connection: HTTP1Connection?

    init(wire: HTTP1WireHandler, decompresses: Bool, executor: LoopTaskExecutor) {
        self.wire = wire
        self.executor = executor
        self.decompresses = decompresses
    }

    // MARK: Requests

    /// Sends the request of an exchange. Returns false, and does nothing, when this connection cannot take it.
    func start(_ exchange: Exchange) -> Bool {
        guard context != nil, let connection, !isClosed, current == nil, ended == nil else { return false }
        guard !exchange.isCancelled else {
            exchange.fail(.cancelled(progress: .nothingSent))
            connection.releaseUnused()
            return true
        }
        let now = NIODeadline.now()
        guard exchange.deadline > now else {
            exchange.fail(timeout(.connect, .nothingSent))
            connection.releaseUnused()
            return true
        }
        let body = exchange.request.bodyToCome
        let waits = body != nil && exchange.request.expectsContinue
        let isStreamed = body?.isStreamed ?? false
        // The writer puts a small body behind the head.
        let isRest = body.map { $0.isStreamed || waits || ($0.length ?? 0) > HTTP1RequestWriter.smallBody } ?? false
        do throws(TransportFailure) {
            try wire.writeHead(of: exchange.request, withholdingBody: waits)
        } catch {
            exchange.fail(error)
            connection.releaseUnused()
            return true
        }
        current = Current(
            receiver: ResponseReceiver(exchange, decompresses: decompresses),
            machine: HTTP1ExchangeStateMachine(
                streamsBody: isRest, streamedLength: body?.length, continueBy: waits ? now + Self.continueWait : nil),
            lastProgress: now)
        if isRest, !isStreamed, !waits { sendRest() } else { wire.flush() }
        if isStreamed { exchange.started(on: connection) }
        arm()
        return true
    }

    // MARK: Streamed answers

    func take(_ reader: ResponseStream.Reader, of exchange: Exchange) {
        guard current?.receiver.exchange === exchange else {
            // The wire is done with this answer: what was not taken lies with the exchange's connection no more.
            finished.take(reader, of: exchange)
            return
        }
        current?.receiver.stream.take(reader)
        if current?.receiver.stream.isWaiting == true {
            current?.lastProgress = .now()
            arm()
        }
        resumeReading()
    }

    /// The reader's scope is over. What is unread is given up with the connection.
    func endScope(of exchange: Exchange) {
        // The exchange knows its connection, and with it this handler: what is kept here without a reader stays for ever.
        defer { finished.forget(exchange) }
        guard current?.receiver.exchange === exchange else { return }
        fail(.cancelled(progress: progress, phase: .body))
    }

    /// The streamed answer that is whole on the wire, while its reader still takes pieces.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var finished = FinishedStreams()

    private func resumeReading() {
        guard holdsRead, current?.receiver.isBehind != true else { return }
        holdsRead = false
        context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if current?.receiver.isBehind == true {
            holdsRead = true
        } else {
            context.read()
        }
    }

    // MARK: Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard current != nil else {
            // Bytes behind an answer belong to nobody, least of all to the next request (response splitting).
            ended?.isReusable = false
            return
        }
        current?.lastProgress = wire.lastRead
        do throws(TransportFailure) {
            switch unwrapInboundIn(data) {
            case .head(let head): try received(head)
            case .body(let bytes):
                wire.bodyContinues(with: bytes)
                try current?.receiver.receive(bytes)
            case .end:
                current?.machine.receivedEnd()
                wire.answerIsComplete()
                try end()
            }
        } catch {
            fail(error)
        }
    }

    private func received(_ head: HTTPResponseHead) throws(TransportFailure) {
        guard head.status.code >= 200 else {
            guard head.status.code != 101 else {
                throw TransportFailure(
                    .protocolViolation, phase: .head, progress: progress,
                    message: "the server switched to a protocol that nobody asked for")
            }
            guard current?.machine.informational(status: head.status.code) == true else {
                throw TransportFailure(
                    .limitExceeded, phase: .head, progress: progress,
                    message: "the server sends informational answers without end")
            }
            return sendHeldPiece()
        }
        wire.headIsComplete()
        guard let exchange = current?.receiver.exchange else { return }
        let received = try ReceivedHead(head, limits: exchange.request.limits, last: &lastHead)
        let hasBody =
            received.status != 204 && received.status != 304 && exchange.request.requestHead.method != .head
        current?.machine.receivedHead(keepsAlive: head.isKeepAlive)
        try current?.receiver.receive(
            received.response, status: received.status, announced: hasBody ? received.announcedLength : nil,
            hasBody: hasBody, isEncoded: received.isEncoded)
        // Whoever waits for permission to send the body will not get it any more.
        current?.heldPiece.take()?.permission.resume(returning: .success(false))
    }

    /// The answer is whole. What came behind it in the same read must be seen before another request starts here.
    private func end() throws(TransportFailure) {
        let outcome = try current?.receiver.finish()
        guard let done = current.take() else { return }
        done.heldPiece?.permission.resume(returning: .success(false))
        finished.keep(done.receiver)
        holdsRead = false
        // An answer before the request's end leaves the rest of the body unsent (RFC 9112 §9.3).
        ended = Ended(
            exchange: done.receiver.exchange, outcome: outcome ?? nil,
            isReusable: done.machine.isReusable && done.pendingWrites == 0 && !isClosed && !done.receiver.isMisdirected)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard ended != nil else { return context.fireChannelReadComplete() }
        executor.resuming {
            deliver()
            context.fireChannelReadComplete()
        }
    }

    /// Delivers a whole answer, and gives the connection back first: the caller's next request may want it at once.
    func deliver() {
        guard let ended = ended.take() else { return }
        let isReusable = ended.isReusable && !wire.hasLeftovers
        if isReusable {
            connection?.hasAnswered()
            connection?.release(at: wire.lastRead)
        } else {
            connection?.drain()
        }
        if let outcome = ended.outcome { ended.exchange.finish(outcome) }
        if !isReusable { context?.close(promise: nil) }
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isClosed = true
        timer?.cancel()
        timer = nil
        fail(
            TransportFailure(.disconnected, phase: phase, progress: progress, message: "the connection was closed"))
        self.context = nil
        connection?.hasClosed()
        connection = nil
    }
}

extension TransportRequest {
    /// Whether there is a body, whether its writer runs beside the exchange, and its length if that is known.
    fileprivate var bodyToCome: (isStreamed: Bool, length: Int?)? {
        switch body {
        case .none: nil
        case .bytes(let bytes) where bytes.isEmpty: nil
        case .bytes(let bytes): (false, bytes.count)
        case .stream(let length, _): (true, length)
        }
    }

    /// Whether the body waits for the server's permission (RFC 9110 §10.1.1).
    var expectsContinue: Bool {
        requestHead.fields.contains { $0.name == .expect && $0.value.lowercased() == "100-continue" }
    }
}
#endif
