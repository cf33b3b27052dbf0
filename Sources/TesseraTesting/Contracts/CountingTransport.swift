import HTTPTypes
import Synchronization
import TesseraCore

/// Passes everything on, and remembers where it went.
final class CountingTransport: Transport {
    private let transport: any Transport
    private let state = Mutex<[String]>([])

    init(_ transport: any Transport) { self.transport = transport }

    var capabilities: TransportCapabilities { transport.capabilities }

    /// The requests as `METHOD origin/target`.
    var requests: [String] { state.withLock { $0 } }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        note(request)
        return try await transport.send(request)
    }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        note(request)
        return try await transport.stream(request, consume)
    }

    func shutdown() async { await transport.shutdown() }

    private func note(_ request: TransportRequest) {
        state.withLock { $0.append("\(request.head.method.rawValue) \(request.origin)\(request.head.path ?? "/")") }
    }
}
