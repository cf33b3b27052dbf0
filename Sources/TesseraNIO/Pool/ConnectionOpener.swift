#if NIO
import NIOCore
import TesseraCore

/// Opens a connection and puts the handlers of the protocol into it that was agreed on.
struct ConnectionOpener: Sendable {
    let connector: Result<Connector, any Error>
    let decompresses: Bool
    let executors: LoopTaskExecutors

    func open(
        _ id: ConnectionID, _ identity: ConnectionIdentity, limit: TimeAmount, on loop: any EventLoop,
        for pool: ConnectionPool
    ) -> OpeningConnection {
        switch connector {
        case .failure(let error): return OpeningConnection(result: loop.makeFailedFuture(error), giveUp: {})
        case .success(let connector):
            // Within the event that ends the handshake: the peer's first bytes may follow in it.
            let (result, attempt) = connector.connect(identity, within: limit, on: loop) { established in
                let executor = executors.executor(of: established.channel.eventLoop)
                switch established.version {
                case .http1:
                    let connection = try HTTP1Connection.install(
                        on: established, id: id, identity: identity, decompresses: decompresses,
                        executor: executor, pool: pool)
                    return OpenedConnection(connection: connection, streamLimit: nil)
                case .http2:
                    let connection = try HTTP2Connection.install(
                        on: established, id: id, identity: identity, decompresses: decompresses,
                        executor: executor, pool: pool)
                    return OpenedConnection(connection: connection, streamLimit: HTTP2Connection.firstStreamLimit)
                }
            }
            return OpeningConnection(result: result, giveUp: attempt.cancel)
        }
    }
}
#endif
