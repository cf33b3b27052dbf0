#if CLI
import Synchronization

/// Requests counted per key in windows of fixed length.
final class RateWindows: Sendable {
    struct Usage: Sendable {
        var isAllowed: Bool
        var remaining: Int
        /// Whole seconds until the window ends, at least one.
        var reset: Int
    }

    private struct Window {
        var end: ContinuousClock.Instant
        var count: Int
    }

    /// With more keys than this all are forgotten.
    private static let capacity = 10_000

    private let windows = Mutex<[String: Window]>([:])

    /// Counts one request; `window` in seconds.
    func use(_ key: String, limit: Int, window: Int) -> Usage {
        let now = ContinuousClock.now
        return windows.withLock { windows in
            if windows[key] == nil, windows.count >= Self.capacity { windows.removeAll() }
            var current = windows[key] ?? Window(end: now, count: 0)
            if current.end <= now { current = Window(end: now.advanced(by: .seconds(window)), count: 0) }
            let isAllowed = current.count < limit
            if isAllowed { current.count += 1 }
            windows[key] = current
            return Usage(
                isAllowed: isAllowed,
                remaining: max(0, limit - current.count),
                reset: Self.seconds(until: current.end, from: now))
        }
    }

    private static func seconds(until end: ContinuousClock.Instant, from now: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = now.duration(to: end).components
        // Rounded up: who waits that long is surely allowed.
        return max(1, Int(clamping: seconds) + (attoseconds > 0 ? 1 : 0))
    }
}
#endif
