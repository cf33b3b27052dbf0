import TesseraCore

/// What it costs to keep secrets out of errors and of text; prints `name: value` lines.
///
/// Secrets are of three kinds, as a busy process has them: opaque tokens, API keys with a common beginning, and tokens
/// of 900 bytes that all begin alike.
@main
struct BenchRedaction {
    static func main() {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1000
        var random = SystemRandomNumberGenerator()
        let kept = (0..<count).map { number in
            switch number % 3 {
            case 0: secret("", 43, &random)
            case 1: secret("sk_live_", 32, &random)
            default: secret("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2luIn0.", 830, &random)
            }
        }
        let errors = 1000
        report("one error with \(count) secrets alive", nanoseconds(errors, warmUp: 10) { error() }, "ns")
        report(
            "one secret made and one error after it",
            nanoseconds(errors, warmUp: 10) {
                let passing = secret("passing-", 40, &random)
                error()
                withExtendedLifetime(passing) {}
            }, "ns")
        // A redactor that looks for each secret by itself would not come to an end here.
        guard !CommandLine.arguments.contains("errors") else { return withExtendedLifetime(kept) {} }
        let onlyPatterns = Redactor(patterns: .all)
        for (name, text) in texts(&random) {
            rate("known secrets, \(name)", text.utf8.count) { _ = Redactor.process.redact(text) }
            rate("patterns only, \(name)", text.utf8.count) { _ = onlyPatterns.redact(text) }
            let bytes = Array(text.utf8)
            var stream = RedactingStream(.process, patterns: PatternMatcher())
            rate("both, as a stream, \(name)", bytes.count) {
                for start in stride(from: 0, to: bytes.count, by: 65_536) {
                    _ = stream.take(bytes[start..<min(start + 65_536, bytes.count)])
                }
            }
        }
        withExtendedLifetime(kept) {}
    }

    /// Of several runs the fastest: what else the machine does is not measured.
    private static func rate(_ name: String, _ bytes: Int, _ body: () -> Void) {
        let time = (0..<7).map { _ in nanoseconds(3, warmUp: 1, body) }.min() ?? 1
        report(name, Double(bytes) / time * 1000, "MB/s")
    }

    @inline(never)
    private static func error() {
        guard (try? Secret(environment: "TESSERA_A_VARIABLE_THAT_IS_NOT_SET")) == nil else {
            return print("the variable is set")
        }
    }

    private static func secret(_ head: String, _ length: Int, _ random: inout some RandomNumberGenerator) -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let tail = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0x41 }
        return Secret(bytes: Array(head.utf8) + tail)
    }

    private static func texts(_ random: inout some RandomNumberGenerator) -> [(String, String)] {
        let log =
            #"2026-11-24T10:00:00Z info request GET https://api.example.com/v1/invoices?page=2 took 12 ms status=200\#n"#
        let json = #"{"message":"the \"token\" was refused","path":"C:\\temp\\x","id":"5f3a9c"},"#
        let url = "q=caf%C3%A9%20au%20lait&next=https%3A%2F%2Fapi.example.com%2Fv1%2Fitems%3Fpage%3D2&"
        let digits = Array("0123456789abcdef")
        let hex = String((0..<(4 << 20)).map { _ in digits.randomElement(using: &random) ?? "0" })
        let times = 40_000
        return [
            ("log lines", String(repeating: log, count: times)),
            ("JSON with escapes", String(repeating: json, count: times)),
            ("percent-encoded URLs", String(repeating: url, count: times)), ("hexadecimal digits", hex),
            ("nothing but escapes", String(repeating: "%41%C3%A9\\u0041\\n%2F", count: times)),
        ]
    }

    private static func nanoseconds(_ times: Int, warmUp: Int, _ body: () -> Void) -> Double {
        for _ in 0..<warmUp { body() }
        let elapsed = ContinuousClock().measure { for _ in 0..<times { body() } }
        return elapsed / .nanoseconds(1) / Double(times)
    }

    private static func report(_ name: String, _ value: Double, _ unit: String) {
        print("\(name): \(Int(value)) \(unit)")
    }
}
