#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore

extension HTTP2Handler {
    /// One timer serves all streams: it is moved only when one is due earlier, and otherwise looks around when it fires.
    func arm(by due: NIODeadline?) {
        guard let due, due < timerDue, let context, !isClosed else { return }
        timer?.cancel()
        timerDue = due
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in self?.fire() }
    }

    private func fire() {
        timerDue = .distantFuture
        timer = nil
        let now = NIODeadline.now()
        var next: NIODeadline?
        for stream in table.all {
            if let due = stream.dueTime, due <= now { expire(stream, now) }
            if let due = stream.dueTime { next = min(next ?? due, due) }
        }
        arm(by: next)
    }

    private func expire(_ stream: HTTP2Stream, _ now: NIODeadline) {
        if case .waitingForContinue(let until) = stream.machine.request, !stream.machine.hasHead, until <= now,
            stream.exchange.deadline > now
        {
            stream.machine.continues()
            return sendHeldPiece(of: stream)
        }
        let message = stream.isCommitted ? "the rest of the answer did not come in time" : "no answer in time"
        fail(stream, stream.machine.failure(.timeout, message), reset: .cancel)
    }
}
#endif
