#if NIO
import HTTPTypes
import NIOCore
import NIOPosix
public import TesseraCore

/// The ``Transport`` on SwiftNIO: HTTP/1.1 and HTTP/2 with one pool of connections.
///
/// ```swift
/// import TesseraNIO
///
/// let transport = try NIOTransport(NIOTransport.Configuration())
/// let api = try Session("https://api.example.com", transport: transport)
/// ```
///
/// Answers are handed to the caller in one resumption, deadlines live in the connections, and a request costs few
/// allocations. Tasks that run on ``taskExecutor`` save the change of threads as well.
public final class NIOTransport: Transport {
    /// The transport that sessions use when they are given none. It lives as long as the process.
    public static let shared = NIOTransport(Configuration(), connector: Result { try Connector(Configuration()) })

    private let connector: Result<Connector, any Error>
    private let pool: ConnectionPool
    private let executors: LoopTaskExecutors
    private let decompresses: Bool

    /// A transport with a pool of its own.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/misconfigured`` when a setting cannot be used.
    public convenience init(_ configuration: Configuration = Configuration()) throws {
        self.init(configuration, connector: .success(try Connector(configuration)))
    }

    private init(_ configuration: Configuration, connector: Result<Connector, any Error>) {
        let group = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        var limits = ConnectionPool.Machine.Limits()
        limits.connections = configuration.connectionsPerOrigin
        limits.queue = configuration.longestQueue
        limits.idleTime = .nanoseconds(configuration.idleTime.clampedNanoseconds)
        limits.longestLife = configuration.maximumAge.map { .nanoseconds($0.clampedNanoseconds) }
        self.connector = connector
        decompresses = configuration.decompression
        executors = LoopTaskExecutors(group)
        pool = ConnectionPool(
            limits: limits, group: group,
            opener: ConnectionOpener(
                connector: connector, decompresses: configuration.decompression, executors: executors
            ).open)
    }

    /// All that the contract knows.
    public var capabilities: TransportCapabilities {
        let all: TransportCapabilities = [
            .http2, .provablyUnprocessed, .countsSentBytes, .phaseTimeouts, .headerLimits, .proxies,
        ]
        return decompresses ? all.union(.decompression) : all
    }

    /// An executor for tasks that send many requests: they run on an event loop, so that an answer need not wake
    /// another thread. Each reading names the next of the loops.
    ///
    /// Work that takes long or blocks does not belong there.
    public var taskExecutor: (any TaskExecutor)? { executors.next() }

    /// Sends a request and collects its answer.
    @inline(__always)
    public func send(_ request: consuming TransportRequest) async throws(TransportFailure) -> TransportReply {
        let exchange = try begin(request, .buffered)
        guard case .stream(_, let write) = exchange.request.body else { return try await reply(exchange).get() }
        return try await uploading(exchange, write) { await self.reply(exchange) }.get()
    }

    /// Sends a request and hands its answer over.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let exchange = try begin(request, .streamed)
        guard case .stream(_, let write) = request.body else { return try await handOver(exchange, consume) }
        return try await uploading(exchange, write) {
            do {
                return Swift.Result<Result, any Error>.success(try await self.handOver(exchange, consume))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Waits for the requests under way, then closes the pool; a stream's scope that calls it waits for itself. The
    /// shared transport cannot be shut down; asking it does nothing.
    public func shutdown() async {
        guard self !== NIOTransport.shared else { return }
        await pool.shutDown()
    }

    /// Opens connections to an origin before they are needed. What fails is met again by the first request.
    ///
    /// - Parameter count: How many connections with HTTP/1.1; with HTTP/2 one carries all.
    public func prewarm(_ origin: Origin, connections count: Int = 1, proxy: ProxyServer? = nil) {
        guard case .success(let connector) = connector else { return }
        pool.prewarm(connector.identity(for: origin, proxy: proxy), count: count, limit: .seconds(10))
    }

    /// Connections that are open or being opened, for readings and tests.
    public var connectionCount: Int { pool.connectionCount }

    private func begin(
        _ request: consuming TransportRequest, _ delivery: Exchange.Delivery
    ) throws(TransportFailure) -> Exchange {
        if Task.isCancelled { throw .cancelled(progress: .nothingSent) }
        let (remaining, overflow) = request.deadline.nanoseconds.subtractingReportingOverflow(
            request.runtime.now().nanoseconds)
        guard remaining > 0 || overflow else {
            throw TransportFailure(
                .timeout, phase: .connect, progress: .nothingSent, message: "the deadline has passed already")
        }
        let wait = overflow ? Int64.max / 2 : min(remaining, Int64.max / 2)
        let now = NIODeadline.now()
        return Exchange(request, delivery: delivery, begun: now, deadline: now + .nanoseconds(wait))
    }

    /// Starts the exchange and waits for its answer, or for the head of a streamed one.
    @inline(__always)  // As `send` is: an asynchronous call has a frame to make and to free, and a switch behind it.
    private func reply(_ exchange: Exchange) async -> Exchange.Outcome {
        let connector: Connector
        switch self.connector {
        case .success(let ready): connector = ready
        case .failure(let error):
            return .failure(
                TransportFailure(
                    .unsupported, phase: .connect, progress: .nothingSent,
                    message: "the transport could not be set up: \(error)", underlying: error))
        }
        let identity = connector.identity(for: exchange.request.origin, proxy: exchange.request.proxy)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (caller: Exchange.Caller) in
                exchange.begin(caller)
                pool.submit(
                    exchange, identity: identity, needsNewConnection: exchange.request.connection == .fresh,
                    now: exchange.begun)
            }
        } onCancel: {
            exchange.cancel()
        }
    }

    private func handOver<Result>(
        _ exchange: Exchange, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let head = try await reply(exchange).get().head
        guard let connection = exchange.connection else {
            throw TransportFailure(
                .disconnected, phase: .body, progress: .sent(bytes: nil),
                message: "the connection was gone when the answer was to be read")
        }
        defer { connection.endScope(of: exchange) }
        return try await withTaskCancellationHandler {
            try await consume(
                TransportStream(head: head) { () async throws(TransportFailure) in
                    try await connection.nextChunk(of: exchange)
                })
        } onCancel: {
            exchange.cancel()
        }
    }

    /// Runs the writer of a streamed body beside the wait for the answer, which may come before the body's end.
    private func uploading<Answer>(
        _ exchange: Exchange, _ write: @escaping @Sendable (BodyWriter) async throws -> Void,
        _ answer: () async -> Answer
    ) async -> Answer {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await BodyUpload(exchange: exchange).run(write) }
            let result = await answer()
            group.cancelAll()
            return result
        }
    }
}
#endif
