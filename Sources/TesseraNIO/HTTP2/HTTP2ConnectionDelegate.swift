#if NIO
import NIOCore
import TesseraCore

/// Whom an HTTP/2 connection tells what becomes of it: the pool. Called on the connection's event loop.
///
/// Each exchange that was given to ``HTTPConnection/run(_:)`` is followed by one ``released(_:isReusable:now:)``, unless the
/// connection closes before.
protocol HTTP2ConnectionDelegate: AnyObject, Sendable {
    /// A stream is over; another one may take its place.
    func released(_ connection: any HTTPConnection, isReusable: Bool, now: NIODeadline)
    /// The peer allows another number of streams; 0 is one.
    func streamLimitChanged(_ id: ConnectionID, to limit: Int)
    /// The connection takes no new streams; those under way go on.
    func drains(_ id: ConnectionID)
    /// The connection is closed.
    func closed(_ id: ConnectionID)
    /// The connection could not take the exchange; nothing of it was sent.
    func unstarted(_ exchange: Exchange, identity: ConnectionIdentity)
}

extension ConnectionPool: HTTP2ConnectionDelegate {}
#endif
