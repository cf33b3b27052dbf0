#if NIO
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TesseraCore

@testable import TesseraNIO

/// A scripted HTTP/2 server over TLS on 127.0.0.1: it sends the frames it is told to, right or wrong, and keeps what it
/// received. No HTTP/2 library lies between a test and the wire.
final class FrameServer: Sendable {
    struct Request: Sendable {
        let connection: Int
        let stream: UInt32
        let fields: [(name: String, value: String)]
        /// The header block as it came.
        let block: [UInt8]
        let endsStream: Bool

        func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
        var path: String { values(of: ":path").first ?? "" }
    }

    /// What the server has seen.
    struct Log: Sendable {
        var connections = 0
        var requests: [Request] = []
        /// All frames of clients with the number of their connection; the payload of DATA is not kept.
        var frames: [(connection: Int, frame: RawFrame)] = []
        /// Connections that the client ended.
        var closed: Set<Int> = []
        /// Bytes of DATA that came, for each stream.
        var dataBytes: [UInt32: Int] = [:]
        /// What scripts count for themselves.
        var tally = 0
        var isSignalled = false
        var failures: [String] = []

        func count(_ kind: UInt8) -> Int { frames.count { $0.frame.kind == kind } }
    }

    typealias Script = @Sendable (FrameConnection) async throws -> Void

    let port: Int
    let origin: Origin
    let journal: Journal

    final class Journal: Sendable {
        private let log = Mutex(Log())
        var snapshot: Log { log.withLock { $0 } }
        func update<Result>(_ change: (inout Log) -> Result) -> Result { log.withLock { change(&$0) } }
    }

    struct Unusable: Error {}

    private init(port: Int, journal: Journal) throws {
        guard let number = UInt16(exactly: port), let origin = Origin(scheme: .https, host: "localhost", port: number)
        else { throw Unusable() }
        (self.port, self.origin, self.journal) = (port, origin, journal)
    }

    var log: Log { journal.snapshot }

    /// A transport that trusts these servers and nobody else.
    static func transport(
        _ change: (inout NIOTransport.Configuration) -> Void = { _ in }
    ) throws -> NIOTransport {
        var configuration = NIOTransport.Configuration()
        configuration.tls.trustRoots = .pemFile(try TestAuthority.shared.get().rootPath)
        change(&configuration)
        return try NIOTransport(configuration)
    }

    private static let certificate = Result { try TestAuthority.shared.get().issue("frames") }

    /// Runs a server as long as `body` runs.
    static func withRunning<Result: Sendable>(
        _ script: @escaping Script, body: (FrameServer) async throws -> Result
    ) async throws -> Result {
        let context = try NIOSSLContext(
            configuration: try certificate.get().serverConfiguration(protocols: ["h2"]))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let journal = Journal()
        let server = try FrameServer(port: listener.channel.localAddress?.port ?? 0, journal: journal)
        let accepting = Task { try? await accept(listener, journal, script) }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        accepting.cancel()
        await accepting.value
        return try result.get()
    }

    private static func accept(
        _ listener: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>, _ journal: Journal,
        _ script: @escaping Script
    ) async throws {
        try await listener.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                for try await client in clients {
                    let number = journal.update { log in
                        log.connections += 1
                        return log.connections - 1
                    }
                    group.addTask { await serve(client, number, journal, script) }
                }
                group.cancelAll()
            }
        }
    }

    private static func serve(
        _ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ number: Int, _ journal: Journal, _ script: Script
    ) async {
        do {
            try await client.executeThenClose { inbound, outbound in
                let connection = FrameConnection(
                    number: number, inbound: inbound.makeAsyncIterator(), outbound: outbound, journal: journal)
                try await script(connection)
            }
        } catch let broken as FrameConnection.Objection {
            journal.update { $0.failures.append("connection \(number): \(broken.text)") }
        } catch {
            // The client ended the connection, or the test is over.
        }
    }

    /// Lets scripts that wait in ``FrameConnection/waitForSignal()`` go on.
    func signal() {
        journal.update { $0.isSignalled = true }
    }

    /// Waits until the log satisfies `condition`; false when it has not within `duration`.
    func wait(atMost duration: Duration = .seconds(5), until condition: (Log) -> Bool) async -> Bool {
        let end = ContinuousClock.now.advanced(by: duration)
        while !condition(log) {
            guard ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: .milliseconds(3)) } catch { return condition(log) }
        }
        return true
    }
}
#endif
