#if AsyncHTTPClient
public import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
public import TesseraCore

/// A ``Transport`` on AsyncHTTPClient.
///
/// Declared gaps:
/// - It cannot count sent bytes or know that a request was not processed; both are reported as "sent".
/// - A cancelled call ends at once, its connection a moment later; an answer that is whole in between counts as read.
/// - Its connect and idle limits are those of its configuration, for all requests.
/// - Header limits are checked when the head is complete. While it arrives NIO's parser bounds it: 80 KiB for a field,
///   2 MiB and 256 fields for all.
/// - A host that is known to be out of reach only after the connection was tried by address counts as "sent", because
///   the system reports that error for open connections too.
/// - Square brackets in a query, which RFC 3986 §3.4 does not allow there, are sent percent-encoded.
/// - With decompression it adds `Accept-Encoding` where a request has none.
public final class AsyncHTTPClientTransport: Transport {
    /// The transport that sessions use when they are given none. It lives as long as the process.
    public static let shared = AsyncHTTPClientTransport()

    private let configuration: HTTPClient.Configuration
    private let clients: ClientPool

    /// A transport with a pool of its own.
    ///
    /// - Parameter configuration: TLS, pool and time limits. Redirects, tracing and connection retries are switched
    ///   off whatever it says: they would go past the origin check and the history.
    public init(configuration: HTTPClient.Configuration? = nil) {
        var configuration = configuration ?? AsyncHTTPClientTransport.standard
        configuration.redirectConfiguration = .disallow
        configuration.tracing.tracer = nil
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = nil
        self.configuration = configuration
        clients = ClientPool(configuration)
    }

    private static var standard: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(10), read: .seconds(30))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.decompression = .enabled(limit: .size(268_435_456))
        return configuration
    }

    /// Decompression, HTTP/2 and proxies.
    public var capabilities: TransportCapabilities {
        if case .disabled = configuration.decompression { return [.http2, .proxies] }
        return [.decompression, .http2, .proxies]
    }

    /// Sends a request and collects its answer.
    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        do {
            return try await exchange(request) { head, body in
                TransportReply(head: head, body: try await BufferedBody.collect(body, for: request))
            }
        } catch {
            throw TransportFailure(error, phase: .body)
        }
    }

    /// Sends a request and hands its answer over.
    public func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        try await exchange(request) { head, body in
            // Unsafe only in name: the closure below is not Sendable, so one task after the other calls it, and each
            // call returns before the next begins. AsyncHTTPClient's `next()` merely hops off the caller's actor.
            nonisolated(unsafe) var iterator = body.makeAsyncIterator()
            return try await consume(
                TransportStream(head: head) { () async throws(TransportFailure) in
                    do {
                        return try await iterator.next().map { ArraySlice(Array($0.readableBytesView)) }
                    } catch {
                        throw TransportFailure(error, phase: .body)
                    }
                })
        }
    }

    private func exchange<Result>(
        _ request: TransportRequest, _ consume: (HTTPResponseHead, HTTPClientResponse.Body) async throws -> Result
    ) async throws -> Result {
        try request.checkItCanStart()
        let client = try clients.enter(through: request.proxy)
        defer { clients.leave() }
        let deadline = NIODeadline.now() + .nanoseconds(request.remaining.clampedNanoseconds)
        guard case .stream(let length, let write) = request.body else {
            return try await start(client, HTTPClientRequest(request, stream: nil), deadline, request.limits, consume)
        }
        let relay = BodyRelay()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await relay.run(write) }
            // After an early answer nobody takes the rest of the body.
            defer { group.cancelAll() }
            let stream = HTTPClientRequest.Body.stream(relay, length: length.map { .known(Int64($0)) } ?? .unknown)
            return try await start(
                client, HTTPClientRequest(request, stream: stream), deadline, request.limits, consume)
        }
    }

    private func start<Result>(
        _ client: HTTPClient, _ request: HTTPClientRequest, _ deadline: NIODeadline, _ limits: ResponseLimits,
        _ consume: (HTTPResponseHead, HTTPClientResponse.Body) async throws -> Result
    ) async throws -> Result {
        let response: HTTPClientResponse
        let head: HTTPResponseHead
        do {
            response = try await client.execute(request, deadline: deadline)
            head = try HTTPResponseHead(response, limits: limits)
        } catch {
            throw TransportFailure(error, phase: .head)
        }
        return try await consume(head, response.body)
    }

    /// Waits for the requests under way, then closes the pool; a stream's scope that calls it waits for itself. The
    /// shared transport cannot be shut down; asking it does nothing.
    public func shutdown() async {
        guard self !== AsyncHTTPClientTransport.shared else { return }
        await clients.shutdown()
    }
}
#endif
