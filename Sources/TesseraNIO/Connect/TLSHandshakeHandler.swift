#if NIO
import NIOCore
import NIOSSL
import NIOTLS
import TesseraCore

/// Stands behind a TLS handler until its handshake is over, checks whom the certificate names and which key it holds,
/// and tells the result once.
///
/// The result is told within the event itself, before NIOSSL delivers what the peer sent with its last handshake
/// message; whoever adds handlers there misses nothing.
final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let check: PeerCertificateCheck
    private var completion: ((Result<EstablishedChannel.Version, PeerCertificateCheck.Problem>) -> Void)?

    init(
        _ tls: NIOSSLClientHandler, _ check: PeerCertificateCheck,
        _ completion: @escaping (Result<EstablishedChannel.Version, PeerCertificateCheck.Problem>) -> Void
    ) {
        self.tls = tls
        self.check = check
        self.completion = completion
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent, completion != nil else {
            return context.fireUserInboundEventTriggered(event)
        }
        if let problem = check.problem(of: tls.peerCertificate) {
            finish(.failure(problem))
        } else {
            finish(.success(negotiated == "h2" ? .http2 : .http1))
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard completion != nil else { return context.fireErrorCaught(error) }
        finish(.failure(check.problem(error, certificate: tls.peerCertificate)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(PeerCertificateCheck.Problem(.disconnected, "the connection ended during the TLS handshake")))
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<EstablishedChannel.Version, PeerCertificateCheck.Problem>) {
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}
#endif
