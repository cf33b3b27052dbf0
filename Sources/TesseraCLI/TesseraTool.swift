#if CLI
import ArgumentParser
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The command `tessera`.
struct TesseraTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tessera",
        abstract: "Authenticated HTTP: call APIs with credentials that stay where they belong.",
        discussion: """
            Examples:
              tessera call https://api.github.com/user --auth env:GITHUB_TOKEN
              tessera scan .
              tessera demo
              app 2>&1 | tessera redact

            Results go to stdout, everything else to stderr. Exit codes: 0 success, 3/4/5 the server's status, 10 secrets found, \
            64 usage, 65 data, 69 unreachable, 74 input/output, 75 try again, 77 no usable credential, 78 configuration.
            """,
        version: "0.1.0",
        subcommands: [
            CallCommand.self, ExplainCommand.self, DemoCommand.self, ServerCommand.self, RedactCommand.self,
            ScanCommand.self,
        ])
}

/// Where the executable begins.
public enum TesseraCommandLine {
    /// Parses the arguments, runs the command and ends the process with its exit code.
    public static func main() async {
        StandardStreams.open()
        ProcessHardening.apply()
        // A closed pipe is reported by write(2), and handled there.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try TesseraTool.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let status as ExitStatus {
            exit(status.rawValue)
        } catch let error as TesseraError {
            report(error)
            exit(ExitStatus(error.code).rawValue)
        } catch let failure as Terminal.OutputFailure {
            Terminal.note("tessera: the output could not be written: \(failure.text)")
            exit(ExitStatus.inputOutput.rawValue)
        } catch is CancellationError {
            exit(ExitStatus.interrupted.rawValue)
        } catch {
            TesseraTool.exit(withError: error)
        }
    }

    static func report(_ error: TesseraError) {
        Terminal.note("tessera: \(error.message)")
        if let detail = error.problem?.detail ?? error.problem?.title { Terminal.note("the server says: \(detail)") }
        if let hint = CommandHint.of(error) { Terminal.note("hint: \(hint)") }
    }
}
#else
/// Where the executable begins.
public enum TesseraCommandLine {
    /// Says that the command was left out of this build.
    public static func main() async {
        print("tessera: this build has no commands; build with the trait CLI: swift build --traits CLI")
    }
}
#endif
