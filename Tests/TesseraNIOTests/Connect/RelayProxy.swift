#if NIO
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A proxy that opens every tunnel it is asked for, with or without TLS to itself, and keeps the heads it read.
final class RelayProxy: Sendable {
    private let channel: any Channel
    private let heads: HeadLog

    final class HeadLog: Sendable {
        let all = Mutex<[String]>([])
    }

    private init(_ channel: any Channel, _ heads: HeadLog) {
        self.channel = channel
        self.heads = heads
    }

    var port: UInt16 { UInt16(truncatingIfNeeded: channel.localAddress?.port ?? 0) }
    /// Request heads as they arrived.
    var requests: [String] { heads.all.withLock { $0 } }

    static func withRunning<Result>(
        tls: TLSConfiguration? = nil, _ body: (RelayProxy) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let heads = HeadLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Relay(heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = RelayProxy(channel, heads)
        do {
            let result = try await body(proxy)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Reads a head, connects, and passes bytes on both ways.
    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let heads: HeadLog
        private var text = ""
        private var upstream: (any Channel)?

        init(_ heads: HeadLog) {
            self.heads = heads
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            if let upstream { return upstream.writeAndFlush(bytes, promise: nil) }
            text += String(buffer: bytes)
            guard text.hasSuffix("\r\n\r\n") else { return }
            heads.all.withLock { $0.append(text) }
            let parts = text.split(separator: " ")
            let target = parts.count > 1 ? parts[1].split(separator: ":") : []
            guard parts.first == "CONNECT", target.count == 2, let port = Int(target[1]) else {
                return context.close(promise: nil)
            }
            let client = context.channel
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            // Whatever the name: all tunnels end on this machine.
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(PassOn(client))
                    }
                }
                .connect(host: "127.0.0.1", port: port)
                .whenComplete { result in
                    let (relay, context) = bound.value
                    switch result {
                    case .success(let channel):
                        relay.upstream = channel
                        let answer = "HTTP/1.1 200 Connected\r\nContent-Length: 7\r\n\r\n"
                        context.writeAndFlush(relay.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
                    case .failure: context.close(promise: nil)
                    }
                }
        }

        func channelInactive(context: ChannelHandlerContext) {
            upstream?.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private final class PassOn: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let client: any Channel

        init(_ client: any Channel) {
            self.client = client
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            client.close(promise: nil)
        }
    }
}
#endif
