import TesseraCore

/// Tasks that wait for the virtual clock, in the order of their due times, then of falling asleep.
struct Sleepers {
    private struct Entry {
        var due: MonotonicInstant
        var id: UInt64
    }

    /// The earliest last. Entries of tasks that were cancelled stay until they come up.
    private var order: [Entry] = []
    private var continuations: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    private var lastID: UInt64 = 0

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func insert(_ id: UInt64, due: MonotonicInstant, _ continuation: CheckedContinuation<Void, any Error>) {
        continuations[id] = continuation
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            let other = order[middle]
            if other.due > due || (other.due == due && other.id > id) { low = middle + 1 } else { high = middle }
        }
        order.insert(Entry(due: due, id: id), at: low)
    }

    mutating func remove(_ id: UInt64) -> CheckedContinuation<Void, any Error>? {
        continuations.removeValue(forKey: id)
    }

    /// The next task that is due at `limit` or before.
    mutating func popFirst(
        until limit: MonotonicInstant
    ) -> (due: MonotonicInstant, continuation: CheckedContinuation<Void, any Error>)? {
        while let entry = order.last {
            guard let continuation = continuations[entry.id] else {
                order.removeLast()
                continue
            }
            guard entry.due <= limit else { return nil }
            order.removeLast()
            continuations[entry.id] = nil
            return (entry.due, continuation)
        }
        return nil
    }
}
