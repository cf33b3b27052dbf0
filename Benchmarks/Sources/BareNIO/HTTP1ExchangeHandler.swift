internal import NIOCore
internal import NIOHTTP1

/// Writes one request at a time and collects its answer.
final class HTTP1ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private var context: ChannelHandlerContext?
    private var completion: BareCompletion?
    private var status = 0
    private var body = ByteBuffer()

    func start(_ request: BareRequest, _ completion: @escaping BareCompletion) {
        guard self.completion == nil else { return completion(.failure(BareError.busy)) }
        guard let context, context.channel.isActive else {
            return completion(.failure(BareError.closed))
        }
        self.completion = completion
        context.write(wrapOutboundOut(.head(request.http1)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish(.failure(BareError.closed))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            body = ByteBuffer()
        case .body(var part):
            if body.readableBytes == 0 {
                body = part
            } else {
                body.writeBuffer(&part)
            }
        case .end:
            finish(.success(BareResponse(status: status, body: body)))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(BareError.closed))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<BareResponse, any Error>) {
        // Cleared first: the completion usually starts the next request.
        guard let completion else { return }
        self.completion = nil
        completion(result)
    }
}
