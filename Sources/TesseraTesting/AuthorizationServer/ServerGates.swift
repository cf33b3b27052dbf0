import Synchronization

/// Where exchanges wait until a test lets them go on.
final class ServerGates: Sendable {
    private struct State {
        var open: Set<String> = []
        var waiters: [String: [Mailbox<Void>]] = [:]
    }

    private let state = Mutex(State())

    func release(_ gate: String) {
        let waiters = state.withLock { state in
            state.open.insert(gate)
            return state.waiters.removeValue(forKey: gate) ?? []
        }
        for waiter in waiters { waiter.put(()) }
    }

    func isOpen(_ gate: String) -> Bool {
        state.withLock { $0.open.contains(gate) }
    }

    func wait(at gate: String) async {
        let mailbox = Mailbox<Void>()
        let isOpen = state.withLock { state in
            guard !state.open.contains(gate) else { return true }
            state.waiters[gate, default: []].append(mailbox)
            return false
        }
        if !isOpen { await mailbox.take() }
    }
}

/// Holds one value for one taker; of several that are put in, the first counts.
final class Mailbox<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, Never>)
        case full(Value)
        case taken
    }

    private let state = Mutex(State.empty)

    /// Whether the value is the first, so that it is, or will be, taken.
    @discardableResult
    func put(_ value: Value) -> Bool {
        let (isFirst, taker) = state.withLock { state -> (Bool, CheckedContinuation<Value, Never>?) in
            switch state {
            case .empty:
                state = .full(value)
                return (true, nil)
            case .waiting(let taker):
                state = .taken
                return (true, taker)
            case .full, .taken:
                return (false, nil)
            }
        }
        taker?.resume(returning: value)
        return isFirst
    }

    func take() async -> Value {
        await withCheckedContinuation { taker in
            let value = state.withLock { state -> Value? in
                guard case .full(let value) = state else {
                    state = .waiting(taker)
                    return nil
                }
                state = .taken
                return value
            }
            if let value { taker.resume(returning: value) }
        }
    }
}
