extension Runtime {
    /// The clocks, randomness and tasks of the machine.
    public static let system = Runtime(
        now: { MonotonicInstant(nanoseconds: Platform.monotonicNanoseconds()) },
        wallTime: { Platform.wallTime() },
        random: { UInt64.random(in: .min ... .max) },
        sleep: { instant in
            let now = MonotonicInstant(nanoseconds: Platform.monotonicNanoseconds())
            try await Task.sleep(for: max(Duration.zero, now.duration(to: instant)), clock: .continuous)
        },
        spawn: { operation in
            let task = Task.detached { await operation() }
            return SpawnedTask { task.cancel() }
        }
    )
}
