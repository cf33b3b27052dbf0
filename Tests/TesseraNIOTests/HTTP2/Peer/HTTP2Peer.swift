#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Synchronization
import TesseraCore

@testable import TesseraNIO

/// An HTTP/2 server in this process, without TLS: NIOHTTP2 parses and writes its frames, a script answers them.
final class HTTP2Peer: Sendable {
    /// Called for each frame on the connection's event loop.
    typealias Script = @Sendable (HTTP2PeerConnection, HTTP2Frame) -> Void

    private let listener: any Channel

    private init(_ listener: any Channel) {
        self.listener = listener
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    /// Runs a server as long as `body` runs, and hands it one connection to that server.
    static func withConnection<Value>(
        settings: HTTP2Settings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: 100)],
        decompresses: Bool = false, script: @escaping Script, body: (HTTP2Client) async throws -> Value
    ) async throws -> Value {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOHTTP2Handler(mode: .server, initialSettings: settings, headerBlockValidation: .disabled))
                    try pipeline.addHandler(HTTP2PeerConnection(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = HTTP2Peer(listener)
        let client = try await HTTP2Client.connect(to: peer.port, decompresses: decompresses)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        client.connection.close()
        try await client.channel.closeFuture.get()
        try await listener.close()
        return try result.get()
    }
}

/// A server's end of a connection, for its script. Lives on the event loop.
final class HTTP2PeerConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let script: HTTP2Peer.Script
    private var context: ChannelHandlerContext?

    init(_ script: @escaping HTTP2Peer.Script) {
        self.script = script
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        script(self, unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client's frames are what tests judge; what this side may not write is written all the same where it can.
    }

    func send(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
    }

    /// Sends a frame past the server's own HTTP/2, which no honest one would write.
    func sendRaw(_ frame: RawFrame) {
        guard let context, let first = try? context.pipeline.syncOperations.context(handlerType: NIOHTTP2Handler.self)
        else { return }
        first.writeAndFlush(NIOAny(ByteBuffer(bytes: frame.bytes)), promise: nil)
    }

    func head(_ id: HTTP2StreamID, _ status: String = "200", _ fields: [(String, String)] = [], end: Bool = false) {
        send(id, .headers(.init(headers: HPACKHeaders([(":status", status)] + fields), endStream: end)))
    }

    func data(_ id: HTTP2StreamID, _ bytes: [UInt8], end: Bool = false) {
        send(id, .data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: end)))
    }

    func answer(_ id: HTTP2StreamID, _ text: String = "ok") {
        head(id)
        data(id, Array(text.utf8), end: true)
    }

    func reset(_ id: HTTP2StreamID, _ code: ErrorCode) {
        send(id, .rstStream(code))
    }

    func goAway(last: HTTP2StreamID, _ code: ErrorCode = .noError) {
        send(.rootStream, .goAway(lastStreamID: last, errorCode: code, opaqueData: nil))
    }

    /// Runs `body` later on the connection's loop.
    func after(_ time: TimeAmount, _ body: @escaping (HTTP2PeerConnection) -> Void) {
        context?.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self) }
    }

    func close() {
        context?.close(promise: nil)
    }
}

/// HTTPTypes has a type of the same name.
typealias ErrorCode = NIOHTTP2.HTTP2ErrorCode

extension HTTP2StreamID {
    /// As it stands on the wire.
    var number: UInt32 { UInt32(clamping: Int(self)) }
}

extension HTTP2Frame {
    /// The stream whose request is whole with this frame.
    var endOfRequest: HTTP2StreamID? {
        switch payload {
        case .headers(let headers) where headers.endStream: streamID
        case .data(let data) where data.endStream: streamID
        default: nil
        }
    }

    var requestHead: HPACKHeaders? {
        if case .headers(let headers) = payload { headers.headers } else { nil }
    }
}
#endif
