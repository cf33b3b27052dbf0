#if NIO
import NIOCore
import NIOPosix
import TesseraCore
import Testing

@testable import TesseraNIO

/// Connects as the pool does, and says what came of it.
enum Connecting {
    struct Outcome {
        var version: EstablishedChannel.Version
        var usesAbsoluteForm: Bool
        /// The first line that the peer sent.
        var greeting: String
    }

    /// Connects, reads the first line and closes.
    ///
    /// - Parameters:
    ///   - write: Sent first, for peers that do not speak before they are spoken to.
    ///   - delay: How long nobody looks at what came of it.
    static func outcome(
        _ url: String, proxy: ProxyServer? = nil, connector: Connector, timeout: TimeAmount = .seconds(5),
        write: String? = nil, lateBy delay: Duration = .zero
    ) async throws -> Outcome {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let identity = connector.identity(for: try Origin(url), proxy: proxy)
        let line = loop.makePromise(of: String.self)
        let established: EstablishedChannel
        do {
            let (future, _) = connector.connect(identity, within: timeout, on: loop) { established in
                try established.channel.pipeline.syncOperations.addHandler(FirstLine(line))
                if let write { established.channel.writeAndFlush(ByteBuffer(string: write), promise: nil) }
                return established
            }
            try await Task.sleep(for: delay)
            established = try await future.get()
        } catch {
            line.fail(error)
            throw error
        }
        let expiry = loop.scheduleTask(in: .seconds(5)) { line.fail(ChannelError.connectTimeout(.seconds(5))) }
        let text = try await line.futureResult.get()
        expiry.cancel()
        try? await established.channel.close()
        return Outcome(
            version: established.version, usesAbsoluteForm: established.usesAbsoluteForm, greeting: text)
    }

    static func outcome(
        _ url: String, proxy: ProxyServer? = nil, timeout: TimeAmount = .seconds(5), write: String? = nil,
        lateBy delay: Duration = .zero, _ change: (inout NIOTransport.Configuration) -> Void = { _ in }
    ) async throws -> Outcome {
        var configuration = NIOTransport.Configuration()
        change(&configuration)
        let connector = try Connector(configuration)
        return try await outcome(url, proxy: proxy, connector: connector, timeout: timeout, write: write, lateBy: delay)
    }

    /// The failure of a connection that must not come about.
    static func failure(
        _ url: String, proxy: ProxyServer? = nil, timeout: TimeAmount = .seconds(5),
        _ change: (inout NIOTransport.Configuration) -> Void = { _ in }
    ) async throws -> TransportFailure {
        do {
            let outcome = try await outcome(url, proxy: proxy, timeout: timeout, change)
            throw Unexpected(description: "connected, and heard \(outcome.greeting)")
        } catch let failure as TransportFailure {
            guard failure.progress == .nothingSent else { throw Unexpected(description: "progress of \(failure)") }
            return failure
        }
    }

    struct Unexpected: Error, CustomStringConvertible {
        var description: String
    }

    private final class FirstLine: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<String>
        private var text = ""

        init(_ promise: EventLoopPromise<String>) {
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            // By bytes: CR LF is one character.
            if let end = text.utf8.firstIndex(where: { $0 == 0x0D || $0 == 0x0A }) {
                promise.succeed(String(text[..<end]))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.fail(ChannelError.eof)
        }
    }
}
#endif
