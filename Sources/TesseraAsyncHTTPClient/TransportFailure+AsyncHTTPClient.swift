#if AsyncHTTPClient
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension TransportFailure {
    /// What an error of AsyncHTTPClient or NIO means at the seam. When in doubt, bytes were sent.
    init(_ error: any Error, phase: Phase) {
        if let failure = error as? TransportFailure {
            self = failure
            return
        }
        if Task.isCancelled || error is CancellationError || (error as? HTTPClientError) == .cancelled {
            self.init(.cancelled, phase: phase, progress: .sent(bytes: nil), message: "cancelled", underlying: error)
            return
        }
        let meaning = Meaning(error, phase: phase)
        self.init(
            meaning.kind, phase: meaning.phase, progress: meaning.isUnsent ? .nothingSent : .sent(bytes: nil),
            message: meaning.message, underlying: error)
    }

    private struct Meaning {
        var kind: Kind
        var phase: Phase
        var isUnsent = false
        var message: String

        init(_ error: any Error, phase: Phase) {
            switch error {
            case let error as HTTPClientError: self.init(error, phase: phase)
            case let error as NIOConnectionError:
                let isName = error.dnsAError != nil || error.dnsAAAAError != nil
                self.init(
                    kind: .unreachable, phase: isName && error.connectionErrors.isEmpty ? .resolve : .connect,
                    isUnsent: true,
                    message: isName && error.connectionErrors.isEmpty
                        ? "the host name could not be resolved" : "nobody answers there")
            case let error as NIOSSLError: self.init(error, phase: phase)
            case is NIOSSLExtraError, is BoringSSLError:
                // A server that asks for a certificate in TLS 1.3 refuses after the request is under way.
                self.init(kind: .tls, phase: phase == .head ? .tls : phase, message: "TLS failed")
            case let error as ChannelError:
                if case .connectTimeout = error {
                    self.init(
                        kind: .timeout, phase: .connect, isUnsent: true, message: "no connection in time")
                } else {
                    self.init(kind: .disconnected, phase: phase, message: "the connection was lost")
                }
            case let error as HTTPParserError:
                // The connection's end in the middle of an answer is reported as a parser's error.
                let isCut = error == .invalidEOFState || error == .closedConnection
                self.init(
                    kind: isCut ? .disconnected : .protocolViolation, phase: phase,
                    message: isCut
                        ? "the connection ended in the middle of the answer" : "the answer is no HTTP: \(error)")
            case let error as IOError where error.errnoCode == ECONNREFUSED:
                // Only connect(2) fails so; other errors of connecting are also met later, and say less.
                self.init(kind: .unreachable, phase: .connect, isUnsent: true, message: "nobody answers there")
            case let error as IOError where [EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
                self.init(kind: .unreachable, phase: .connect, message: "there is no way to the host")
            case is IOError:
                self.init(kind: .disconnected, phase: phase, message: "the connection was lost")
            case let error as NIOHTTPDecompression.DecompressionError where error == .limit:
                self.init(
                    kind: .limitExceeded, phase: .body, message: "the answer cannot be decompressed within its limit")
            case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
                self.init(
                    kind: .protocolViolation, phase: .body, message: "the answer is not compressed as it says")
            default:
                self.init(
                    kind: .protocolViolation, phase: phase,
                    message: "unexpected \(String(describing: type(of: error)))")
            }
        }

        /// Without a handshake nothing was sent; later errors may have met a request half-way.
        private init(_ error: NIOSSLError, phase: Phase) {
            switch error {
            case .handshakeFailed, .noCertificateToValidate, .unableToValidateCertificate, .cannotMatchULabel,
                .cannotFindPeerIP, .failedToLoadCertificate, .failedToLoadPrivateKey:
                self.init(kind: .tls, phase: .tls, isUnsent: true, message: "the TLS handshake failed")
            case .uncleanShutdown:
                self.init(kind: .disconnected, phase: phase, message: "the connection ended without TLS's good-bye")
            default:
                self.init(kind: .tls, phase: phase == .head ? .tls : phase, message: "TLS failed")
            }
        }

        private init(_ error: HTTPClientError, phase: Phase) {
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout:
                self.init(kind: .timeout, phase: phase, message: "no answer in time")
            case .connectTimeout, .getConnectionFromPoolTimeout:
                self.init(kind: .timeout, phase: .connect, isUnsent: true, message: "no connection in time")
            case .tlsHandshakeTimeout:
                self.init(kind: .timeout, phase: .tls, isUnsent: true, message: "no TLS handshake in time")
            case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
                self.init(kind: .timeout, phase: .proxy, isUnsent: true, message: "no answer of the proxy in time")
            case .proxyAuthenticationRequired, .invalidProxyResponse:
                self.init(kind: .proxy, phase: .proxy, isUnsent: true, message: error.shortDescription)
            case .remoteConnectionClosed, .requestStreamCancelled:
                self.init(kind: .disconnected, phase: phase, message: "the server closed the connection")
            case .bodyLengthMismatch:
                self.init(
                    kind: .bodyFailed, phase: .write, message: "the body has another length than was announced")
            case .alreadyShutdown:
                self.init(kind: .shutDown, phase: .connect, isUnsent: true, message: "the transport was shut down")
            case .invalidURL, .emptyHost, .emptyScheme, .traceRequestWithBody:
                self.init(kind: .unsupported, phase: .connect, isUnsent: true, message: error.shortDescription)
            default:
                self.init(kind: .protocolViolation, phase: phase, message: error.shortDescription)
            }
        }

        private init(kind: Kind, phase: Phase, isUnsent: Bool = false, message: String) {
            self.kind = kind
            self.phase = phase
            self.isUnsent = isUnsent
            self.message = message
        }
    }
}
#endif
