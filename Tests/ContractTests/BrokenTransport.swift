#if AsyncHTTPClient
import HTTPTypes
import TesseraAsyncHTTPClient
import TesseraCore

/// A good transport with one defect.
struct BrokenTransport: Transport {
    enum Defect: String, CaseIterable, Sendable {
        case retries
        case followsRedirects
        case dropsSealedFields
        case duplicatesSealedFields
        case claimsThatNothingWasSent
        case ignoresTheDeadline
        case ignoresTheBodyLimit
        case ignoresCancellation
        case ignoresTheShutdown
        case repairsTargets
        case takesACutForTheEnd
        case hidesTheBodysFailure
        case keepsTheHeadBack
        case declaresTooMuch
    }

    let good = AsyncHTTPClientTransport()
    let defect: Defect

    var capabilities: TransportCapabilities {
        defect == .declaresTooMuch ? good.capabilities.union(.countsSentBytes) : good.capabilities
    }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        let request = spoiled(request)
        if defect == .ignoresCancellation {
            let task = Task { () async -> Result<TransportReply, TransportFailure> in await attempt(request) }
            return try await task.value.get()
        }
        switch await attempt(request) {
        case .success(let reply):
            guard defect == .followsRedirects, (300..<400).contains(reply.head.status.code),
                let location = reply.head.headerFields[.location]
            else { return reply }
            var next = request
            next.head.path = location
            return try await good.send(next)
        case .failure(var failure):
            if defect == .retries, failure.kind == .disconnected { return try await good.send(request) }
            if defect == .claimsThatNothingWasSent { failure.progress = .nothingSent }
            if defect == .takesACutForTheEnd, failure.kind == .disconnected, failure.phase == .body {
                return TransportReply(head: HTTPResponse(status: .ok))
            }
            if defect == .hidesTheBodysFailure, failure.kind == .bodyFailed {
                return TransportReply(head: HTTPResponse(status: .ok))
            }
            throw failure
        }
    }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        let request = spoiled(request)
        guard defect == .keepsTheHeadBack else { return try await good.stream(request, consume) }
        let reply = try await good.send(request)
        var rest: ArraySlice<UInt8>? = reply.body[...]
        return try await consume(
            TransportStream(head: reply.head) { () async throws(TransportFailure) in
                defer { rest = nil }
                return rest
            })
    }

    func shutdown() async {
        if defect != .ignoresTheShutdown { await good.shutdown() }
    }

    /// Closes what a defect may have left open.
    func end() async {
        await good.shutdown()
    }

    private func attempt(_ request: TransportRequest) async -> Result<TransportReply, TransportFailure> {
        do throws(TransportFailure) {
            return .success(try await good.send(request))
        } catch let failure {
            return .failure(failure)
        }
    }

    private func spoiled(_ request: TransportRequest) -> TransportRequest {
        var request = request
        switch defect {
        case .dropsSealedFields: request.sealed = .none
        case .duplicatesSealedFields: request.sealed = SealedFields(request.sealed.exposed + request.sealed.exposed)
        case .ignoresTheDeadline: request.deadline = request.deadline.advanced(by: .seconds(30))
        case .ignoresTheBodyLimit: request.limits.bodyBytes = .max
        case .repairsTargets:
            let segments = (request.head.path ?? "/").split(separator: "/", omittingEmptySubsequences: true)
            request.head.path = "/" + segments.joined(separator: "/")
        default: break
        }
        return request
    }
}
#endif
