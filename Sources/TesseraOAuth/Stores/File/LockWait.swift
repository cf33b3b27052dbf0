#if OAuth
import TesseraCore

/// Asks for a lock again and again, at growing random intervals: waiting in the kernel would keep a thread that all
/// tasks share, and a lock of the kernel tells nobody that it has become free.
struct LockWait {
    /// The longest pause between two attempts.
    static let longestPause: Int64 = 50_000_000
    private static let shortestPause: Int64 = 1_000_000

    private let runtime: Runtime

    init(_ runtime: Runtime) {
        self.runtime = runtime
    }

    /// What the first successful attempt gives; nil when `deadline` passed first.
    func first<Result>(
        until deadline: MonotonicInstant, _ attempt: () async throws -> Result?
    ) async throws -> Result? {
        var pause = LockWait.shortestPause
        while true {
            // Before the check: what need not wait is not given up.
            if let result = try await attempt() { return result }
            try Task.checkCancellation()
            let now = runtime.now()
            guard now < deadline else { return nil }
            // Half of the pause to one and a half.
            let random = Int64(truncatingIfNeeded: runtime.random() % UInt64(pause))
            try await runtime.sleep(min(deadline, now.advanced(by: .nanoseconds(pause / 2 + random))))
            pause = min(LockWait.longestPause, pause * 2)
        }
    }
}
#endif
