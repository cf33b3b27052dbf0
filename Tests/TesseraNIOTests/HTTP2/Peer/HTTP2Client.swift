#if NIO
import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOPosix
import Synchronization
import TesseraCore

@testable import TesseraNIO

/// One HTTP/2 connection without TLS, and what it told its pool.
final class HTTP2Client: Sendable {
    /// Stands in for the pool.
    final class Pool: HTTP2ConnectionDelegate {
        struct Events {
            var released = 0
            var streamLimits: [Int] = []
            var drains = 0
            var closed = 0
            /// A count: an exchange holds its connection, which holds this.
            var unstarted = 0
        }

        private let events = Mutex(Events())

        var seen: Events { events.withLock { $0 } }

        func released(_ connection: any HTTPConnection, isReusable: Bool, now: NIODeadline) {
            events.withLock { $0.released += 1 }
        }
        func streamLimitChanged(_ id: ConnectionID, to limit: Int) { events.withLock { $0.streamLimits.append(limit) } }
        func drains(_ id: ConnectionID) { events.withLock { $0.drains += 1 } }
        func closed(_ id: ConnectionID) { events.withLock { $0.closed += 1 } }

        func unstarted(_ exchange: Exchange, identity: ConnectionIdentity) {
            events.withLock { $0.unstarted += 1 }
            exchange.fail(
                TransportFailure(.unexpectedRequest, phase: .connect, progress: .nothingSent, message: "back"))
        }

        func wait(until condition: (Events) -> Bool) async throws -> Bool {
            for _ in 0..<500 {
                if condition(seen) { return true }
                try await Task.sleep(for: .milliseconds(10))
            }
            return false
        }
    }

    let connection: HTTP2Connection
    let channel: any Channel
    let pool: Pool
    let origin: Origin

    private init(_ connection: HTTP2Connection, _ channel: any Channel, _ pool: Pool, _ origin: Origin) {
        self.connection = connection
        self.channel = channel
        self.pool = pool
        self.origin = origin
    }

    static func connect(to port: Int, decompresses: Bool) async throws -> HTTP2Client {
        let origin = try Origin("http://127.0.0.1:\(port)")
        let pool = Pool()
        let made = Mutex<HTTP2Connection?>(nil)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let established = EstablishedChannel(channel: channel, version: .http2, usesAbsoluteForm: false)
                    let identity = ConnectionIdentity(origin: origin, proxy: nil, certificateGeneration: 0)
                    let connection = try HTTP2Connection.install(
                        on: established, id: ConnectionID(number: 1, group: 0, slot: 0), identity: identity,
                        decompresses: decompresses, executor: LoopTaskExecutor(channel.eventLoop), pool: pool)
                    made.withLock { $0 = connection }
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        guard let connection = made.withLock({ $0 }) else { throw ChannelError.unknownLocalAddress }
        return HTTP2Client(connection, channel, pool, origin)
    }

    func request(
        _ path: String = "/", method: HTTPRequest.Method = .get, fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, idle: Duration = .seconds(5),
        limits: ResponseLimits = ResponseLimits()
    ) -> TransportRequest {
        var head = HTTPRequest(method: method, scheme: "http", authority: origin.authority, path: path)
        for field in fields { head.headerFields.append(field) }
        return TransportRequest(
            origin: origin, head: head, sealed: sealed, body: body,
            deadline: Runtime.system.now().advanced(by: .seconds(5)), phases: PhaseLimits(idle: idle), limits: limits,
            runtime: .system)
    }

    func exchange(
        _ request: TransportRequest, _ delivery: Exchange.Delivery = .buffered, within time: TimeAmount = .seconds(5)
    ) -> Exchange {
        Exchange(request, delivery: delivery, deadline: .now() + time)
    }

    /// Runs an exchange until its caller is resumed.
    func run(_ exchange: Exchange) async -> Exchange.Outcome {
        await withUnsafeContinuation { caller in
            exchange.begin(caller)
            guard exchange.runs(on: connection) else {
                return exchange.fail(.cancelled(progress: .nothingSent))
            }
            connection.run(exchange)
        }
    }

    func send(_ request: TransportRequest, within time: TimeAmount = .seconds(5)) async throws -> TransportReply {
        try await run(exchange(request, within: time)).get()
    }

    /// The failure of a request that must fail.
    func failure(of request: TransportRequest, within time: TimeAmount = .seconds(5)) async throws -> TransportFailure {
        switch await run(exchange(request, within: time)) {
        case .success(let reply): throw Unexpected(text: "an answer with status \(reply.head.status.code)")
        case .failure(let failure): return failure
        }
    }

    /// Reads what is left of a streamed answer.
    func rest(of exchange: Exchange) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await connection.nextChunk(of: exchange) { bytes += piece }
        connection.endScope(of: exchange)
        return bytes
    }

    struct Unexpected: Error {
        var text: String
    }
}

/// What a script on another thread has seen.
final class Seen<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    var now: Value { value.withLock { $0 } }

    @discardableResult
    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result { value.withLock { change(&$0) } }

    func wait(until condition: (Value) -> Bool) async throws -> Bool {
        for _ in 0..<500 {
            if condition(now) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
#endif
