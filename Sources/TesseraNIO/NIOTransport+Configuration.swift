#if NIO
public import NIOCore
import TesseraCore

extension NIOTransport {
    /// Settings of a ``NIOTransport``: TLS, names, pool and sockets. They hold for all of its connections.
    ///
    /// SOCKS proxies are not supported.
    public struct Configuration: Sendable {
        /// Trust, client certificate, pins and versions of TLS.
        public var tls = TLSSettings()
        /// How names become addresses; asks the system as it comes.
        public var dns = DNS()
        /// A Unix socket that all connections go to, whatever their origin; proxies are not used then.
        ///
        /// With `https` origins TLS is spoken over it, and the certificate must name the origin's host.
        public var unixSocketPath: String?
        /// The most connections to one origin with HTTP/1.1; further requests wait. One or more.
        public var connectionsPerOrigin = 64
        /// The most requests that wait for a connection to one origin; further ones fail at once. Zero or more.
        public var longestQueue = 100_000
        /// How long an unused connection is kept. More than zero.
        public var idleTime: Duration = .seconds(60)
        /// How long a connection is used for new requests, so that a change of addresses is noticed at some time; nil
        /// for ever. More than zero.
        public var maximumAge: Duration? = .seconds(600)
        /// Whether HTTP/2 is offered by ALPN (RFC 9113 §3.2).
        public var http2 = true
        /// Whether gzip and deflate are asked for and decoded.
        public var decompression = true
        /// Whether small writes go out at once instead of waiting for more (`TCP_NODELAY`).
        public var tcpNoDelay = true
        /// Whether the system probes idle TCP connections (`SO_KEEPALIVE`).
        public var tcpKeepAlive = false
        /// The event loops to run on; those of the process as it comes. A group that is given here is not shut down.
        public var eventLoopGroup: (any EventLoopGroup)?

        /// The settings as they come.
        public init() {}
    }
}

extension NIOTransport.Configuration {
    /// The longest duration that any setting may have: beyond it, timers' arithmetic means nothing.
    static let longestDuration: Duration = .seconds(365 * 86_400)

    /// Checks what can be checked without reading files; those are read when the `Connector` is made.
    func validate() throws(TesseraError) {
        try check(connectionsPerOrigin >= 1, "connectionsPerOrigin is \(connectionsPerOrigin)", "set 1 or more")
        try check(longestQueue >= 0, "longestQueue is \(longestQueue)", "set 0 or more")
        try check(isDuration(idleTime), "idleTime is not between 0 and a year", "set for example .seconds(60)")
        if let maximumAge {
            try check(
                isDuration(maximumAge), "maximumAge is not between 0 and a year",
                "set for example .seconds(600), or nil for none")
        }
        if let unixSocketPath {
            try check(
                (try? SocketAddress(unixDomainSocketPath: unixSocketPath)) != nil && !unixSocketPath.isEmpty
                    && !unixSocketPath.utf8.contains(0),
                "unixSocketPath is no path of a socket", "give a path of at most about 100 bytes")
        }
        try dns.validate()
        try tls.validate()
    }

    private func isDuration(_ duration: Duration) -> Bool {
        duration > .zero && duration <= Self.longestDuration
    }

    private func check(_ isRight: Bool, _ problem: String, _ remedy: String) throws(TesseraError) {
        guard isRight else { throw TesseraError(.misconfigured, "NIOTransport: \(problem)", remedy: remedy) }
    }
}
#endif
