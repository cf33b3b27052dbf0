internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Writes the request of one stream and collects its answer, without the HTTP/1 codec in between.
final class HTTP2ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let request: BareRequest
    private var completion: BareCompletion?
    private var status = 0
    private var body = ByteBuffer()

    init(_ request: BareRequest, _ completion: @escaping BareCompletion) {
        self.request = request
        self.completion = completion
    }

    func fail(_ error: any Error) {
        finish(.failure(error))
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = HTTP2Frame.FramePayload.headers(.init(headers: request.http2, endStream: true))
        context.writeAndFlush(wrapOutboundOut(head), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let head):
            // Trailers carry no status.
            if let text = head.headers.first(name: ":status") { status = Int(text) ?? 0 }
            if head.endStream { succeed() }
        case .data(let data):
            append(data.data)
            if data.endStream { succeed() }
        default:
            break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(BareError.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(BareError.closed)
    }

    private func append(_ data: IOData) {
        guard case .byteBuffer(var part) = data else { return }
        if body.readableBytes == 0 {
            body = part
        } else {
            body.writeBuffer(&part)
        }
    }

    private func succeed() {
        finish(.success(BareResponse(status: status, body: body)))
    }

    private func finish(_ result: Result<BareResponse, any Error>) {
        guard let completion else { return }
        self.completion = nil
        completion(result)
    }
}
