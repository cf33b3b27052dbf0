/// A synchronous `main`: under valgrind an asynchronous one crashes at exit.
@main
struct BenchClient {
    static func main() {
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            let mode = try arguments.mode.init(arguments.plan)
            let report = try Measurement.run(mode, arguments)
            print(report.json)
            try mode.shutdown()
        } catch {
            exitWithError(error)
        }
    }
}
