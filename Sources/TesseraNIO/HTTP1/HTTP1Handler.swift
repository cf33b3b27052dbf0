#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP1
import TesseraCore

/// Carries one exchange after the other over an HTTP/1.1 connection. Lives on the event loop.
final class HTTP1Handler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    typealias Permission = UnsafeContinuation<Result<Bool, TransportFailure>, Never>

    /// What the decoder sees; the real head is written by the wire handler.
    private static let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private static let headOfHEAD = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: "/")
    /// How long a server may think about `Expect: 100-continue` before the body is sent all the same.
    private static let continueWait = TimeAmount.seconds(1)

    private struct Current {
        var receiver: ResponseReceiver
        var machine: HTTP1ExchangeStateMachine
        /// A piece of the body that waits for permission, or for its turn on the wire.
        var heldPiece: HeldPiece?
        var lastProgress: NIODeadline
    }

    private struct Ended {
        var exchange: Exchange
        /// Nil where a reader takes the pieces.
        var outcome: Exchange.Outcome?
        var isReusable: Bool
    }

    private struct HeldPiece {
        var bytes: ByteBuffer
        var isLast: Bool
        /// Nil where nobody waits, because the body was given as a whole.
        var permission: Permission?
    }

    private let wire: HTTP1WireHandler
    private let decompresses: Bool
    private var context: ChannelHandlerContext?
    private var current: Current?
    /// An exchange that is over, until the bytes that came with its end are all read.
    private var ended: Ended?
    private var timer: Scheduled<Void>?
    private var timerDue = NIODeadline.distantFuture
    private var holdsRead = false
    private var fieldNames = ResponseFieldNames()
    private var isClosed = false
    /// Set while the connection is in the pool; nil once the pool has heard of its end.
    var connection: HTTP1Connection?

    init(wire: HTTP1WireHandler, decompresses: Bool) {
        self.wire = wire
        self.decompresses = decompresses
    }

    // MARK: Requests

    /// Sends the request of an exchange. Returns false, and does nothing, when this connection cannot take it.
    func start(_ exchange: Exchange) -> Bool {
        guard let context, let connection, !isClosed, current == nil, ended == nil else { return false }
        guard !exchange.isCancelled else {
            exchange.fail(.cancelled(progress: .nothingSent))
            connection.release()
            return true
        }
        let now = NIODeadline.now()
        guard exchange.deadline > now else {
            exchange.fail(timeout(.connect, .nothingSent))
            connection.release()
            return true
        }
        let body = exchange.request.bodyToCome
        let waits = body != nil && exchange.request.expectsContinue
        let streamsBody = body?.isStreamed ?? false
        current = Current(
            receiver: ResponseReceiver(exchange, decompresses: decompresses),
            machine: HTTP1ExchangeStateMachine(
                streamsBody: streamsBody || waits, streamedLength: body?.length,
                continueBy: waits ? now + Self.continueWait : nil),
            lastProgress: now)
        wire.exchange = exchange
        wire.withholdsBody = waits
        let head = exchange.request.head.method == .head ? Self.headOfHEAD : Self.head
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let refusal = wire.refusal {
            current = nil
            exchange.fail(refusal)
            // The decoder was told of a request that never went out.
            context.close(promise: nil)
            return true
        }
        if case .bytes(let bytes) = exchange.request.body {
            if waits {
                current?.heldPiece = HeldPiece(bytes: ByteBuffer(bytes: bytes), isLast: true)
            } else if bytes.count > HTTP1RequestWriter.smallBody {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            }
        }
        context.flush()
        if streamsBody { exchange.started(on: connection) }
        arm()
        return true
    }

    /// Sends a piece of a streamed body.
    func write(_ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, _ permission: Permission?) {
        guard let context, current?.receiver.exchange === exchange,
            let step = current?.machine.piece(of: bytes.readableBytes, isLast: isLast)
        else {
            permission?.resume(returning: .success(false))
            return
        }
        switch step {
        case .unwanted: permission?.resume(returning: .success(false))
        case .wrongLength:
            let failure = TransportFailure(
                .bodyFailed, phase: .write, progress: progress,
                message: "the body has another length than was announced")
            permission?.resume(returning: .failure(failure))
            fail(failure)
        case .hold:
            current?.heldPiece = HeldPiece(bytes: bytes, isLast: isLast, permission: permission)
            arm()
        case .send:
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in
                switch result {
                case .success: permission?.resume(returning: .success(true))
                // The answer, or the connection's end, says more than a broken pipe.
                case .failure: permission?.resume(returning: .success(false))
                }
            }
            current?.lastProgress = .now()
            if isLast {
                if bytes.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
            } else {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
            }
        }
    }

    /// Ends the current exchange and the connection with it.
    func abort(_ exchange: Exchange, with failure: TransportFailure) {
        guard current?.receiver.exchange === exchange else { return }
        fail(failure)
    }

    /// The caller has left.
    func cancel(_ exchange: Exchange) {
        guard current?.receiver.exchange === exchange else { return }
        fail(.cancelled(progress: progress, phase: phase))
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
        finished.forget(exchange)
        guard current?.receiver.exchange === exchange else { return }
        fail(.cancelled(progress: progress, phase: .body))
    }

    /// The streamed answer that is whole on the wire, while its reader still takes pieces.
    private var finished = FinishedStreams()

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
        current?.lastProgress = .now()
        do throws(TransportFailure) {
            switch unwrapInboundIn(data) {
            case .head(let head): try received(head)
            case .body(let bytes): try current?.receiver.receive(bytes)
            case .end:
                current?.machine.receivedEnd()
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
        let received = try ReceivedHead(head, limits: exchange.request.limits, names: &fieldNames)
        let hasBody =
            head.status.code != 204 && head.status.code != 304 && exchange.request.head.method != .head
        current?.machine.receivedHead(keepsAlive: head.isKeepAlive)
        try current?.receiver.receive(
            received.response, announced: hasBody ? received.announcedLength : nil, hasBody: hasBody,
            isEncoded: received.isEncoded)
        // Whoever waits for permission to send the body will not get it any more.
        current?.heldPiece.take()?.permission?.resume(returning: .success(false))
    }

    private func sendHeldPiece() {
        guard current?.machine.isWaitingForContinue == false, let exchange = current?.receiver.exchange,
            let held = current?.heldPiece.take()
        else { return }
        write(held.bytes, isLast: held.isLast, for: exchange, held.permission)
    }

    /// The answer is whole. What came behind it in the same read must be seen before another request starts here.
    private func end() throws(TransportFailure) {
        let outcome = try current?.receiver.finish()
        guard let done = current.take() else { return }
        done.heldPiece?.permission?.resume(returning: .success(false))
        finished.keep(done.receiver)
        holdsRead = false
        // An answer before the request's end leaves the rest of the body unsent (RFC 9112 §9.3).
        ended = Ended(
            exchange: done.receiver.exchange, outcome: outcome ?? nil, isReusable: done.machine.isReusable && !isClosed)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        deliver()
        context.fireChannelReadComplete()
    }

    /// Delivers a whole answer, and gives the connection back first: the caller's next request may want it at once.
    private func deliver() {
        guard let ended = ended.take() else { return }
        if ended.isReusable {
            connection?.hasAnswered()
            connection?.release()
        } else {
            connection?.drain()
        }
        if let outcome = ended.outcome { ended.exchange.finish(outcome) }
        if !ended.isReusable { context?.close(promise: nil) }
    }

    // MARK: Failures

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        ended?.isReusable = false
        deliver()
        fail(
            TransportFailure(
                .disconnected, phase: phase, progress: progress,
                message: "the server closed the connection before its answer was whole"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ended?.isReusable = false
        deliver()
        fail(TransportFailure(onTheWire: error, phase: phase, progress: progress))
        context.close(promise: nil)
    }

    /// Ends the current exchange, and the connection: nobody knows what else will come on it.
    private func fail(_ failure: TransportFailure) {
        guard var done = current.take() else { return }
        connection?.drain()
        done.heldPiece?.permission?.resume(returning: .success(false))
        var failure = failure
        if case .sent = failure.progress { failure.progress = .sent(bytes: wire.sentBytes) }
        let exchange = done.receiver.exchange
        if mayBeReplaced(done, failure), let connection {
            connection.returnUnstarted(exchange, sent: wire.sentBytes)
        } else {
            done.receiver.fail(failure)
            if done.receiver.head != nil { finished.keep(done.receiver) }
        }
        context?.close(promise: nil)
    }

    /// A kept connection that the server has closed in the meantime is replaced silently where the method allows it and
    /// no byte of an answer came (RFC 9110 §9.2.2, RFC 9112 §9.3.1).
    private func mayBeReplaced(_ done: Current, _ failure: TransportFailure) -> Bool {
        guard failure.kind == .disconnected, connection?.hasServed == true, done.machine.response == .awaitingHead,
            !wire.sawBytes
        else { return false }
        let request = done.receiver.exchange.request
        if case .stream = request.body { return false }
        switch request.head.method {
        case .get, .head, .options, .trace, .put, .delete: return true
        default: return false
        }
    }

    private var phase: TransportFailure.Phase {
        current.map { $0.machine.response == .awaitingHead } ?? true ? .head : .body
    }

    private var progress: TransportFailure.Progress { .sent(bytes: wire.sentBytes) }

    private func timeout(
        _ phase: TransportFailure.Phase, _ progress: TransportFailure.Progress
    ) -> TransportFailure {
        TransportFailure(.timeout, phase: phase, progress: progress, message: "no answer in time")
    }

    // MARK: Time

    /// When the current exchange has waited too long; nil while nothing is awaited.
    private func dueTime() -> NIODeadline? {
        guard let exchange = current?.receiver.exchange, let lastProgress = current?.lastProgress else { return nil }
        let isCommitted = current?.receiver.isCommitted == true
        // While a reader does not read, the peer is not to blame for the silence.
        if isCommitted, current?.receiver.stream.isWaiting == false { return nil }
        let idle = lastProgress + .nanoseconds(exchange.request.phases.idle.clampedNanoseconds)
        let due = isCommitted ? idle : min(idle, exchange.deadline)
        if case .waitingForContinue(let until)? = current?.machine.request { return min(due, until) }
        return due
    }

    /// One timer serves all exchanges of the connection: it is moved only when one is due earlier, and otherwise looks
    /// around when it fires.
    private func arm() {
        guard let due = dueTime(), due < timerDue, let context else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in self?.fire() }
    }

    private func fire() {
        timerDue = .distantFuture
        guard let due = dueTime() else { return }
        guard due <= .now() else { return arm() }
        if case .waitingForContinue(let until)? = current?.machine.request, until <= .now() {
            current?.machine.continues()
            sendHeldPiece()
            return arm()
        }
        fail(timeout(phase, progress))
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
        case .bytes(let bytes): (false, bytes.count)
        case .stream(let length, _): (true, length)
        }
    }

    /// Whether the body waits for the server's permission (RFC 9110 §10.1.1).
    var expectsContinue: Bool {
        head.headerFields.contains { $0.name == .expect && $0.value.lowercased() == "100-continue" }
    }
}
#endif
