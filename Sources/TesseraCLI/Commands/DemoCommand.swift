#if CLI
import ArgumentParser
import TesseraCore

/// `tessera demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a client that looks after itself, against a server on this machine.",
        discussion: """
            Starts the development server, obtains tokens that live two seconds, reads 1,000 items page by page while they \
            expire, meets failing, slow-down, cut and redirecting answers, and tells what happened and why. The \
            server's log is the referee: when it disagrees with the client's history, the demo fails.
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let report = try await Demo().run { if !json { Terminal.note($0) } }
        try Terminal.print(json ? report.json : report.table)
        guard report.flaws.isEmpty else {
            for flaw in report.flaws { Terminal.note("tessera: the demo went wrong: \(flaw)") }
            throw ExitStatus.failure
        }
    }
}
#endif
