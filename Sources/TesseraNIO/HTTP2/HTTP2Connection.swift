#if NIO
import NIOCore
import NIOHTTP2
import TesseraCore

/// An HTTP/2 connection (RFC 9113): many exchanges at once, each a stream without a channel of its own.
final class HTTP2Connection: HandledConnection {
    /// How many streams there may be until the peer says otherwise.
    static let firstStreamLimit = HTTP2Limits.firstStreams

    let id: ConnectionID
    let eventLoop: any EventLoop
    let handler: NIOLoopBound<HTTP2Handler>
    private let identity: ConnectionIdentity
    private let pool: any HTTP2ConnectionDelegate

    private init(
        id: ConnectionID, eventLoop: any EventLoop, handler: HTTP2Handler, identity: ConnectionIdentity,
        pool: any HTTP2ConnectionDelegate
    ) {
        self.id = id
        self.eventLoop = eventLoop
        self.identity = identity
        self.pool = pool
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    /// Adds the handlers to an established channel; called on its event loop, before anything is read.
    static func install(
        on established: EstablishedChannel, id: ConnectionID, identity: ConnectionIdentity, decompresses: Bool,
        executor: LoopTaskExecutor, pool: any HTTP2ConnectionDelegate
    ) throws -> HTTP2Connection {
        let channel = established.channel
        let handler = HTTP2Handler(origin: identity.origin, decompresses: decompresses, executor: executor)
        let connection = HTTP2Connection(
            id: id, eventLoop: channel.eventLoop, handler: handler, identity: identity, pool: pool)
        handler.connection = connection
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP2Limits.frameHandler(observer: handler))
        try pipeline.addHandler(handler)
        return connection
    }

    func run(_ exchange: Exchange) {
        onLoop { $0.start(exchange) }
    }

    func close() {
        onLoop { $0.close() }
    }

    // MARK: What the handler tells the pool

    func release(at now: NIODeadline = .now()) {
        pool.released(self, isReusable: true, now: now)
    }

    func limits(streams: Int) {
        pool.streamLimitChanged(id, to: streams)
    }

    func drain() {
        pool.drains(id)
    }

    func hasClosed() {
        pool.closed(id)
    }

    func returnUnstarted(_ exchange: Exchange) {
        pool.unstarted(exchange, identity: identity)
    }
}
#endif
