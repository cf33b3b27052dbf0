#if CLI
import ArgumentParser
import TesseraCore
import TesseraDevServer

/// `tessera server`.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Run a development authorization server and demo API on this machine.",
        discussion: """
            Listens on two loopback ports (two origins) and answers no other host. Prints its access log to stdout, one \
            JSON object a line. For development only: it has one client with a random secret, and forgets all at its end.

            Example:
              tessera server --port 8080
            """)

    @Option(help: "The port of the first origin; 0 for a free one.")
    var port = 0

    @Option(help: "The port of the second origin; 0 for a free one.")
    var secondPort = 0

    @Option(help: ArgumentHelp("How long access tokens live.", valueName: "seconds"))
    var tokenLifetime = 3600

    @Option(help: "How many users the demo API has.")
    var users = 1000

    func validate() throws {
        guard (0...65_535).contains(port), (0...65_535).contains(secondPort) else {
            throw ValidationError("a port is a number from 0 to 65535")
        }
        guard (1...31_536_000).contains(tokenLifetime) else {
            throw ValidationError("--token-lifetime is a number from 1 to 31536000")
        }
        guard (0...1_000_000).contains(users) else { throw ValidationError("--users is a number from 0 to 1000000") }
    }

    func run() async throws {
        var configuration = DevelopmentServer.Configuration(
            port: port, secondPort: secondPort, tokenLifetime: tokenLifetime, users: users)
        configuration.accessLogSink = { try? Terminal.print($0.jsonLine) }
        do {
            try await DevelopmentServer(configuration).withRunning { server in
                Terminal.note("authorization server and demo API: \(server.primaryURL)")
                Terminal.note("second origin:                     \(server.secondURL)")
                for (id, secret) in server.configuration.clients.sorted(by: { $0.key < $1.key }) {
                    Terminal.note("client for development only:       id \(id), secret \(secret)")
                }
                Terminal.note("stop with Ctrl-C")
                try await Task.sleep(for: .seconds(31_536_000))
            }
        } catch let error as DevelopmentServerError {
            Terminal.note("tessera: \(error)")
            throw ExitStatus.unavailable
        }
    }
}
#endif
