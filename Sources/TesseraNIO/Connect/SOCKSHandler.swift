#if NIO && SOCKS
import NIOCore
import TesseraCore

/// Asks a SOCKS5 proxy for a connection as soon as it is in the pipeline, and leaves that before it tells the result.
final class SOCKSHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: SOCKSStateMachine
    private var completion: ((Result<Void, ProxyTunnelHandler.Problem>) -> Void)?

    init(
        _ request: ConnectPlan.SOCKSRequest, _ completion: @escaping (Result<Void, ProxyTunnelHandler.Problem>) -> Void
    ) {
        machine = SOCKSStateMachine(request)
        self.completion = completion
    }

    func handlerAdded(context: ChannelHandlerContext) {
        perform(machine.start(), context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(machine.receive(Array(unwrapInboundIn(data).readableBytesView)), context)
    }

    private func perform(_ step: SOCKSStateMachine.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .wait: break
        case .send(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .connected:
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            finish(.success(()))
        case .fail(let message): finish(.failure(.init(message: message)))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lost(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        lost(nil)
        context.fireChannelInactive()
    }

    private func lost(_ error: (any Error)?) {
        let message = "the proxy closed the connection before it had answered"
        finish(.failure(.init(kind: .disconnected, message: message, underlying: error)))
    }

    private func finish(_ result: Result<Void, ProxyTunnelHandler.Problem>) {
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}
#endif
