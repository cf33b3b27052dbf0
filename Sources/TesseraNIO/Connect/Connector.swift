#if NIO
import NIOCore
import TesseraCore

/// Makes connections: names, sockets, proxies and TLS.
final class Connector: Sendable {
    let configuration: NIOTransport.Configuration
    private let contexts: TLSContexts

    /// Longer limits mean the same.
    private static let longestTimeout: TimeAmount = .hours(24)

    /// Checks the settings and reads the files they name.
    ///
    /// - Throws: `TesseraError` with code `misconfigured`, which says what to do.
    init(_ configuration: NIOTransport.Configuration, certificateCheckInterval: TimeAmount = .seconds(2))
        throws(TesseraError)
    {
        try configuration.validate()
        self.configuration = configuration
        contexts = try TLSContexts(
            configuration.tls, http2: configuration.http2, checkInterval: certificateCheckInterval)
    }

    /// What a connection for requests to `origin` must have in common with them. Looks whether the client
    /// certificate's files have changed, at most every two seconds.
    func identity(for origin: Origin, proxy: ProxyServer?) -> ConnectionIdentity {
        ConnectionIdentity(
            origin: origin, proxy: configuration.unixSocketPath == nil ? proxy : nil,
            certificateGeneration: origin.scheme == .https ? contexts.generation() : 0)
    }

    /// Opens a connection within `limit`, and lets `install` add the handlers of HTTP.
    ///
    /// `install` is called on `loop` within the event that ended the last step: the peer's first bytes may follow in
    /// that very event, and a callback of the future, which another thread may attach too late, would miss them. If it
    /// throws, the connection is closed. Every other failure is a ``TransportFailure`` with progress `nothingSent`.
    ///
    /// A server that wants a client certificate in TLS 1.3 refuses only after the handshake is over here, so that is
    /// met by the first read (RFC 8446 §4.4.2.4).
    func connect<Output: Sendable>(
        _ identity: ConnectionIdentity, within limit: TimeAmount, on loop: any EventLoop,
        install: @escaping @Sendable (EstablishedChannel) throws -> Output
    ) -> (result: EventLoopFuture<Output>, attempt: ConnectAttempt) {
        let promise = loop.makePromise(of: Output.self)
        let attempt = attempt(identity, within: limit, on: loop) { result in
            switch result {
            case .failure(let failure): promise.fail(failure)
            case .success(let established):
                do {
                    promise.succeed(try install(established))
                } catch {
                    established.channel.close(promise: nil)
                    promise.fail(error)
                }
            }
        }
        return (promise.futureResult, attempt)
    }

    /// Opens a connection that can be given up; `completion` is called once, as `install` is.
    func attempt(
        _ identity: ConnectionIdentity, within limit: TimeAmount, on loop: any EventLoop,
        completion: @escaping @Sendable (Result<EstablishedChannel, TransportFailure>) -> Void
    ) -> ConnectAttempt {
        let plan = ConnectPlan(
            identity, unixSocketPath: configuration.unixSocketPath, serverName: configuration.tls.serverName)
        let attempt = ConnectAttempt(
            plan, configuration, contexts, timeout: min(limit, Connector.longestTimeout), on: loop,
            completion: completion)
        attempt.start()
        return attempt
    }
}
#endif
