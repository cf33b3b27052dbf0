#if NIO
import NIOCore
import TesseraCore

extension HTTP1Handler {
    /// Sends a piece of a streamed body.
    func write(_ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, _ permission: BodyPermission?) {
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
                if bytes.readableBytes > 0 { wire.write(bytes, promise: nil) }
                wire.writeEnd(promise: promise)
            } else {
                wire.write(bytes, promise: promise)
            }
            context.flush()
        }
    }

    /// Sends what waited for permission, if it is there now.
    func sendHeldPiece() {
        guard current?.machine.isWaitingForContinue == false, let exchange = current?.receiver.exchange,
            let held = current?.heldPiece.take()
        else { return }
        write(held.bytes, isLast: held.isLast, for: exchange, held.permission)
    }
}
#endif
