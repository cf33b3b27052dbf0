import Synchronization

extension OriginRecord {
    enum Turn {
        case taken
        case full
        case late
    }

    /// Waits for a place among the attempts under way, at most until `deadline`.
    ///
    /// - Throws: `CancellationError`.
    func takeTurn(_ limit: ConcurrencyLimit, until deadline: MonotonicInstant, _ runtime: Runtime) async throws -> Turn
    {
        let (id, entry) = state.withLock { state in
            state.ids &+= 1
            return (state.ids, state.queue.enter(state.ids, limit))
        }
        switch entry {
        case .go: return .taken
        case .refuse: return .full
        case .wait: break
        }
        let alarm = runtime.spawn {
            try? await runtime.sleep(deadline)
            self.abandon(id)
        }
        defer {
            alarm.cancel()
            state.withLock { _ = $0.abandoned.remove(id) }
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Between entering the queue and here the place may have come, or the wait may have been given up.
                let answer = state.withLock { state -> Bool? in
                    if state.abandoned.contains(id) { return false }
                    if !state.queue.waiting.contains(id) { return true }
                    state.turns[id] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            abandon(id)
        }
        if isTaken { return .taken }
        try Task.checkCancellation()
        return .late
    }

    /// Takes a place only if one is free.
    func takeFreeTurn(_ limit: ConcurrencyLimit) -> Bool {
        var limit = limit
        limit.waiting = 0
        return state.withLock { state in
            state.ids &+= 1
            return state.queue.enter(state.ids, limit) == .go
        }
    }

    func giveTurnBack() {
        let next = state.withLock { state in state.queue.leave().flatMap { state.turns.removeValue(forKey: $0) } }
        next?.resume(returning: true)
    }

    private func abandon(_ id: UInt64) {
        let turn = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.queue.abandon(id) else { return nil }
            guard let turn = state.turns.removeValue(forKey: id) else {
                state.abandoned.insert(id)
                return nil
            }
            return turn
        }
        turn?.resume(returning: false)
    }
}
