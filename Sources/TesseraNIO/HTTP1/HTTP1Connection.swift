#if NIO
import NIOCore
import Synchronization
import TesseraCore

/// An HTTP/1.1 connection: one exchange at a time (pipelining is not used, RFC 9112 §9.3.2).
final class HTTP1Connection: HandledConnection {
    let id: ConnectionID
    let eventLoop: any EventLoop
    private let channel: any Channel
    let handler: NIOLoopBound<HTTP1Handler>
    private let identity: ConnectionIdentity
    private let pool: ConnectionPool
    private let served = Atomic<Bool>(false)

    private init(
        id: ConnectionID, channel: any Channel, handler: HTTP1Handler, identity: ConnectionIdentity,
        pool: ConnectionPool
    ) {
        self.id = id
        self.channel = channel
        self.identity = identity
        self.pool = pool
        eventLoop = channel.eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Adds the handlers to an established channel; called on its event loop, before anything is read.
    static func install(
        on established: EstablishedChannel, id: ConnectionID, identity: ConnectionIdentity, decompresses: Bool,
        executor: LoopTaskExecutor, pool: ConnectionPool
    ) throws -> HTTP1Connection {
        let wire = HTTP1WireHandler(
            writer: HTTP1RequestWriter(
                origin: identity.origin, usesAbsoluteForm: established.usesAbsoluteForm,
                proxyAuthorization: established.usesAbsoluteForm
                    ? identity.proxy?.authorization?.basicFieldValue : nil))
        let handler = HTTP1Handler(wire: wire, decompresses: decompresses, executor: executor)
        let connection = HTTP1Connection(
            id: id, channel: established.channel, handler: handler, identity: identity, pool: pool)
        handler.connection = connection
        let pipeline = established.channel.pipeline.syncOperations
        try pipeline.addHandler(wire)
        try pipeline.addHandler(handler)
        return connection
    }

    /// Whether an exchange has ended well here before: only then may a broken connection be an old one.
    var hasServed: Bool { served.load(ordering: .relaxed) }

    func run(_ exchange: Exchange) {
        guard eventLoop.inEventLoop else { return eventLoop.execute { self.start(exchange) } }
        start(exchange)
    }

    private func start(_ exchange: Exchange) {
        // The handler may have left the pipeline by now, and knows no connection any more.
        if !handler.value.start(exchange) { returnUnstarted(exchange, sent: nil) }
    }

    func close() {
        channel.close(promise: nil)
    }

    // MARK: What the handler tells the pool

    /// The connection is free again, after an answer or because the exchange ended before it began.
    func release(at now: NIODeadline = .now()) {
        pool.released(self, isReusable: true, now: now)
    }

    /// An answer has come whole.
    func hasAnswered() {
        served.store(true, ordering: .relaxed)
    }

    func drain() {
        pool.drains(id)
    }

    func hasClosed() {
        pool.closed(id)
    }

    /// - Parameter sent: How many bytes of the request this connection has sent; nil when it did not start.
    func returnUnstarted(_ exchange: Exchange, sent: Int?) {
        pool.unstarted(exchange, identity: identity, sent: sent)
    }
}
#endif
