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

private let systemRead = read

/// `tessera redact`.
struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Copy stdin to stdout with a tag in place of each secret.",
        discussion: """
            Replaces what looks like a secret: credentials in headers, JSON Web Tokens, cookies, passwords in URLs, secret \
            query items and named values, private keys, and the tokens of well-known issuers; and the secrets that --secret \
            names, also when they are percent-, JSON-, hex- or base64-encoded. The same secret has the same tag within one \
            run.

            A line is written when its end was read; part of a line never is, since it may hold part of a token. Bytes \
            that are no text pass unchanged.

            Examples:
              app 2>&1 | tessera redact
              tessera redact --secret env:API_TOKEN --secret file:/run/secrets/db --stats < old.log > clean.log
            """)

    @Option(
        help: ArgumentHelp(
            "Replace this secret too: env:NAME or file:PATH. Can be given several times.", valueName: "where"))
    var secret: [String] = []

    @Flag(help: "Say on stderr at the end how much was replaced.")
    var stats = false

    private static let chunk = 262_144

    func run() throws {
        let secrets = try secret.map { try SecretReference($0).load() }
        // Ctrl-C is for the program whose output this is; its last words are to be read still.
        if isatty(STDIN_FILENO) == 0 { signal(SIGINT, SIG_IGN) }
        var stream = RedactingStream(.process, patterns: PatternMatcher())
        var total = 0
        var buffer = [UInt8](repeating: 0, count: RedactCommand.chunk)
        while true {
            let got = systemRead(STDIN_FILENO, &buffer, buffer.count)
            if got < 0, errno == EINTR { continue }
            if got < 0, errno == EAGAIN {
                var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                poll(&wanted, 1, -1)
                continue
            }
            guard got >= 0 else {
                let failure = Terminal.OutputFailure(code: errno)
                try Terminal.write(stream.finish())
                throw TesseraError(.fileFailed, "stdin cannot be read: \(failure.text)")
            }
            guard got > 0 else { break }
            total += got
            try Terminal.write(stream.take(buffer[..<got]))
        }
        try Terminal.write(stream.finish())
        if stats { report(stream, total) }
        withExtendedLifetime(secrets) {}
    }

    private func report(_ stream: RedactingStream, _ total: Int) {
        let patterns = stream.patternCounts.sorted { $0.key.rawValue < $1.key.rawValue }
        let count = patterns.reduce(stream.secretCount) { $0 + $1.value }
        Terminal.note("\(total) bytes read, \(count) secrets replaced")
        if stream.secretCount > 0 { Terminal.note("  given by --secret: \(stream.secretCount)") }
        for (pattern, count) in patterns { Terminal.note("  \(pattern.rawValue): \(count)") }
    }
}
#endif
