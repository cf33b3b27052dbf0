#if OAuth
import Synchronization
import TesseraCore

/// Waiting for a flight, each for itself.
extension RefreshingTokenSource {
    /// Waits for the flight under way, at most until the asker's own deadline.
    func wait(for flight: FlightID, _ use: TokenUse) async throws -> AccessToken {
        let id = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        // A flight ends by itself in time, so most askers need no alarm of their own.
        let latestEnd = use.runtime.now().advanced(by: settings.longestFetch)
        let alarm =
            use.deadline >= latestEnd
            ? nil
            : use.runtime.spawn { [weak self] in
                guard (try? await use.runtime.sleep(use.deadline)) != nil else { return }
                self?.leave(
                    id, .deadline,
                    TesseraError(.timeout, "the call's time was over while it waited for a token"))
            }
        defer { alarm?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let now = use.runtime.now()
                let result: Result<AccessToken, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let outcome = state.machine.outcome(now: now) { return outcome.mapError { $0 } }
                    state.waiters[id] = waiter
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            leave(id, .cancelled, CancellationError())
        }
    }

    private func leave(_ id: UInt64, _ departure: TokenEvent.Departure, _ error: any Error) {
        guard let waiter = state.withLock({ $0.waiters.removeValue(forKey: id) }) else { return }
        report(.left(departure))
        waiter.resume(throwing: error)
    }
}
#endif
