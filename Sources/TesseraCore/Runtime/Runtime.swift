/// Everything a call takes from outside itself: two clocks, randomness, waiting and spawning.
///
/// The system's own is ``system``; tests replace the whole value (`withVirtualTime` of TesseraTesting), which is why
/// spawning is here too: a task that escapes the runtime would make virtual time a guess (invariant 10).
public struct Runtime: Sendable {
    /// The monotonic clock, for deadlines and waits.
    public var now: @Sendable () -> MonotonicInstant
    /// The wall clock, for HTTP dates.
    public var wallTime: @Sendable () -> Timestamp
    /// Sixty-four random bits, for jitter and keys.
    public var random: @Sendable () -> UInt64
    /// Waits until the given instant; throws `CancellationError` when the task is cancelled.
    public var sleep: @Sendable (_ until: MonotonicInstant) async throws -> Void
    /// Runs an operation that belongs to no caller: it inherits no deadline, trace, priority or cancellation.
    public var spawn: @Sendable (_ operation: @escaping @Sendable () async -> Void) -> SpawnedTask

    /// A runtime of the given parts.
    public init(
        now: @escaping @Sendable () -> MonotonicInstant,
        wallTime: @escaping @Sendable () -> Timestamp,
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
