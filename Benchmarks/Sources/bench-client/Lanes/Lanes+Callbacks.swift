import BareNIO
import NIOCore
import NIOPosix

extension Lanes {
    /// Each answer's callback sends the lane's next request; no task is involved.
    func runWithCallbacks(_ requests: Int) throws -> Int {
        let loop = group.next()
        let finished = loop.makePromise(of: Int.self)
        loop.execute {
            CallbackRun(requests: requests, request: request, finished: finished).start(on: lanes)
        }
        return try finished.futureResult.wait()
    }
}

/// Counts what is left to send and to answer; touched only on the event loop.
private final class CallbackRun<Connection: BareConnection> {
    private let request: BareRequest
    private let finished: EventLoopPromise<Int>
    private var unsent: Int
    private var unanswered: Int
    private var bad = 0

    init(requests: Int, request: BareRequest, finished: EventLoopPromise<Int>) {
        self.request = request
        self.finished = finished
        self.unsent = requests
        self.unanswered = requests
    }

    func start(on lanes: [Connection]) {
        for lane in lanes { sendNext(on: lane) }
    }

    private func sendNext(on lane: Connection) {
        guard unsent > 0 else { return }
        unsent -= 1
        let run = NIOLoopBound(self, eventLoop: lane.eventLoop)
        lane.send(request) { run.value.didFinish($0, on: lane) }
    }

    private func didFinish(_ result: Result<BareResponse, any Error>, on lane: Connection) {
        if !result.isGood { bad += 1 }
        unanswered -= 1
        if unanswered == 0 { return finished.succeed(bad) }
        sendNext(on: lane)
    }
}

extension Result<BareResponse, any Error> {
    fileprivate var isGood: Bool {
        guard case .success(let response) = self else { return false }
        return response.isGood
    }
}
