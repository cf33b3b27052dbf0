#if OAuth
import Synchronization

/// Runs operations of one key one after another, in the order of their coming; those of different keys side by side.
///
/// For what several flights share although their keys differ: two resources of one refresh token.
final class KeyedSerialQueue<Key: Hashable & Sendable>: Sendable {
    private typealias Turn = CheckedContinuation<Void, any Error>

    private struct Line {
        var waiting: [(id: UInt64, turn: Turn)] = []
    }

    private struct State {
        var lines: [Key: Line] = [:]
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    init() {}

    /// The keys that have an operation under way.
    var count: Int { state.withLock { $0.lines.count } }

    /// Runs `operation` when all that came before it for `key` have ended.
    ///
    /// - Throws: What the operation throws; `CancellationError` when the task is cancelled while it waits its turn.
    func run<Result: Sendable>(_ key: Key, _ operation: () async throws -> Result) async throws -> Result {
        try await enter(key)
        defer { leave(key) }
        return try await operation()
    }

    private func enter(_ key: Key) async throws {
        let id = state.withLock { state in
            state.lastID &+= 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: Turn) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.lines[key] != nil else {
                        state.lines[key] = Line()
                        return .success(())
                    }
                    state.lines[key]?.waiting.append((id, turn))
                    return nil
                }
                if let result { turn.resume(with: result) }
            }
        } onCancel: {
            let turn = state.withLock { state -> Turn? in
                guard let index = state.lines[key]?.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.lines[key]?.waiting.remove(at: index).turn
            }
            turn?.resume(throwing: CancellationError())
        }
    }

    private func leave(_ key: Key) {
        let next = state.withLock { state -> Turn? in
            guard let line = state.lines[key], !line.waiting.isEmpty else {
                state.lines[key] = nil
                return nil
            }
            return state.lines[key]?.waiting.removeFirst().turn
        }
        next?.resume()
    }
}
#endif
