#if CLI
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The three streams: stdout is for results, stderr for everything else.
enum Terminal {
    static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes bytes as they are. A closed pipe ends the program as if it had finished: `tessera … | head` is no error.
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32 = STDOUT_FILENO) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            #if canImport(Darwin)
            let written = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #elseif canImport(Musl)
            let written = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if written >= 0 {
                rest = rest.dropFirst(written)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Whoever shares the terminal may have made it non-blocking.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wanted, 1, -1)
            case EPIPE: exit(0)
            default: throw OutputFailure(code: errno)
            }
        }
    }

    /// A line on stdout.
    static func print(_ line: String) throws {
        try write("\(line)\n".utf8)
    }

    /// A line on stderr, made safe to print. Best effort: when stderr is gone there is nobody to tell.
    static func note(_ line: String) {
        try? write("\(safe(unknown: line))\n".utf8, to: STDERR_FILENO)
    }

    /// Text for a terminal: known secrets replaced by tags, no control characters but line breaks and tabs, so that no
    /// peer can move the cursor, set the clipboard or hide text.
    static func safe(_ text: String) -> String { printable(Redactor.process.redact(text)) }

    /// The same for text of which nobody knows what is in it: without what looks like a secret, too. A body that was asked
    /// for is no such text; it may be a token that somebody wants to see.
    static func safe(unknown text: String) -> String { printable(Redactor.process.redact(unknown: text)) }

    private static func printable(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            let isLayout = scalar == "\n" || scalar == "\t"
            output.unicodeScalars.append(isLayout || PrintableText.isPrintable(scalar) ? scalar : "\u{FFFD}")
        }
        return output
    }

    struct OutputFailure: Error {
        var code: Int32
        var text: String { String(cString: strerror(code)) }
    }
}
#endif
