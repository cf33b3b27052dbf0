public import TesseraCore

/// A clock that moves only when told to, with everything that runs by it.
///
/// Tasks run one at a time, in order, on an executor of their own; waiting costs no time. An hour of retries passes in
/// a few milliseconds and the same way each time.
///
/// ```swift
/// try await withVirtualTime { time in
///     let api = try Session("https://api.test", transport: server)
///     async let answer = api.get("/slow")
///     await time.advanceUntilIdle()
///     print(try await answer.status)
/// }
/// ```
///
/// What leaves the executor (real I/O, an actor with an executor of its own, `Task.detached`, a `@MainActor` test) is
/// not waited for.
public struct VirtualTime: Sendable {
    let executor: VirtualExecutor

    /// The time now.
    public var now: MonotonicInstant { executor.now }

    /// The time since the start.
    public var elapsed: Duration { MonotonicInstant(nanoseconds: 0).duration(to: now) }

    /// A runtime on this clock; `withVirtualTime` makes it ``TesseraCore/Runtime/current``.
    public var runtime: Runtime { executor.runtime }

    /// Runs everything that can run without the clock moving.
    public func settle() async {
        await executor.run(until: .now)
    }

    /// Moves the clock by `duration`; what falls due on the way runs at its own time.
    public func advance(by duration: Duration) async {
        await executor.run(until: .instant(now.advanced(by: duration)))
    }

    /// Moves the clock from one due time to the next until nothing waits for it any more.
    public func advanceUntilIdle() async {
        await executor.run(until: .idle)
    }
}

/// Runs `body` in virtual time: sessions and token sources made inside take their clocks, randomness, waits and tasks
/// from it.
///
/// - Parameters:
///   - seed: Of the randomness; the same seed gives the same jitter.
///   - wallTime: What the wall clock shows at the start; by default 2026-01-01T00:00:00Z.
public func withVirtualTime<Result>(
    seed: UInt64 = 1, wallTime: Timestamp = Timestamp(secondsSinceEpoch: 1_767_225_600),
    _ body: (VirtualTime) async throws -> Result
) async throws -> Result {
    let time = VirtualTime(executor: VirtualExecutor(seed: seed, wallTime: wallTime))
    return try await withTaskExecutorPreference(time.executor) {
        try await Runtime.$current.withValue(time.runtime) {
            try await body(time)
        }
    }
}

extension VirtualTime {
    /// Runs an operation to its end, moving the clock as often as it waits.
    ///
    /// ```swift
    /// let answer = try await time.run { try await api.get("/slow") }
    /// ```
    public func run<Result: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task(executorPreference: executor) { try await operation() }
        await advanceUntilIdle()
        return try await task.value
    }

    /// The executor, for unstructured tasks of a test: `Task(executorPreference: time.taskExecutor) { … }`. They do not
    /// inherit it by themselves.
    public var taskExecutor: any TaskExecutor { executor }
}
