#if NIO
import NIOCore
import TesseraCore

extension HTTP1Handler {
    /// When the current exchange has waited too long; nil while nothing is awaited.
    private func dueTime() -> NIODeadline? {
        guard let exchange = current?.receiver.exchange, let lastProgress = current?.lastProgress else { return nil }
        let isCommitted = current?.receiver.isCommitted == true
        // While a reader does not read, the peer is not to blame for the silence.
        if isCommitted, current?.receiver.stream.isWaiting == false { return nil }
        // The caller's own writer is what is waited for.
        if !isCommitted, case .sendingBody? = current?.machine.request, current?.pendingWrites == 0 {
            return exchange.deadline
        }
        let idle = lastProgress + .nanoseconds(exchange.request.phases.idleNanoseconds)
        let due = isCommitted ? idle : min(idle, exchange.deadline)
        return permissionTime.map { min(due, $0) } ?? due
    }

    /// When the body is sent without permission; nil once there is an answer, which says that it is not wanted.
    private var permissionTime: NIODeadline? {
        guard case .waitingForContinue(let until)? = current?.machine.request,
            current?.machine.response == .awaitingHead
        else { return nil }
        return until
    }

    /// One timer serves all exchanges of the connection: it is moved only when one is due earlier, and otherwise looks
    /// around when it fires.
    func arm() {
        guard let due = dueTime(), due < timerDue, let context else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in self?.fire() }
    }

    private func fire() {
        timerDue = .distantFuture
        guard let due = dueTime() else { return }
        guard due <= .now() else { return arm() }
        if let permissionTime, permissionTime <= .now() {
            current?.machine.continues()
            sendHeldPiece()
            return arm()
        }
        fail(timeout(phase, progress))
    }
}
#endif
