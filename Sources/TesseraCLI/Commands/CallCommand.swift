#if CLI
import ArgumentParser
import HTTPTypes
import Tessera

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// `tessera call [METHOD] URL`.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Send one request and print the answer's body.",
        usage: "tessera call [METHOD] URL [--auth env:NAME] [options]",
        discussion: """
            The credential goes to the URL's origin only, never along a redirect to another one, and never without TLS \
            except to this machine. GET, HEAD, PUT, DELETE and OPTIONS are repeated after failures that pass.

            Examples:
              tessera call https://api.github.com/user --auth env:GITHUB_TOKEN
              tessera call POST https://api.example.com/projects --auth env:TOKEN --json '{"name":"Apollo"}'
              tessera call https://api.example.com/me --auth env:KEY --auth-header X-Api-Key --print-curl
            """)

    @Argument(help: "The method (GET if left out) and the URL.")
    var request: [String] = []

    @Option(help: ArgumentHelp("A bearer token from an environment variable.", valueName: "env:NAME"))
    var auth: String?

    @Option(help: ArgumentHelp("Send the credential in this header instead of Authorization.", valueName: "name"))
    var authHeader: String?

    @Option(
        name: [.customShort("H"), .long], help: ArgumentHelp("A header field; may repeat.", valueName: "name: value"))
    var header: [String] = []

    @Option(help: ArgumentHelp("A JSON body; @file reads a file, @- standard input.", valueName: "json"))
    var json: String?

    @Option(help: ArgumentHelp("A form field of the body; may repeat.", valueName: "name=value"))
    var form: [String] = []

    @Option(help: ArgumentHelp("How often a failed request is repeated.", valueName: "n"))
    var retry: Int = 2

    @Option(help: ArgumentHelp("When the whole call must be over.", valueName: "seconds"))
    var timeout: Int = 60

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write the body to a file.", valueName: "file"))
    var output: String?

    @Flag(name: [.customShort("i"), .long], help: "Print the answer's status and header fields before its body.")
    var include = false

    @Flag(help: "Exit with 0 whatever the answer's status.")
    var noFail = false

    @Flag(help: "Print the request without secrets, and send nothing.")
    var dryRun = false

    @Flag(help: "Print a curl command that does the same and holds no secret, and send nothing.")
    var printCurl = false

    @Flag(name: [.short, .long], help: "Tell every attempt and decision on stderr.")
    var verbose = false

    func run() async throws {
        let call = try CallArguments(self)
        let auth = try auth.map { try CredentialReference($0) }
        let session = try Session(call.url.origin.description, auth: try auth?.authenticator(header: authHeader)) {
            $0.retry.attempts = retry + 1
            $0.timeouts.total = .seconds(timeout)
            $0.timeouts.attempt = min($0.timeouts.attempt, .seconds(timeout))
            if writesFile { $0.limits.bodyBytes = CallCommand.largestFile }
        }
        if dryRun || printCurl {
            let preview = try RequestPreview(session.preview(call.request), call, auth: auth, authHeader: authHeader)
            if dryRun { try Terminal.print(preview.request) }
            if printCurl { try Terminal.print(preview.curl) }
            return
        }
        do {
            // On the connection's own thread, so that no other one has to be woken for the answer.
            let response = try await withTaskExecutorPreference(session.transport.taskExecutor) {
                try await session.send(call.request)
            }
            if verbose { Terminal.note(response.history.description) }
            try write(response)
            if !noFail, let status = ExitStatus(status: response.status.code) {
                let wait = response.headerFields[.retryAfter].map {
                    "; Retry-After: \(PrintableText.redactedLine($0, limit: 40))"
                }
                Terminal.note("tessera: the server answered with status \(response.status.code)\(wait ?? "")")
                throw status
            }
        } catch let error as TesseraError {
            if verbose { Terminal.note(error.history.description) }
            throw error
        }
    }

    func validate() throws {
        guard (0...20).contains(retry) else { throw ValidationError("--retry is a number from 0 to 20") }
        guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout is a number from 1 to 86400") }
        guard (1...2).contains(request.count) else { throw ValidationError("give a URL, or a method and a URL") }
        guard json == nil || form.isEmpty else { throw ValidationError("give either --json or --form") }
        _ = try auth.map { try CredentialReference($0) }
        guard authHeader == nil || auth != nil else { throw ValidationError("--auth-header needs --auth") }
    }

    /// The longest answer that is written to a file, in bytes; it is held in memory first.
    private static let largestFile = 1 << 30

    private var writesFile: Bool { output.map { $0 != "-" } ?? false }

    private func write(_ response: Session.Response) throws {
        if include {
            var head = "HTTP \(response.status.code)\n"
            for field in response.headerFields { head += "\(field.name.rawName): \(field.value)\n" }
            try Terminal.print(Terminal.safe(head))
        }
        if let output, output != "-" {
            try OutputFile.write(response.body, to: output)
            return
        }
        guard Terminal.isOutputTerminal else {
            try Terminal.write(response.body)
            return
        }
        guard !response.body.contains(0) else {
            Terminal.note("tessera: the body is binary and was not printed; use -o FILE")
            return
        }
        let text = Terminal.safe(response.text)
        try Terminal.write(text.utf8)
        if !text.hasSuffix("\n") { try Terminal.print("") }
    }
}
#endif
