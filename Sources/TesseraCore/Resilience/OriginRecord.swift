import Synchronization

/// What a session and those derived from it know about the origins they talk to.
final class OriginRecords: Sendable {
    /// Redirects and absolute targets let peers and users name origins, so their number is bounded.
    private static let most = 1024

    private let records = Mutex<[Origin: OriginRecord]>([:])

    func record(of origin: Origin) -> OriginRecord {
        records.withLock { records in
            if let known = records[origin] { return known }
            if records.count >= OriginRecords.most, let any = records.keys.first { records[any] = nil }
            let record = OriginRecord()
            records[origin] = record
            return record
        }
    }
}

/// What is known about one origin, shared by all tasks: its retry budget, its breaker, who waits for it, and the limits
/// that it announced.
final class OriginRecord: Sendable {
    struct State: Sendable {
        var budget: RetryBudgetState?
        var breaker: CircuitBreakerStateMachine?
        var queue = ConcurrencyQueue()
        var turns: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        /// Given up before they had begun to wait.
        var abandoned: Set<UInt64> = []
        var ids: UInt64 = 0
        var rates = RateLimitBook()
    }

    let state = Mutex(State())

    func withdraw(_ cost: Int, _ budget: RetryBudget, now: MonotonicInstant) -> Bool {
        change(budget, now) { $0.withdraw(cost, budget, now: now) }
    }

    func failed(_ budget: RetryBudget, now: MonotonicInstant) {
        change(budget, now) { $0.failed(budget, now: now) }
    }

    func succeeded(returning cost: Int?, _ budget: RetryBudget, now: MonotonicInstant) {
        change(budget, now) { $0.succeeded(returning: cost, budget, now: now) }
    }

    private func change<Result>(
        _ budget: RetryBudget, _ now: MonotonicInstant, _ body: (inout RetryBudgetState) -> Result
    ) -> Result {
        state.withLock { state in
            var bucket = state.budget ?? RetryBudgetState(budget, now: now)
            defer { state.budget = bucket }
            return body(&bucket)
        }
    }

    func admit(_ breaker: CircuitBreaker, now: MonotonicInstant) -> CircuitBreakerStateMachine.Admission {
        state.withLock { state in
            var machine = state.breaker ?? CircuitBreakerStateMachine(now: now)
            defer { state.breaker = machine }
            return machine.admit(breaker, now: now)
        }
    }
}
