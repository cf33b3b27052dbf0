enum Measurement {
    static func run(_ mode: any Mode, _ arguments: Arguments) throws -> Report {
        let badWhileWarmingUp = try mode.run(arguments.warmUp)

        let clock = ContinuousClock()
        let before = ProcessUsage.now()
        let start = clock.now
        var bad = 0
        var parts: [Report.Part] = []
        for share in shares(of: arguments.requests, among: arguments.parts) {
            let earlier = ProcessUsage.now()
            bad += try mode.run(share)
            guard arguments.parts > 1 else { continue }
            let later = ProcessUsage.now()
            parts.append(
                Report.Part(
                    requests: share, cpuSeconds: later.cpuSeconds - earlier.cpuSeconds,
                    rssKilobytes: ResidentMemory.kilobytes()))
        }
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
            privateKilobytes: ResidentMemory.privateKilobytes(),
            bad: bad + badWhileWarmingUp,
            parts: parts
        )
    }
}
