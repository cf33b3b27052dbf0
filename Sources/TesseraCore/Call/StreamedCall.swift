import HTTPTypes

/// A call whose answer is handed over when its head is there. From then on it is committed: nothing is repeated.
enum StreamedCall {
    private enum Outcome<Result> {
        case again
        case finished(Result)
    }

    /// The most of an unexpected answer's body that is read for its problem details.
    private static let problemBytes = 65_536

    static func run<Result>(
        _ plan: CallPlan, _ body: (Session.StreamedResponse) async throws -> Result
    ) async throws -> Result {
        var state = CallState(plan)
        while true {
            let request = try await state.nextAttempt()
            var hasHead = false
            do {
                let outcome: Outcome<Result> = try await plan.core.transport.stream(request) { stream in
                    hasHead = true
                    guard case .deliver = try await state.conclude(stream.head) else { return .again }
                    let history = state.history
                    let origin = request.origin
                    let chunks = ResponseBody {
                        do throws(TransportFailure) {
                            return try await stream.nextChunk()
                        } catch let failure {
                            guard failure.kind != .cancelled else { throw CancellationError() }
                            throw TesseraError(failure, origin: origin, history: history)
                        }
                    }
                    if !plan.expecting.includes(stream.head.status) {
                        let start = try? await chunks.collect(upTo: problemBytes)
                        try state.checkStatus(stream.head, body: start ?? [])
                    }
                    return .finished(
                        try await body(Session.StreamedResponse(head: stream.head, body: chunks, history: history)))
                }
                if case .finished(let result) = outcome { return result }
            } catch let failure as TransportFailure where !hasHead {
                _ = try await state.conclude(failure)
            }
        }
    }
}
