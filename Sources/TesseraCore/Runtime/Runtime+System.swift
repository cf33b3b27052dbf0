extension Runtime {
    /// The clocks, randomness and tasks of the machine.
    public static let system: Runtime = {
        let start = ContinuousClock.now
        return Runtime(
            now: { MonotonicInstant(nanoseconds: start.duration(to: .now).clampedNanoseconds) },
            wallTime: { Platform.wallTime() },
            random: { UInt64.random(in: .min ... .max) },
            sleep: { instant in
                try await Task.sleep(until: start.advanced(by: .nanoseconds(instant.nanoseconds)), clock: .continuous)
            },
            spawn: { operation in
                let task = Task.detached { await operation() }
                return SpawnedTask { task.cancel() }
            }
        )
    }()
}
