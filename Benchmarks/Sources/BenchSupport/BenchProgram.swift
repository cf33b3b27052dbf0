/// What every program of the benchmarks does: one mode, one line of JSON.
package enum BenchProgram {
    package static func run(_ modes: [any Mode.Type]) {
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst(), modes: modes)
            let mode = try arguments.mode.init(arguments.plan)
            let report = try Measurement.run(mode, arguments)
            print(report.json)
            try mode.shutdown()
        } catch {
            exitWithError(error)
        }
    }
}
