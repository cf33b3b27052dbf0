#if NIO
import HTTPTypes
import NIOCore
import Synchronization
import TesseraCore

/// One request on its way, and the one place where its caller is resumed.
///
/// A buffered exchange resumes its caller once, with the whole answer. A streamed one resumes it with the head, and
/// hands over the pieces through ``ResponseStream``. What happens on the wire belongs to the connection; here is only
/// what several threads share: where the exchange is, and whether its caller has left.
final class Exchange: Sendable {
    typealias Outcome = Result<TransportReply, TransportFailure>
    typealias Caller = UnsafeContinuation<Outcome, Never>

    enum Delivery: Sendable {
        case buffered
        case streamed
    }

    private enum Place {
        case new
        case queued(ConnectionPool, ConnectionPool.Ticket)
        case running(any HTTPConnection)
        case over
    }

    /// Where the writer of a streamed body waits until the head is on its way.
    typealias Starter = UnsafeContinuation<(any HTTPConnection)?, Never>

    private struct State {
        var caller: Caller?
        var starter: Starter?
        var isStarted = false
        var place = Place.new
        var connection: (any HTTPConnection)?
        var isCancelled = false
        /// The bytes that went out on a connection which was replaced silently: the server may have read them.
        var sentBefore: Int?
    }

    let request: TransportRequest
    let delivery: Delivery
    /// When the caller asked, on the same clock as ``deadline``.
    let begun: NIODeadline
    /// The request's deadline on the clock of the event loops.
    let deadline: NIODeadline
    private let state = Mutex(State())

    init(_ request: TransportRequest, delivery: Delivery, begun: NIODeadline = .now(), deadline: NIODeadline) {
        self.request = request
        self.delivery = delivery
        self.begun = begun
        self.deadline = deadline
    }

    /// Starts with `caller`, which is resumed exactly once.
    func begin(_ caller: Caller) {
        state.withLock { $0.caller = caller }
    }

    /// Whether the caller is still there. A connection asks before it writes the first byte.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The pool put the exchange into a queue. Returns false if its caller has left in the meantime.
    func isQueued(in pool: ConnectionPool, as ticket: ConnectionPool.Ticket) -> Bool {
        state.withLock { state in
            switch state.place {
            case .new where !state.isCancelled:
                state.place = .queued(pool, ticket)
                return true
            case .new: return false
            // A caller that left before it had said that it waits.
            case .over: return !state.isCancelled
            // Another thread has served it already.
            case .queued, .running: return true
            }
        }
    }

    /// The exchange got a connection. Returns false if its caller has left: then nothing is sent, and the connection
    /// goes back.
    func runs(on connection: any HTTPConnection) -> Bool {
        state.withLock { state in
            guard !state.isCancelled else { return false }
            state.place = .running(connection)
            state.connection = connection
            return true
        }
    }

    /// The head is on its way, so the writer of a streamed body may begin. Connections call it for such requests.
    func started(on connection: any HTTPConnection) {
        let starter = state.withLock { state in
            state.isStarted = true
            defer { state.starter = nil }
            return state.starter
        }
        starter?.resume(returning: connection)
    }

    /// Waits until the head is on its way; nil when the exchange ended before.
    func connectionForBody() async -> (any HTTPConnection)? {
        await withUnsafeContinuation { (starter: Starter) in
            let known = state.withLock { state -> (any HTTPConnection)?? in
                switch state.place {
                case .running(let connection) where state.isStarted: return .some(connection)
                case .over: return .some(nil)
                default:
                    state.starter = starter
                    return nil
                }
            }
            if let known { starter.resume(returning: known) }
        }
    }

    /// The connection that the exchange ran on last: where a streamed answer's pieces lie, even after its end.
    var connection: (any HTTPConnection)? { state.withLock { $0.connection } }

    /// Takes the exchange off its connection, to start it on another one.
    ///
    /// - Parameter sent: How many bytes of it went out all the same; nil when it did not start.
    func returnsToPool(sent: Int?) {
        state.withLock { state in
            state.sentBefore = sent ?? state.sentBefore
            if case .over = state.place { return }
            state.place = .new
        }
    }

    /// Resumes the caller, unless that has happened.
    func finish(_ outcome: consuming Outcome) {
        // A stream goes on after its head; its connection must stay reachable for a cancellation.
        let goesOn = delivery == .streamed && outcome.isSuccess
        let (caller, starter, sentBefore) = state.withLock { state in
            let caller = state.caller
            state.caller = nil
            guard !goesOn else { return (caller, Starter?.none, Int?.none) }
            state.place = .over
            let starter = state.starter
            state.starter = nil
            return (caller, starter, state.sentBefore)
        }
        if let sentBefore {
            caller?.resume(returning: outcome.afterSending(sentBefore))
        } else {
            caller?.resume(returning: outcome)
        }
        starter?.resume(returning: nil)
    }

    func fail(_ failure: TransportFailure) {
        finish(.failure(failure))
    }

    /// The caller leaves: at once if nothing was sent, otherwise when the connection has let go of the request.
    func cancel() {
        let place = state.withLock { state in
            state.isCancelled = true
            return state.place
        }
        switch place {
        case .new: fail(.cancelled(progress: .nothingSent))
        case .queued(let pool, let ticket):
            pool.leave(ticket)
            fail(.cancelled(progress: .nothingSent))
        case .running(let connection): connection.cancel(self)
        case .over: break
        }
    }
}

extension Exchange.Outcome {
    /// What a failure says when a former copy of the request went out: the last one's fate is not the whole truth.
    fileprivate func afterSending(_ bytes: Int) -> Exchange.Outcome {
        guard case .failure(var failure) = self else { return self }
        switch failure.progress {
        case .nothingSent, .provablyUnprocessed: failure.progress = .sent(bytes: bytes)
        case .sent: break
        }
        return .failure(failure)
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}

extension TransportFailure {
    static func cancelled(progress: Progress, phase: Phase = .connect) -> TransportFailure {
        TransportFailure(.cancelled, phase: phase, progress: progress, message: "cancelled")
    }
}
#endif
