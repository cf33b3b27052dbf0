import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Redacting stream (threat D4)")
struct RedactingStreamTests {
    private static func string(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a text in pieces is redacted as the whole is, however it is cut", arguments: 0..<60)
    func equalsWhole(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let redactor = Redactor(patterns: .all)
        let secrets = [
            "plain-secret-0815-xyz", "two\nlines-of-a\nsecret-4711", "cr\r\nlf-secret-12345", "100%25%sure+41 or so",
            "abcabcabcabcab12d",
        ].map { Secret.fixture($0) }
        for secret in secrets { redactor.register(secret) }
        let bytes = secrets.map { $0.withExposedBytes { Array($0) } }
        for _ in 0..<16 {
            let text = RedactionText.random(pieces: 1...30, secrets: bytes, using: &random)
            let whole = redactor.redact(text)
            for most in [1, 3, 40] {
                var stream = RedactingStream(redactor)
                var output: [UInt8] = []
                for piece in RedactionText.cut(text, atMost: most, using: &random) { output += stream.take(piece) }
                output += stream.finish()
                #expect(output == whole, "seed \(seed), pieces of \(most): \(Self.string(text).debugDescription)")
            }
        }
    }

    @Test("lines without an end go out as the whole does, and little is kept of them", arguments: 0..<4)
    func longLines(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let redactor = Redactor(patterns: .all)
        let secrets = ["plain-secret-0815-xyz", "abcabcabcabcab12d"].map { Secret.fixture($0) }
        for secret in secrets { redactor.register(secret) }
        let bytes = secrets.map { $0.withExposedBytes { Array($0) } }
        var text: [UInt8] = []
        while text.count < 1_000_000 {
            let piece = RedactionText.random(pieces: 1...30, secrets: bytes, using: &random)
            text += piece.filter { $0 != 0x0A && $0 != 0x0D }
            text += repeatElement(UInt8(ascii: "x"), count: Int.random(in: 0...20_000, using: &random))
        }
        var stream = RedactingStream(redactor)
        var output: [UInt8] = []
        var most = 0
        for piece in RedactionText.cut(text, atMost: 50_000, using: &random) {
            output += stream.take(piece)
            most = max(most, stream.keptBytes)
        }
        output += stream.finish()
        #expect(output == redactor.redact(text), "seed \(seed)")
        #expect(most < 400_000)
    }

    @Test("a line goes out when its end has come, and not before")
    func lines() {
        var stream = RedactingStream(Redactor(patterns: .all))
        #expect(stream.take("first".utf8) == [])
        #expect(Self.string(stream.take(" line\nsecond Bearer abc".utf8)) == "first line\n")
        #expect(stream.take("123DEF456ghi".utf8) == [])
        #expect(Self.string(stream.take("\n".utf8)).hasPrefix("second Bearer [secret:"))
        #expect(Self.string(stream.take("50%\r".utf8)) == "50%\r")
        #expect(Self.string(stream.finish()) == "")
        #expect(stream.patternCounts == [.authorization: 1] && stream.secretCount == 0)
    }

    @Test("a private key is kept until its end has come")
    func privateKey() {
        var stream = RedactingStream(Redactor(patterns: .all))
        let begin = "-----BEGIN PRIVATE KEY-----"
        #expect(Self.string(stream.take("x\n\(begin)\nMIIEvQIBADANBgkqhkiG9w0BAQ\n".utf8)) == "x\n")
        #expect(stream.take("TheLastLine=\n".utf8) == [])
        let rest = Self.string(stream.take("-----END PRIVATE KEY-----\ny\n".utf8))
        #expect(rest.hasPrefix("\(begin)[secret:") && rest.hasSuffix("]-----END PRIVATE KEY-----\ny\n"))
    }

    @Test("overlapping secrets without end do not fill the memory")
    func overlapping() {
        let redactor = Redactor()
        let secret = Secret.fixture("abcdeabcdeabcde")
        redactor.register(secret)
        var stream = RedactingStream(redactor)
        var output: [UInt8] = []
        let piece = Array(String(repeating: "abcde", count: 10_000).utf8)
        var most = 0
        for _ in 0..<16 {
            output += stream.take(piece)
            most = max(most, stream.keptBytes)
        }
        output += stream.finish()
        #expect(most < 600_000)
        #expect(!Self.string(output).contains("abcde"))
    }

    /// A rule that reads to an end which never comes would hold everything, and read it again with each piece.
    @Test(
        "what a secret's beginning promises and never ends does not fill the memory",
        arguments: [
            "curl -b x=", "curl \"", "curl -u \"a:", "curl -u a:", "password=", "password: '", "machine a password ",
            "<password>", "Authorization: Bearer ", "{\"token\":\"", "https://user:",
        ], ["A", "&"])
    func endless(beginning: String, rest: String) {
        var stream = RedactingStream(Redactor(patterns: .all))
        let piece = Array(String(repeating: rest, count: 2048).utf8)
        var given = beginning.utf8.count
        var output = stream.take(Array(beginning.utf8)).count
        for _ in 0..<64 {
            given += piece.count
            output += stream.take(piece).count
        }
        #expect(given - output < 100_000, "\(given) bytes in, \(output) out")
    }

    @Test("bytes that are no text pass unchanged")
    func binary() {
        var random = SeededRandom(seed: 7)
        let bytes = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var stream = RedactingStream(Redactor(patterns: .formats))
        let output = RedactionText.cut(bytes, atMost: 5000, using: &random).flatMap { stream.take($0) }
        #expect(output + stream.finish() == bytes)
    }
}
