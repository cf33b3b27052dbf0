#if CLI
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// One origin: a Hummingbird application on 127.0.0.1 that says at which port it listens.
final class OriginListener: Sendable {
    private let origin: OriginLabel
    private let requestedPort: Int
    private let state: ServerState
    private let connections = OpenConnections()
    private let listening = Mutex<(any Channel)?>(nil)
    private let ports: AsyncThrowingStream<Int, any Error>
    private let started: AsyncThrowingStream<Int, any Error>.Continuation

    /// How long a connection may do nothing.
    private static let idleTimeout = TimeAmount.seconds(60)

    init(_ origin: OriginLabel, port: Int, state: ServerState) {
        self.origin = origin
        requestedPort = port
        self.state = state
        (ports, started) = AsyncThrowingStream.makeStream()
    }

    /// Serves until ``stopAccepting()`` and the last connection's end, or until the task is cancelled.
    func run() async {
        let application = Application(
            router: Routes.router(origin: origin, state: state),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionRegistration(self.connections)],
                    idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: requestedPort)),
            onServerRunning: { channel in self.didStart(channel) },
            logger: Logger(label: "tessera.development-server") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await application.run()
            started.finish()
        } catch {
            // After the start this only says that the service ended, which is what a stop asks for.
            started.finish(
                throwing: DevelopmentServerError.cannotListen(port: requestedPort, reason: "\(error)"))
        }
    }

    /// The port, once the origin accepts connections.
    ///
    /// - Throws: ``DevelopmentServerError`` when it cannot, `CancellationError` when the task is cancelled.
    func port() async throws -> Int {
        for try await port in ports { return port }
        throw CancellationError()
    }

    /// Refuses new connections, ends idle ones, and the others after the answer that is under way.
    func stopAccepting() {
        listening.withLock { $0 }?.close(promise: nil)
        connections.quiesce()
    }

    private func didStart(_ channel: any Channel) {
        guard let port = channel.localAddress?.port else {
            started.finish(
                throwing: DevelopmentServerError.cannotListen(port: requestedPort, reason: "no local address"))
            return
        }
        listening.withLock { $0 = channel }
        state.setPort(port, of: origin)
        started.yield(port)
        started.finish()
    }
}
#endif
