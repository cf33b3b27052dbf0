/// Everything a call takes from outside itself: two clocks, randomness, waiting and spawning.
///
/// The system's own is ``system``; tests replace the whole value (`withVirtualTime` of TesseraTesting), which is why
/// spawning is here too: a task that escapes the runtime would make virtual time a guess (invariant 10).
public struct Runtime: Sendable {
    /// One reference: a runtime is copied several times a request, and five closures would be counted each time.
    private var parts: Parts

    private final class Parts: Sendable {
        let now: @Sendable () -> MonotonicInstant
        let wallTime: @Sendable () -> Timestamp
        let random: @Sendable () -> UInt64
        let sleep: @Sendable (_ until: MonotonicInstant) async throws -> Void
        let spawn: @Sendable (_ operation: @escaping @Sendable () async -> Void) -> SpawnedTask

        init(
            now: @escaping @Sendable () -> MonotonicInstant, wallTime: @escaping @Sendable () -> Timestamp,
            random: @escaping @Sendable () -> UInt64,
            sleep: @escaping @Sendable (_ until: MonotonicInstant) async throws -> Void,
            spawn: @escaping @Sendable (_ operation: @escaping @Sendable () async -> Void) -> SpawnedTask
        ) {
            self.now = now
            self.wallTime = wallTime
            self.random = random
            self.sleep = sleep
            self.spawn = spawn
        }
    }

    /// A runtime of the given parts.
    public init(
        now: @escaping @Sendable () -> MonotonicInstant,
        wallTime: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (_ until: MonotonicInstant) async throws -> Void,
        spawn: @escaping @Sendable (_ operation: @escaping @Sendable () async -> Void) -> SpawnedTask
    ) {
        parts = Parts(now: now, wallTime: wallTime, random: random, sleep: sleep, spawn: spawn)
    }

    /// The monotonic clock, for deadlines and waits.
    public var now: @Sendable () -> MonotonicInstant {
        get { parts.now }
        set { self = Runtime(now: newValue, wallTime: wallTime, random: random, sleep: sleep, spawn: spawn) }
    }

    /// The wall clock, for HTTP dates.
    public var wallTime: @Sendable () -> Timestamp {
        get { parts.wallTime }
        set { self = Runtime(now: now, wallTime: newValue, random: random, sleep: sleep, spawn: spawn) }
    }

    /// Sixty-four random bits, for jitter and keys.
    public var random: @Sendable () -> UInt64 {
        get { parts.random }
        set { self = Runtime(now: now, wallTime: wallTime, random: newValue, sleep: sleep, spawn: spawn) }
    }

    /// Waits until the given instant; throws `CancellationError` when the task is cancelled.
    public var sleep: @Sendable (_ until: MonotonicInstant) async throws -> Void {
        get { parts.sleep }
        set { self = Runtime(now: now, wallTime: wallTime, random: random, sleep: newValue, spawn: spawn) }
    }

    /// Runs an operation that belongs to no caller: it inherits no deadline, trace, priority or cancellation.
    public var spawn: @Sendable (_ operation: @escaping @Sendable () async -> Void) -> SpawnedTask {
        get { parts.spawn }
        set { self = Runtime(now: now, wallTime: wallTime, random: random, sleep: sleep, spawn: newValue) }
    }

    /// The runtime that sessions and token sources made in this task start with.
    @TaskLocal public static var current: Runtime = .system
}

/// A handle on work started with ``Runtime/spawn``.
public struct SpawnedTask: Sendable {
    private let onCancel: @Sendable () -> Void

    /// A handle whose ``cancel()`` calls `onCancel`.
    public init(onCancel: @escaping @Sendable () -> Void) {
        self.onCancel = onCancel
    }

    /// Asks the work to stop; it may have finished already.
    public func cancel() {
        onCancel()
    }
}
