#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP2
import TesseraCore

extension HTTP2Handler {
    /// How long a server may think about `Expect: 100-continue` before the body is sent all the same.
    private static let continueWait = TimeAmount.seconds(1)
    /// RFC 9113 §5.1.1: numbers end with 2^31 - 1.
    private static let lastNumber = Int32.max - 2

    func start(_ exchange: Exchange) {
        guard let connection, !isClosed, !isDraining, table.openCount < streamLimit else { return handBack(exchange) }
        guard !exchange.isCancelled else { return refuse(exchange, .cancelled(progress: .nothingSent)) }
        let now = NIODeadline.now()
        guard exchange.deadline > now else {
            return refuse(
                exchange,
                TransportFailure(
                    .timeout, phase: .connect, progress: .nothingSent, message: "the time was up before the request"))
        }
        guard exchange.request.origin == origin else {
            return refuse(
                exchange,
                TransportFailure(
                    .unsupported, phase: .write, progress: .nothingSent,
                    message: "the request is for another origin than the connection"))
        }
        let head: HTTP2RequestHead
        do throws(TransportFailure) {
            head = try HTTP2RequestHead(exchange.request, template(for: exchange.request.requestHead.method.rawValue))
        } catch {
            return refuse(exchange, error)
        }
        guard HTTP2HeadSize.fits(head.block, byteCount: head.byteCount, in: peerFrameSize) else {
            return refuse(
                exchange,
                TransportFailure(
                    .unsupported, phase: .write, progress: .nothingSent,
                    message: "the request's head does not fit into an HTTP/2 frame of \(peerFrameSize) bytes"))
        }
        let id = HTTP2StreamID(nextNumber)
        nextNumber += 2
        let stream = HTTP2Stream(
            id: id, exchange: exchange, decompresses: decompresses, machine: machine(for: exchange.request, head, now),
            now: now)
        table.append(stream)
        let endsStream = stream.machine.request == .sent
        write(id, .headers(.init(headers: head.block, endStream: endsStream)))
        if nextNumber >= Self.lastNumber { drain() }
        if !endsStream {
            if case .bytes(let bytes) = exchange.request.body {
                stream.rest = bytes[...]
                sendRest(of: stream)
            } else {
                exchange.started(on: connection)
            }
        }
        arm(by: stream.dueTime)
    }

    private func template(for method: String) -> HTTP2RequestHead.Template {
        if let template, template.method == method, template.mayIndex == mayIndex { return template }
        let made = HTTP2RequestHead.Template(method: method, origin: origin, mayIndex: mayIndex)
        template = made
        return made
    }

    private func machine(
        for request: borrowing TransportRequest, _ head: borrowing HTTP2RequestHead, _ now: NIODeadline
    ) -> HTTP2StreamStateMachine {
        let hasBody: Bool
        let length: Int?
        switch request.body {
        case .none: (hasBody, length) = (false, 0)
        case .bytes(let bytes): (hasBody, length) = (!bytes.isEmpty, bytes.count)
        case .stream(let known, _): (hasBody, length) = (true, known)
        }
        return HTTP2StreamStateMachine(
            hasBody: hasBody, length: length,
            continueBy: hasBody && request.expectsContinue ? now + Self.continueWait : nil, headBytes: head.byteCount)
    }

    /// The connection cannot take the exchange any more, but another one can.
    private func handBack(_ exchange: Exchange) {
        guard let connection = connection ?? exchange.connection as? HTTP2Connection else {
            return exchange.fail(
                TransportFailure(
                    .disconnected, phase: .connect, progress: .nothingSent,
                    message: "the connection was closed before the request"))
        }
        connection.returnUnstarted(exchange)
        connection.releaseUnused()
    }

    private func refuse(_ exchange: Exchange, _ failure: TransportFailure) {
        exchange.fail(failure)
        connection?.releaseUnused()
    }

    // MARK: Bodies

    /// Sends the next pieces of a body that is there as a whole.
    func sendRest(of stream: HTTP2Stream) {
        guard stream.isOpen, stream.pendingWrites == 0, !stream.rest.isEmpty else { return }
        let piece = stream.rest.prefix(BodyUpload.pieceSize)
        let isLast = piece.endIndex == stream.rest.endIndex
        switch stream.machine.piece(of: piece.count, isLast: isLast) {
        case .hold: return
        case .unwanted, .wrongLength: stream.rest = []
        case .send:
            stream.rest = isLast ? [] : stream.rest[piece.endIndex...]
            // Nobody waits for the last piece of a body; it is the answer that tells.
            let promise = isLast ? nil : context?.eventLoop.makePromise(of: Void.self)
            if let promise {
                stream.pendingWrites += 1
                promise.futureResult.assumeIsolated().whenComplete { [weak self] result in
                    stream.pendingWrites -= 1
                    guard let self, case .success = result else { return }
                    stream.lastProgress = self.currentTime()
                    self.sendRest(of: stream)
                }
            }
            write(
                stream.id, .data(.init(data: .byteBuffer(ByteBuffer(bytes: piece)), endStream: isLast)),
                promise: promise)
        }
    }

    /// Sends a piece of a streamed body.
    func write(_ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, _ permission: BodyPermission) {
        guard let stream = table.stream(of: exchange), stream.isOpen, let context else {
            permission.resume(returning: .success(false))
            return
        }
        switch stream.machine.piece(of: bytes.readableBytes, isLast: isLast) {
        case .unwanted: permission.resume(returning: .success(false))
        case .wrongLength:
            let failure = stream.machine.failure(.bodyFailed, "the body has another length than was announced")
            permission.resume(returning: .failure(failure))
            fail(stream, failure, reset: .cancel)
        case .hold:
            guard stream.heldPiece == nil else {
                permission.resume(returning: .success(false))
                return
            }
            stream.heldPiece = (bytes, isLast, permission)
            arm(by: stream.dueTime)
        case .send:
            let promise = context.eventLoop.makePromise(of: Void.self)
            stream.pendingWrites += 1
            promise.futureResult.assumeIsolated().whenComplete { [weak self] result in
                stream.pendingWrites -= 1
                switch result {
                case .success:
                    if let self { stream.lastProgress = self.currentTime() }
                    permission.resume(returning: .success(true))
                // The answer, or the stream's end, says more than a broken pipe.
                case .failure: permission.resume(returning: .success(false))
                }
            }
            stream.lastProgress = currentTime()
            write(stream.id, .data(.init(data: .byteBuffer(bytes), endStream: isLast)), promise: promise)
            arm(by: stream.dueTime)
        }
    }

    /// Sends what waited for permission, if it is there now.
    func sendHeldPiece(of stream: HTTP2Stream) {
        guard !stream.machine.isWaitingForContinue || stream.machine.hasHead else { return }
        if let held = stream.heldPiece {
            stream.heldPiece = nil
            write(held.bytes, isLast: held.isLast, for: stream.exchange, held.permission)
        } else {
            sendRest(of: stream)
        }
    }

    /// Gives up the rest of a body.
    func dropBody(of stream: HTTP2Stream) {
        stream.rest = []
        guard let held = stream.heldPiece else { return }
        stream.heldPiece = nil
        held.permission.resume(returning: .success(false))
    }
}
#endif
