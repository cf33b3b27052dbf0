#if NIO
import NIOCore
import NIOHTTP1

/// Bounds a proxy's answer to `CONNECT` and finds its exact end, by handing it on byte by byte.
///
/// What a proxy sends behind its answer, before TLS has begun, is no part of the tunnel: it is refused, so that nothing
/// can be slipped in. Afterwards the gate removes itself and what stands behind it.
final class ProxyAnswerGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// For all heads together, 1xx included.
    static let longestAnswer = 16_384

    private let tunnel: ProxyTunnelHandler
    private let encoder = HTTPRequestEncoder(configuration: .withoutFraming)
    private let decoder = ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: .proxyAnswer))
    private var received = 0

    init(_ tunnel: ProxyTunnelHandler) {
        self.tunnel = tunnel
    }

    /// Puts everything into the pipeline, and with it asks the proxy.
    static func ask(
        _ request: ConnectPlan.ConnectRequest, in pipeline: ChannelPipeline.SynchronousOperations,
        _ completion: @escaping (Result<Void, ProxyTunnelHandler.Problem>) -> Void
    ) throws {
        let tunnel = ProxyTunnelHandler(request, completion)
        let gate = ProxyAnswerGate(tunnel)
        try pipeline.addHandlers([gate, gate.encoder, gate.decoder, tunnel])
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        while !tunnel.isOver, !tunnel.isAnswered, let byte = bytes.readSlice(length: 1) {
            received += 1
            guard received <= ProxyAnswerGate.longestAnswer else {
                return tunnel.fail(
                    "the proxy's answer to CONNECT is longer than \(ProxyAnswerGate.longestAnswer) bytes")
            }
            context.fireChannelRead(wrapInboundOut(byte))
            if tunnel.isAnswered, bytes.readableBytes == 0 { return leave(context) }
        }
        if bytes.readableBytes > 0 { tunnel.fail("the proxy sent bytes after its answer to CONNECT, before TLS began") }
    }

    private func leave(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(encoder, promise: nil)
        // The decoder goes in a later tick; until then it must not see a byte, and TLS cannot write through it.
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in
            guard !self.tunnel.isOver else { return }
            pipeline.removeHandler(self.tunnel, promise: nil)
            pipeline.removeHandler(self, promise: nil)
            self.tunnel.succeed()
        }
    }
}

extension HTTPRequestEncoder.Configuration {
    /// `CONNECT` has no content, so no field about it.
    fileprivate static var withoutFraming: Self {
        var configuration = Self()
        configuration.automaticallySetFramingHeaders = false
        return configuration
    }
}

extension NIOHTTPDecoderLimitConfiguration {
    fileprivate static var proxyAnswer: Self {
        var configuration = Self()
        configuration.maxHeaderFieldSize = ProxyAnswerGate.longestAnswer
        configuration.maxHeaderListSize = ProxyAnswerGate.longestAnswer
        configuration.maxHeaderFieldCount = ProxyAnswerGate.longestAnswer
        return configuration
    }
}
#endif
