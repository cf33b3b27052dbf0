#if NIO
import NIOCore
import NIOHTTP1
import TesseraCore

/// Asks a proxy for a tunnel with `CONNECT` (RFC 9110 §9.3.6) and reads its answer.
///
/// It stands behind NIOHTTP1's encoder and decoder, which know that an answer to `CONNECT` has no body, whatever its
/// fields say. A ``ProxyAnswerGate`` stands before them.
final class ProxyTunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Why there is no tunnel.
    struct Problem: Error {
        var kind: TransportFailure.Kind = .proxy
        var message: String
        var underlying: (any Error)?
    }

    private enum State {
        case waiting
        case granted
        /// The answer was read to its end.
        case answered
        case over
    }

    private let request: ConnectPlan.ConnectRequest
    private let completion: (Result<Void, Problem>) -> Void
    private var state = State.waiting

    init(_ request: ConnectPlan.ConnectRequest, _ completion: @escaping (Result<Void, Problem>) -> Void) {
        self.request = request
        self.completion = completion
    }

    var isAnswered: Bool { state == .answered }
    var isOver: Bool { state == .over }

    /// Sends the request. `Host` is the same authority-form (RFC 9110 §9.3.6).
    func ask(context: ChannelHandlerContext) {
        var headers: HTTPHeaders = ["Host": request.authority]
        if let authorization = request.authorization {
            guard let value = authorization.basicFieldValue else {
                return fail(
                    "the proxy's user name or password holds a character that Basic cannot carry (RFC 7617 §2)")
            }
            headers.add(name: "Proxy-Authorization", value: value)
        }
        let head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: request.authority, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        ask(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .waiting):
            guard head.status.code / 100 == 2 else { return fail(refusal(head.status.code)) }
            state = .granted
        case (.end, .granted): state = .answered
        case (_, .over): break
        default: fail("the proxy sent something after its answer to CONNECT")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isLost = error is IOError || error is ChannelError
        let isCut = (error as? HTTPParserError).map { $0 == .invalidEOFState || $0 == .closedConnection } ?? false
        if isLost || isCut {
            fail("the proxy closed the connection instead of answering CONNECT", kind: .disconnected, error)
        } else {
            fail("the proxy's answer to CONNECT is no HTTP", error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("the proxy closed the connection instead of answering CONNECT", kind: .disconnected)
        context.fireChannelInactive()
    }

    func fail(_ message: String, kind: TransportFailure.Kind = .proxy, _ underlying: (any Error)? = nil) {
        guard state != .over else { return }
        state = .over
        completion(.failure(Problem(kind: kind, message: message, underlying: underlying)))
    }

    func succeed() {
        guard state == .answered else { return }
        state = .over
        completion(.success(()))
    }

    private func refusal(_ status: UInt) -> String {
        switch status {
        case 407 where request.authorization == nil:
            "the proxy wants credentials (status 407): put them into its URL"
        case 407: "the proxy did not accept the credentials (status 407): check user and password in its URL"
        default: "the proxy refused the tunnel with status \(status)"
        }
    }
}
#endif
