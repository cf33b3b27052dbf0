import HTTPTypes

/// A call whose answer is handed over when its head is there. From then on it is committed: nothing is repeated.
enum StreamedCall {
    private enum Outcome<Result> {
        case again(after: Duration)
        case finished(Result)
        case failed(any Error)
    }

    /// The most of an unexpected answer's body that is read for its problem details.
    private static let problemBytes = 65_536

    static func run<Result>(
        _ plan: CallPlan, _ body: (Session.StreamedResponse) async throws -> Result
    ) async throws -> Result {
        var state = CallState(plan)
        while true {
            let request = try await state.nextAttempt()
            // Kept outside the transport's scope: what was decided inside counts, however the scope ends.
            var outcome: Outcome<Result>?
            do {
                try await plan.core.transport.stream(request) { stream in
                    do {
                        outcome = try await conclude(stream, &state, plan, body)
                    } catch {
                        outcome = .failed(error)
                    }
                }
            } catch let failure as TransportFailure {
                switch outcome {
                case nil: outcome = .again(after: try state.conclude(failure))
                case .finished: throw TesseraError(failure, origin: request.origin, history: state.history)
                case .again, .failed: break
                }
            }
            switch outcome {
            case .finished(let result): return result
            case .failed(let error): throw error
            case .again(let wait): try await state.pause(wait)
            case nil:
                throw TesseraError(.protocolViolation, "the transport ended without an answer and without an error")
            }
        }
    }

    /// The beginning of an unexpected answer's body. A peer that drips it does not hold the call beyond its deadline by
    /// more than the idle timeout.
    private static func problem(
        in chunks: ResponseBody, until deadline: MonotonicInstant, _ plan: CallPlan
    ) async -> [UInt8] {
        let now = plan.core.configuration.runtime.now
        var start: [UInt8] = []
        while start.count < problemBytes, now() < deadline, let chunk = try? await chunks.nextChunk() {
            start += chunk.prefix(problemBytes - start.count)
        }
        return start
    }

    private static func conclude<Result>(
        _ stream: TransportStream, _ state: inout CallState, _ plan: CallPlan,
        _ body: (Session.StreamedResponse) async throws -> Result
    ) async throws -> Outcome<Result> {
        if case .again(let wait) = try await state.conclude(stream.head) { return .again(after: wait) }
        let history = state.history
        let origin = state.plan.origin
        let chunks = ResponseBody(coding: plan.core.configuration.json) {
            do throws(TransportFailure) {
                return try await stream.nextChunk()
            } catch let failure {
                guard failure.kind != .cancelled else { throw CancellationError() }
                throw TesseraError(failure, origin: origin, history: history)
            }
        }
        if !plan.expecting.includes(stream.head.status) {
            try state.checkStatus(stream.head, body: await problem(in: chunks, until: state.deadline, plan))
        }
        return .finished(try await body(Session.StreamedResponse(head: stream.head, body: chunks, history: history)))
    }
}
