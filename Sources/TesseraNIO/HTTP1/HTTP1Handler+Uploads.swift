#if NIO
import NIOCore
import TesseraCore

extension HTTP1Handler {
    /// Sends the next piece of a body that is there as a whole.
    func sendRest() {
        guard let exchange = current?.receiver.exchange, case .bytes(let bytes) = exchange.request.body,
            current?.pendingWrites == 0, let offset = current?.bodyOffset, offset < bytes.count
        else { return }
        let piece = bytes[offset...].prefix(BodyUpload.pieceSize)
        let isLast = piece.endIndex == bytes.endIndex
        guard case .send? = current?.machine.piece(of: piece.count, isLast: isLast) else { return }
        current?.bodyOffset = piece.endIndex
        send(ByteBuffer(bytes: piece), isLast: isLast, for: exchange) { [weak self] in self?.sendRest() }
    }

    /// Hands a piece to the wire, and says when the socket has taken it.
    private func send(
        _ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, failed: @escaping () -> Void = {},
        _ taken: @escaping () -> Void
    ) {
        guard let context else { return failed() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        current?.pendingWrites += 1
        current?.lastProgress = .now()
        promise.futureResult.assumeIsolated().whenComplete { [weak self] result in
            if let self, self.current?.receiver.exchange === exchange {
                self.current?.pendingWrites -= 1
                self.current?.lastProgress = .now()
            }
            if case .success = result { taken() } else { failed() }
        }
        if isLast { wire.writeLast(bytes, promise: promise) } else { wire.write(bytes, promise: promise) }
        context.flush()
        arm()
    }

    /// Sends a piece of a streamed body.
    func write(_ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, _ permission: BodyPermission) {
        guard context != nil, current?.receiver.exchange === exchange,
            let step = current?.machine.piece(of: bytes.readableBytes, isLast: isLast)
        else {
            permission.resume(returning: .success(false))
            return
        }
        switch step {
        case .unwanted: permission.resume(returning: .success(false))
        case .wrongLength:
            let failure = TransportFailure(
                .bodyFailed, phase: .write, progress: progress,
                message: "the body has another length than was announced")
            permission.resume(returning: .failure(failure))
            fail(failure)
        case .hold:
            // Two tasks write at once.
            guard current?.heldPiece == nil else {
                permission.resume(returning: .success(false))
                return
            }
            current?.heldPiece = HeldPiece(bytes: bytes, isLast: isLast, permission: permission)
            arm()
        case .send:
            send(bytes, isLast: isLast, for: exchange) {
                // The answer, or the connection's end, says more than a broken pipe.
                permission.resume(returning: .success(false))
            } _: {
                permission.resume(returning: .success(true))
            }
        }
    }

    /// Sends what waited for permission, if it is there now.
    func sendHeldPiece() {
        guard current?.machine.isWaitingForContinue == false, let exchange = current?.receiver.exchange else { return }
        guard let held = current?.heldPiece.take() else { return sendRest() }
        write(held.bytes, isLast: held.isLast, for: exchange, held.permission)
    }
}
#endif
