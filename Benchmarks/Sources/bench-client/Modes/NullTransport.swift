import HTTPTypes
import TesseraCore

/// Answers at once with what it was made with.
struct NullTransport: Transport {
    private let reply = TransportReply(
        head: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
        body: [UInt8](repeating: 0x20, count: 200))

    var capabilities: TransportCapabilities { [] }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply { reply }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        try await consume(TransportStream(head: reply.head) { () async throws(TransportFailure) in nil })
    }

    func shutdown() async {}
}
