#if NIO
import NIOCore
import Synchronization
import TesseraCore

/// Carries out what the ``ConnectionPoolStateMachine`` decides: opens and closes connections, hands exchanges to them.
final class ConnectionPool: Sendable {
    typealias Machine = ConnectionPoolStateMachine<Exchange, any HTTPConnection>
    typealias Ticket = Machine.Ticket

    /// Opens a connection, within the given time; the future's loop is the connection's.
    typealias Opener =
        @Sendable (ConnectionID, ConnectionIdentity, TimeAmount, any EventLoop, ConnectionPool) -> OpeningConnection

    private struct State {
        var machine: Machine
        /// When the timer fires next.
        var alarm: NIODeadline?
        var timer: Scheduled<Void>?
        /// How to give up what is being opened, by the connections' numbers.
        var openings: [UInt64: @Sendable () -> Void] = [:]
        var drainWaiters: [UnsafeContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let group: any EventLoopGroup
    private let idleTime: TimeAmount
    private let opener: Opener

    init(limits: Machine.Limits, group: any EventLoopGroup, opener: @escaping Opener) {
        state = Mutex(State(machine: Machine(limits: limits)))
        self.group = group
        idleTime = limits.idleTime
        self.opener = opener
    }

    /// Connections that are open or being opened.
    var connectionCount: Int { state.withLock { $0.machine.connectionCount } }

    /// Finds a connection for an exchange; sooner or later the exchange runs or fails.
    func submit(_ exchange: Exchange, identity: ConnectionIdentity, needsNewConnection: Bool, now: NIODeadline) {
        let lease = state.withLock { state in
            state.machine.lease(
                exchange, identity: identity, deadline: exchange.deadline,
                connectLimit: exchange.request.connectLimit, now: now, loop: MultiThreadedLoop.current,
                needsNewConnection: needsNewConnection)
        }
        switch lease {
        case .run(let connection): run(exchange, on: connection)
        case .refuse(let refusal): exchange.fail(failure(refusal))
        case .wait(let ticket, let opening, let evicted):
            evicted?.close()
            // Not for the request's deadline alone: others may wait for the same connection.
            if let opening { open(opening, identity, limit: exchange.request.connectLimit) }
            if exchange.isQueued(in: self, as: ticket) {
                ring(at: exchange.deadline)
            } else {
                leave(ticket)
                exchange.fail(.cancelled(progress: .nothingSent))
            }
        }
    }

    /// Gives up a place in a queue.
    func leave(_ ticket: Ticket) {
        _ = state.withLock { $0.machine.leave(ticket) }
    }

    /// An exchange on a connection, or on one of its streams, is over.
    func released(_ connection: any HTTPConnection, isReusable: Bool, now: NIODeadline) {
        let end = now + idleTime
        let (actions, isRinging) = state.withLock { state in
            let actions = state.machine.released(connection.id, isReusable: isReusable, now: now)
            return (actions, state.alarm.map { $0 <= end } ?? false)
        }
        if !actions.isEmpty { perform(actions) }
        if !isRinging { ring(at: end) }
    }

    /// An exchange was given to a connection that cannot take it any more.
    func unstarted(_ exchange: Exchange, identity: ConnectionIdentity) {
        unstarted(exchange, identity: identity, sent: nil)
    }

    /// An exchange was given to a connection that turned out to be closed.
    ///
    /// - Parameter sent: How many bytes of it were sent there all the same; nil when it did not start.
    func unstarted(_ exchange: Exchange, identity: ConnectionIdentity, sent: Int?) {
        exchange.returnsToPool(sent: sent)
        submit(exchange, identity: identity, needsNewConnection: true, now: .now())
    }

    /// A connection is closed.
    func closed(_ id: ConnectionID) {
        perform(state.withLock { $0.machine.closed(id, now: .now()) })
    }

    /// A connection takes no new exchanges.
    func drains(_ id: ConnectionID) {
        perform(state.withLock { $0.machine.drains(id, now: .now()) })
    }

    /// An HTTP/2 connection's peer allows another number of streams.
    func streamLimitChanged(_ id: ConnectionID, to limit: Int) {
        perform(state.withLock { $0.machine.streamLimitChanged(id, to: limit, now: .now()) })
    }

    /// Opens connections before they are needed; failures are met by the first request.
    func prewarm(_ identity: ConnectionIdentity, count: Int, limit: TimeAmount) {
        let now = NIODeadline.now()
        for id in state.withLock({ $0.machine.prewarm(identity, count: count, now: now) }) {
            open(id, identity, limit: limit)
        }
    }

    /// Closes idle connections, gives up opening others, and waits for exchanges under way.
    func shutDown() async {
        let (actions, openings) = state.withLock { state in
            (state.machine.shutDown(now: .now()), Array(state.openings.values))
        }
        perform(actions)
        for giveUp in openings { giveUp() }
        await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
            let isDrained = state.withLock { state in
                guard state.machine.connectionCount > 0 else { return true }
                state.drainWaiters.append(waiter)
                return false
            }
            if isDrained { waiter.resume() }
        }
        let timer = state.withLock { state in
            defer { state.timer = nil }
            return state.timer
        }
        timer?.cancel()
    }

    private func run(_ exchange: Exchange, on connection: any HTTPConnection) {
        guard exchange.runs(on: connection) else {
            connection.releaseUnused()
            return exchange.fail(.cancelled(progress: .nothingSent))
        }
        connection.run(exchange)
    }

    private func perform(_ actions: [Machine.Action]) {
        for action in actions {
            switch action {
            case .run(let exchange, let connection): run(exchange, on: connection)
            case .connect(let id, let identity, let limit): open(id, identity, limit: limit)
            case .close(let connection): connection.close()
            case .giveUp(let id): state.withLock { $0.openings[id.number] }?()
            case .refuse(let exchange, let refusal): exchange.fail(failure(refusal))
            case .drained:
                let waiters = state.withLock { state in
                    defer { state.drainWaiters = [] }
                    return state.drainWaiters
                }
                for waiter in waiters { waiter.resume() }
            }
        }
    }

    private func open(_ id: ConnectionID, _ identity: ConnectionIdentity, limit: TimeAmount) {
        // A connection on the caller's own loop costs it no hop.
        let loop = MultiThreadedLoop.currentLoop(of: group) ?? group.next()
        let begin = NIODeadline.now()
        let opening = opener(id, identity, limit, loop, self)
        let isShutDown = state.withLock { state in
            state.openings[id.number] = opening.giveUp
            return state.machine.isShutDown
        }
        if isShutDown { opening.giveUp() }
        opening.result.whenComplete { [self] result in
            let now = NIODeadline.now()
            state.withLock { _ = $0.openings.removeValue(forKey: id.number) }
            switch result {
            case .success(let opened):
                let actions = state.withLock { state in
                    state.machine.connected(
                        id, opened.connection, streamLimit: opened.streamLimit,
                        loop: ObjectIdentifier(opened.connection.eventLoop), now: now)
                }
                perform(actions)
                ring(at: now + idleTime)
            case .failure(let error):
                let failure =
                    error as? TransportFailure
                    ?? TransportFailure(
                        .unreachable, phase: .connect, progress: .nothingSent, message: "no connection",
                        underlying: error)
                let actions = state.withLock {
                    $0.machine.connectFailed(id, isTimeout: failure.kind == .timeout && now - begin >= limit, now: now)
                }
                for action in actions {
                    if case .refuse(let exchange, .connectFailed) = action {
                        exchange.fail(failure)
                    } else {
                        perform([action])
                    }
                }
            }
        }
    }

    /// Makes sure that the timer fires at `time` or before.
    private func ring(at time: NIODeadline) {
        let isNeeded = state.withLock { state in
            if let alarm = state.alarm, alarm <= time { return false }
            state.alarm = time
            return true
        }
        guard isNeeded else { return }
        let timer = group.next().scheduleTask(deadline: time) { [weak self] () -> Void in
            self?.tick()
        }
        let outdated = state.withLock { state in
            // An earlier alarm may have been set in between; its timer is the one to keep.
            guard state.alarm == time else { return Scheduled<Void>?.some(timer) }
            let old = state.timer
            state.timer = timer
            return old
        }
        outdated?.cancel()
    }

    private func tick() {
        let now = NIODeadline.now()
        let (actions, next) = state.withLock { state in
            if let alarm = state.alarm, alarm <= now { state.alarm = nil }
            return (state.machine.tick(now: now), state.machine.nextTick())
        }
        perform(actions)
        if let next { ring(at: next) }
    }

    private func failure(_ refusal: Machine.Refusal) -> TransportFailure {
        switch refusal {
        case .deadlineOfConnecting:
            TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent,
                message: "no connection in time; it was still being opened")
        case .shutDown:
            TransportFailure(
                .shutDown, phase: .connect, progress: .nothingSent, message: "the transport was shut down")
        case .queueFull:
            TransportFailure(
                .limitExceeded, phase: .connect, progress: .nothingSent,
                message: "too many requests wait for a connection to this origin")
        case .deadline:
            TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "no connection was free in time")
        case .connectFailed:
            TransportFailure(.unreachable, phase: .connect, progress: .nothingSent, message: "no connection")
        }
    }
}

/// A connection that is on its way.
struct OpeningConnection: Sendable {
    var result: EventLoopFuture<OpenedConnection>
    /// Ends the attempt; it fails then, unless it was over.
    var giveUp: @Sendable () -> Void
}

/// A connection that is ready for exchanges.
struct OpenedConnection: Sendable {
    var connection: any HTTPConnection
    /// How many streams an HTTP/2 connection may carry at once; nil for HTTP/1.1.
    var streamLimit: Int?
}

extension TransportRequest {
    /// The bound of opening a connection.
    var connectLimit: TimeAmount { .nanoseconds(phases.connect.clampedNanoseconds) }
}
#endif
