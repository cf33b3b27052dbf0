#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP1
import TesseraCore

extension HTTP1Handler {
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
        if current == nil { connection?.drain() }
        fail(TransportFailure(onTheWire: error, phase: phase, progress: progress))
        context.close(promise: nil)
    }

    /// Ends the current exchange, and the connection: nobody knows what else will come on it.
    func fail(_ failure: TransportFailure) {
        guard var done = current.take() else { return }
        connection?.drain()
        done.heldPiece?.permission.resume(returning: .success(false))
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
        switch request.requestHead.method {
        case .get, .head, .options, .trace, .put, .delete: return true
        default: return false
        }
    }

    var phase: TransportFailure.Phase {
        current.map { $0.machine.response == .awaitingHead } ?? true ? .head : .body
    }

    var progress: TransportFailure.Progress { .sent(bytes: wire.sentBytes) }

    func timeout(
        _ phase: TransportFailure.Phase, _ progress: TransportFailure.Progress
    ) -> TransportFailure {
        TransportFailure(.timeout, phase: phase, progress: progress, message: "no answer in time")
    }
}
#endif
