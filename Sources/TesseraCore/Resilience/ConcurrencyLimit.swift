/// How many attempts to one origin may be under way at a time. The others wait their turn within their call's deadline.
///
/// Off by default. All calls of a session, and of those derived from it, count together.
public struct ConcurrencyLimit: Sendable, Hashable {
    /// The attempts under way.
    public var attempts: Int
    /// The most that wait; further ones end at once with ``TesseraError/Code/overloaded``.
    public var waiting: Int

    /// A limit of the given numbers.
    public init(attempts: Int, waiting: Int = 1000) {
        self.attempts = attempts
        self.waiting = waiting
    }
}

/// Who is under way and who waits at one origin, first come, first served. A value without continuations.
struct ConcurrencyQueue: Sendable, Equatable {
    enum Entry: Equatable {
        case go
        case wait
        case refuse
    }

    private(set) var running = 0
    private(set) var waiting: [UInt64] = []

    mutating func enter(_ id: UInt64, _ limit: ConcurrencyLimit) -> Entry {
        if running < max(1, limit.attempts), waiting.isEmpty {
            running += 1
            return .go
        }
        guard waiting.count < limit.waiting else { return .refuse }
        waiting.append(id)
        return .wait
    }

    /// Gives a place back.
    ///
    /// - Returns: Who gets it.
    mutating func leave() -> UInt64? {
        guard !waiting.isEmpty else {
            running = max(0, running - 1)
            return nil
        }
        return waiting.removeFirst()
    }

    /// - Returns: Whether it was still waiting.
    mutating func abandon(_ id: UInt64) -> Bool {
        guard let index = waiting.firstIndex(of: id) else { return false }
        waiting.remove(at: index)
        return true
    }
}
