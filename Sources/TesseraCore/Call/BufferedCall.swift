import HTTPTypes

/// A call whose answer is collected inside the loop and inside the total deadline: a cut body may be retried.
enum BufferedCall {
    static func run(_ plan: consuming CallPlan) async throws -> Session.Response {
        let core = plan.core
        var state = CallState(plan)
        while true {
            let request =
                if let begun = try state.begunAttempt() { begun } else { try await state.awaitedAttempt() }
            let reply: TransportReply
            do throws(TransportFailure) {
                if let hedging = core.configuration.hedging, state.mayHedge {
                    reply = try await state.send(request, hedging)
                } else {
                    reply = try await core.transport.send(consume request)
                }
            } catch let failure {
                try await state.pause(try state.conclude(failure))
                continue
            }
            if !state.delivers(reply.head), case .again(let wait) = try await state.verdict(on: reply.head) {
                try await state.pause(wait)
                continue
            }
            try state.checkStatus(reply.head, body: reply.body)
            return Session.Response(
                head: reply.head, status: state.status, body: reply.body, history: state.history,
                origin: state.plan.origin,
                target: state.plan.target, coding: core.configuration.json)
        }
    }
}
