#if CLI
import Synchronization

/// How often each key has failed so far, for endpoints that fail the first N times.
final class FailureCounters: Sendable {
    /// With more keys than this all are forgotten.
    private static let capacity = 10_000

    private let counts = Mutex<[String: Int]>([:])

    /// Whether this time is one of the first `times` for the key.
    func fails(_ key: String, times: Int) -> Bool {
        counts.withLock { counts in
            let count = counts[key] ?? 0
            guard count < times else { return false }
            if counts[key] == nil, counts.count >= Self.capacity { counts.removeAll() }
            counts[key] = count + 1
            return true
        }
    }
}

extension QueryItems {
    /// The bound of `times`.
    private static let timesRange = 0...1_000_000

    /// The item `times`, `nil` when it is not there.
    func times() throws(Problem) -> Int? {
        self["times"] == nil ? nil : try number("times", default: 0, in: Self.timesRange)
    }

    /// The item `key`, cut to a length worth keeping, behind a prefix that keeps endpoints apart.
    func key(for endpoint: String) -> String { endpoint + ":" + (self["key"] ?? "").prefix(256) }
}
#endif
