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
    /// Tells the pool that the connection, or a stream's place on it, is free again.
    func release(at now: NIODeadline)
    /// Closes the connection; exchanges under way fail as disconnected.
    func close()
}

extension HTTPConnection {
    /// Gives the connection back after an exchange that did not begin on it. Later: the next one may not begin either, nor
    /// the one behind it, each a few frames deeper.
    func releaseUnused() {
        eventLoop.execute { self.release(at: .now()) }
    }
}

/// Whether the body's rest is wanted, told to the task that writes it.
typealias BodyPermission = UnsafeContinuation<Result<Bool, TransportFailure>, Never>

/// What carries exchanges on a connection's event loop: the part that both versions of HTTP have alike.
protocol ExchangeHandler: AnyObject {
    /// The caller has left.
    func cancel(_ exchange: Exchange)
    /// The body's writer has failed.
    func abort(_ exchange: Exchange, with failure: TransportFailure)
    /// The reader's scope is over. What is unread is given up.
    func endScope(of exchange: Exchange)
    /// Sends a piece of a streamed body.
    func write(_ bytes: ByteBuffer, isLast: Bool, for exchange: Exchange, _ permission: BodyPermission)
    /// A reader wants the next piece of a streamed answer.
    func take(_ reader: ResponseStream.Reader, of exchange: Exchange)
}

/// A connection whose handler does the work, on the event loop.
protocol HandledConnection: HTTPConnection {
    associatedtype Handler: ExchangeHandler
    var handler: NIOLoopBound<Handler> { get }
}

extension HandledConnection {
    func onLoop(_ body: @escaping @Sendable (Handler) -> Void) {
        // `execute` queues and may write to the wake-up descriptor even from the loop itself.
        if eventLoop.inEventLoop {
            body(handler.value)
        } else {
            eventLoop.execute { [handler] in body(handler.value) }
        }
    }

    func cancel(_ exchange: Exchange) {
        onLoop { $0.cancel(exchange) }
    }

    func abort(_ exchange: Exchange, with failure: TransportFailure) {
        onLoop { $0.abort(exchange, with: failure) }
    }

    func endScope(of exchange: Exchange) {
        onLoop { $0.endScope(of: exchange) }
    }

    func write(
        _ bytes: ArraySlice<UInt8>, isLast: Bool, for exchange: Exchange
    ) async throws(TransportFailure) -> Bool {
        let buffer = ByteBuffer(bytes: bytes)
        return try await withUnsafeContinuation { (permission: BodyPermission) in
            onLoop { $0.write(buffer, isLast: isLast, for: exchange, permission) }
        }.get()
    }

    func nextChunk(of exchange: Exchange) async throws(TransportFailure) -> ArraySlice<UInt8>? {
        try await withUnsafeContinuation { (reader: ResponseStream.Reader) in
            onLoop { $0.take(reader, of: exchange) }
        }.get()
    }
}
#endif
