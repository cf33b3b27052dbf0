import HTTPTypes

extension CallState {
    private enum Event: Sendable {
        case first(Result<TransportReply, TransportFailure>)
        case second(Result<TransportReply, TransportFailure>)
        case alarm
    }

    /// Only methods that change nothing (RFC 9110 §9.2.1) are sent twice on the mere suspicion that they are slow.
    var mayHedge: Bool {
        let safe: Set<HTTPRequest.Method> = [.get, .head, .options, .trace]
        return plan.isReplayable && safe.contains(plan.method)
    }

    /// Sends the attempt, and a second one beside it when it is slow; the first answer counts.
    mutating func send(_ request: TransportRequest, _ hedging: Hedging) async throws(TransportFailure) -> TransportReply
    {
        let transport = plan.core.transport
        let runtime = runtime
        let due = runtime.now().advanced(by: hedging.after)
        var second: (number: Int, started: MonotonicInstant, passage: Passage?)?
        let winner = await withTaskGroup(of: Event.self) { group -> Event in
            group.addTask { .first(await CallState.outcome(transport, request)) }
            group.addTask {
                try? await runtime.sleep(due)
                return .alarm
            }
            defer { group.cancelAll() }
            var failed: Event?
            while let event = await group.next() {
                switch event {
                case .alarm:
                    guard failed == nil, second == nil, !Task.isCancelled, let beside = passageBeside() else {
                        continue
                    }
                    let other = anotherRequest(request)
                    second = (machine.attempt, runtime.now(), beside.passage)
                    group.addTask { .second(await CallState.outcome(transport, other)) }
                case .first(.failure), .second(.failure):
                    // The other may still be answered; without one there is nothing to wait for.
                    if second == nil || failed != nil { return failed ?? event }
                    failed = event
                case .first(.success), .second(.success): return event
                }
            }
            return failed ?? .alarm
        }
        return try settled(winner, second)
    }

    private mutating func settled(
        _ winner: Event, _ second: (number: Int, started: MonotonicInstant, passage: Passage?)?
    ) throws(TransportFailure) -> TransportReply {
        let result: Result<TransportReply, TransportFailure>
        switch winner {
        case .first(let first):
            if let second { record(nil, .superseded, number: second.number) }
            result = first
        case .second(let other):
            record(nil, .superseded)
            if let second {
                attemptNumber = second.number
                attemptStarted = second.started
                passage = second.passage
            }
            result = other
        case .alarm:
            throw TransportFailure(
                .cancelled, phase: .head, progress: .sent(bytes: nil), message: "the request ended without an answer")
        }
        return try result.get()
    }

    private static func outcome(
        _ transport: any Transport, _ request: TransportRequest
    ) async -> Result<TransportReply, TransportFailure> {
        do throws(TransportFailure) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// The right to a second request, paid for by the retry budget; nil when there is none to be had at once.
    private func passageBeside() -> (passage: Passage?, Void)? {
        let configuration = plan.core.configuration
        if let budget = configuration.retry.budget {
            let record = plan.core.records.record(of: plan.origin)
            guard record.withdraw(budget.cost, budget, now: runtime.now()) else { return nil }
        }
        guard let passage else { return (nil, ()) }
        return passage.beside(plan.origin).map { ($0, ()) }
    }

    private mutating func anotherRequest(_ request: TransportRequest) -> TransportRequest {
        machine.hedged()
        var other = request
        let first = sentHead
        sentHead = CallState.head(plan)
        let observers = plan.core.configuration.observers
        if !observers.isEmpty { askObservers(observers) }
        for name in request.sealed.names { sentHead.fields[name] = nil }
        other.requestHead = sentHead
        sentHead = first
        return other
    }
}
