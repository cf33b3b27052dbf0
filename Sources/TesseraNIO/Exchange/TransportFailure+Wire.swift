#if NIO
import NIOCore
import NIOHTTP1
import NIOSSL
import TesseraCore

extension TransportFailure {
    /// What an error of a connection that carries a request means at the seam.
    init(onTheWire error: any Error, phase: Phase, progress: Progress) {
        if let failure = error as? TransportFailure {
            self = failure
            return
        }
        let (kind, message): (Kind, String) =
            switch error {
            case let error as HTTPParserError where error == .invalidEOFState || error == .closedConnection:
                // The connection's end in the middle of an answer is reported as a parser's error.
                (.disconnected, "the connection ended in the middle of the answer")
            case let error as HTTPParserError where error == .headerOverflow:
                (.limitExceeded, "the head of the answer is longer than this transport accepts")
            case let error as HTTPParserError: (.protocolViolation, "the answer is no HTTP: \(error)")
            case is NIOHTTPDecoderError: (.protocolViolation, "the server sent an answer that nobody asked for")
            case let error as NIOSSLError where error == .uncleanShutdown:
                (.disconnected, "the connection ended without TLS's good-bye")
            case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
                // With TLS 1.3 a server refuses a client's certificate after the handshake.
                (.tls, "TLS failed after the handshake; the server may want a client certificate")
            default: (.disconnected, "the connection was lost")
            }
        self.init(kind, phase: kind == .tls ? .tls : phase, progress: progress, message: message, underlying: error)
    }
}
#endif
