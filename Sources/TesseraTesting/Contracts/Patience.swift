import Synchronization

/// Waits for an operation no longer than a given time, whether or not it can be cancelled.
///
/// A task group cannot do that: it waits for its children. A transport that hangs must fail its check and not the
/// whole run, so the operation is a task of its own that is left behind when the time is up.
enum Patience {
    static func wait(_ duration: Duration, for operation: @escaping @Sendable () async throws -> Void) async throws {
        let race = Race()
        let task = Task {
            do {
                try await operation()
                race.end(.success(()))
            } catch {
                race.end(.failure(error))
            }
        }
        let timer = Task {
            try await Task.sleep(for: duration)
            task.cancel()
            race.end(.failure(ContractViolation(expected: "an end within \(duration)", seen: "none")))
        }
        defer { timer.cancel() }
        try await race.result()
    }

    private final class Race: Sendable {
        private enum State {
            case running
            case awaited(CheckedContinuation<Void, any Error>)
            case ended(Result<Void, any Error>)
        }

        private let state = Mutex(State.running)

        func end(_ result: Result<Void, any Error>) {
            let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                switch state {
                case .running:
                    state = .ended(result)
                    return nil
                case .awaited(let waiter):
                    state = .ended(result)
                    return waiter
                case .ended:
                    return nil
                }
            }
            waiter?.resume(with: result)
        }

        func result() async throws {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if case .ended(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}
