import Dispatch
import Synchronization

/// Runs `body` in a task and blocks the calling thread, which must not be an event loop's.
package func waitForTask<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success
) throws -> Success {
    let outcome = Outcome<Success>()
    let done = DispatchSemaphore(value: 0)
    // Detached, so that the caller's isolation is not waited for by its own child.
    Task.detached {
        do {
            outcome.set(.success(try await body()))
        } catch {
            outcome.set(.failure(error))
        }
        done.signal()
    }
    done.wait()
    return try outcome.get()
}

private final class Outcome<Success: Sendable>: Sendable {
    private let result = Mutex<Result<Success, any Error>?>(nil)

    func set(_ value: Result<Success, any Error>) {
        result.withLock { $0 = value }
    }

    func get() throws -> Success {
        guard let value = result.withLock({ $0 }) else { throw CancellationError() }
        return try value.get()
    }
}
