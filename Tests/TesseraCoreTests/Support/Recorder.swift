import HTTPTypes
import Synchronization
import TesseraCore

/// A transport that keeps the requests as they were handed to it, and answers 200, or what `answer` says.
final class Recorder: Transport {
    typealias Answer = @Sendable (_ number: Int, TransportRequest) async throws(TransportFailure) -> TransportReply

    let capabilities: TransportCapabilities = []
    private let state = Mutex<(requests: [TransportRequest], location: String?)>(([], nil))
    private let answer: Answer

    init(
        _ answer: @escaping Answer = { (_, _) async throws(TransportFailure) in
            TransportReply(head: HTTPResponse(status: .ok))
        }
    ) {
        self.answer = answer
    }

    var requests: [TransportRequest] { state.withLock { $0.requests } }

    func redirectNext(to location: String) {
        state.withLock { $0.location = location }
    }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let (number, location) = state.withLock { state in
            state.requests.append(request)
            defer { state.location = nil }
            return (state.requests.count, state.location)
        }
        if let location {
            return TransportReply(head: HTTPResponse(status: .found, headerFields: [.location: location]))
        }
        return try await answer(number, request)
    }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let reply = try await send(request)
        var rest: [UInt8]? = reply.body
        return try await consume(
            TransportStream(head: reply.head) { () async throws(TransportFailure) in
                defer { rest = nil }
                return rest.map { $0[...] }
            })
    }

    func shutdown() async {}
}
