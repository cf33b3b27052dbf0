#if NIO
import NIOCore

/// A connection that is ready for HTTP: TCP or Unix socket, proxy and TLS are done, no HTTP handler is in it yet.
struct EstablishedChannel {
    enum Version: Sendable {
        case http1
        case http2
    }

    var channel: any Channel
    /// What was agreed on by ALPN; HTTP/1.1 without TLS.
    var version: Version
    /// Whether requests name the whole URL because a proxy reads them (RFC 9112 §3.2.2).
    var usesAbsoluteForm: Bool
}
#endif
