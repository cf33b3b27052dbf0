import HTTPTypes
import Synchronization
import TesseraCore

/// What takes time while a mock answers.
extension MockTransport {
    static func head(of reply: MockReply) throws(TransportFailure) -> HTTPResponse {
        if let head = reply.head { return head }
        throw TransportFailure(
            .unexpectedRequest, phase: .head, progress: .sent(bytes: nil),
            message: "the answer that was prepared cannot be sent: \(reply.flaw ?? "")")
    }

    static func compute(
        _ make: @Sendable (MockRequest) async throws -> MockReply, _ request: MockRequest
    ) async throws(TransportFailure) -> MockReply {
        do {
            return try await make(request)
        } catch let failure as TransportFailure {
            throw failure
        } catch is CancellationError {
            throw cancelled
        } catch {
            throw TransportFailure(
                .unexpectedRequest, phase: .head, progress: .sent(bytes: nil),
                message: "the closure that answers \(request) threw an error", underlying: error)
        }
    }

    static func wait(
        _ delay: Duration, _ request: TransportRequest, phase: TransportFailure.Phase
    ) async throws(TransportFailure) {
        let end = request.runtime.now().advanced(by: delay)
        try await sleep(until: min(end, request.deadline), request)
        guard end <= request.deadline else {
            throw TransportFailure(.timeout, phase: phase, progress: .sent(bytes: nil), message: "no answer in time")
        }
    }

    /// A streamed body is bounded by the idle limit, not by the deadline.
    static func idle(_ gap: Duration, _ request: TransportRequest) async throws(TransportFailure) {
        let now = request.runtime.now()
        try await sleep(until: now.advanced(by: min(gap, request.phases.idle)), request)
        guard gap <= request.phases.idle else {
            throw TransportFailure(
                .timeout, phase: .body, progress: .sent(bytes: nil), message: "nothing came within the idle limit")
        }
    }

    static func neverAnswered(_ request: TransportRequest) async throws(TransportFailure) -> TransportFailure {
        let limit = request.runtime.now().advanced(by: request.phases.idle)
        try await sleep(until: min(limit, request.deadline), request)
        return TransportFailure(.timeout, phase: .head, progress: .sent(bytes: nil), message: "no answer in time")
    }

    private static func sleep(
        until instant: MonotonicInstant, _ request: TransportRequest
    ) async throws(TransportFailure) {
        do {
            try await request.runtime.sleep(instant)
        } catch {
            throw cancelled
        }
    }

    static var cancelled: TransportFailure {
        TransportFailure(.cancelled, phase: .head, progress: .sent(bytes: nil), message: "cancelled")
    }

    static func collect(_ body: OutgoingBody) async throws(TransportFailure) -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .stream(_, let write):
            let collected = Collected()
            do {
                try await write(BodyWriter { chunk in collected.bytes.withLock { $0 += chunk } })
            } catch {
                throw TransportFailure(
                    .bodyFailed, phase: .write, progress: .sent(bytes: nil),
                    message: "the writer of the request's body failed", underlying: error)
            }
            return collected.bytes.withLock { $0 }
        }
    }

    private final class Collected: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }
}
