#if OAuth
import Synchronization
import TesseraCore

/// A transport that sends one request, on a fresh connection, and remembers how that ended.
///
/// A second request is refused: whatever the layers above may want to repeat, the refresh token leaves once.
final class SingleSend: Transport {
    enum Fate: Sendable {
        case notHandedOver
        case failed(TransportFailure)
        case answered
    }

    private let transport: any Transport
    private let state = Mutex((isUsed: false, fate: Fate.notHandedOver))

    init(_ transport: any Transport) {
        self.transport = transport
    }

    var failure: Fate { state.withLock { $0.fate } }
    var capabilities: TransportCapabilities { transport.capabilities }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let isFirst = state.withLock { state in
            defer { state.isUsed = true }
            return !state.isUsed
        }
        guard isFirst else {
            throw TransportFailure(
                .unsupported, phase: .connect, progress: .nothingSent, message: "a refresh is sent once only")
        }
        var request = request
        request.connection = .fresh
        do throws(TransportFailure) {
            let reply = try await transport.send(request)
            state.withLock { $0.fate = .answered }
            return reply
        } catch {
            state.withLock { $0.fate = .failed(error) }
            throw error
        }
    }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        throw TransportFailure(
            .unsupported, phase: .connect, progress: .nothingSent, message: "a refresh is not streamed")
    }

    func shutdown() async {}
}
#endif
