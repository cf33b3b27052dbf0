enum Measurement {
    static func run(_ mode: any Mode, _ arguments: Arguments) throws -> Report {
        let badWhileWarmingUp = try mode.run(arguments.warmUp)

        let clock = ContinuousClock()
        let before = ProcessUsage.now()
        let start = clock.now
        let bad = try mode.run(arguments.requests)
        let wall = clock.now - start
        let after = ProcessUsage.now()

        return Report(
            mode: type(of: mode).name,
            requests: arguments.requests,
            concurrency: arguments.plan.concurrency,
            cpuSeconds: after.cpuSeconds - before.cpuSeconds,
            contextSwitches: after.contextSwitches - before.contextSwitches,
            wallSeconds: wall / .seconds(1),
            maxRSSKilobytes: PeakMemory.kilobytes(),
            bad: bad + badWhileWarmingUp
        )
    }
}
