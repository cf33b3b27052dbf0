#if NIO
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TesseraCore

/// A server that greets as soon as a connection (with TLS: its handshake) is there, with what it saw of the client.
///
/// It speaks first, so that a client which loses the earliest bytes is found out.
final class GreetingServer: Sendable {
    let channel: any Channel

    private init(_ channel: any Channel) {
        self.channel = channel
    }

    var port: UInt16 { UInt16(truncatingIfNeeded: channel.localAddress?.port ?? 0) }

    /// Runs a server while `body` runs.
    ///
    /// - Parameters:
    ///   - tls: With TLS; else in clear.
    ///   - address: An IP address, or the path of a Unix socket.
    static func withRunning<Result>(
        tls: TLSConfiguration? = nil, on address: String = "127.0.0.1", port: Int = 0,
        _ body: (GreetingServer) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = context.map { NIOSSLServerHandler(context: $0) }
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(Greeter(tls))
                }
            }
        let channel =
            address.hasPrefix("/")
            ? try await bootstrap.bind(unixDomainSocketPath: address).get()
            : try await bootstrap.bind(host: address, port: port).get()
        let server = GreetingServer(channel)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let tls: NIOSSLServerHandler?

        init(_ tls: NIOSSLServerHandler?) {
            self.tls = tls
        }

        func channelActive(context: ChannelHandlerContext) {
            if tls == nil { greet(context, "clear") }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard let tls, "\(event)".contains("handshakeCompleted") else { return }
            greet(context, tls.peerCertificate.map { "\($0)" } ?? "anonymous")
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func greet(_ context: ChannelHandlerContext, _ text: String) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "hello \(text)\n")), promise: nil)
        }
    }
}
#endif
