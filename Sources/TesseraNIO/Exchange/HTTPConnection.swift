#if NIO
import NIOCore
import TesseraCore

/// A connection as exchanges and the pool see it. All of it may be called from any thread.
protocol HTTPConnection: AnyObject, Sendable {
    var eventLoop: any EventLoop { get }
    /// The pool's number of this connection.
    var id: ConnectionID { get }

    /// Sends the request of an exchange that the pool has given to this connection.
    func run(_ exchange: Exchange)
    /// Gives up an exchange whose caller has left: HTTP/1.1 closes the connection, HTTP/2 resets the stream.
    func cancel(_ exchange: Exchange)
    /// Sends a piece of a streamed request body; returns when more may come (back-pressure). An empty piece with
    /// `isLast` ends the body. Waits for the connection's permission to begin (`Expect: 100-continue`).
    ///
    /// - Returns: Whether the body's rest is wanted; false after an early answer.
    func write(_ bytes: ArraySlice<UInt8>, isLast: Bool, for exchange: Exchange) async throws(TransportFailure) -> Bool
    /// Ends the exchange because its writer failed: nothing more is sent, and the connection is not used further.
    func abort(_ exchange: Exchange, with failure: TransportFailure)
    /// Waits for the next piece of a streamed answer; nil at its end.
    func nextChunk(of exchange: Exchange) async throws(TransportFailure) -> ArraySlice<UInt8>?
    /// The scope of a streamed answer is over: what was not read is given up.
    func endScope(of exchange: Exchange)
    /// Closes the connection; exchanges under way fail as disconnected.
    func close()
}
#endif
