import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Redactor (invariant 1, threats A11 and D2)")
struct RedactorTests {
    /// How a secret turns up: fourteen encodings, each within other text.
    enum Form: String, CaseIterable {
        case raw, percent, percentLower, form, json, jsonSlash, jsonUnicode, hexLower, hexUpper, base64, base64url,
            basicPair,
            base64OfJSON, base64urlOfJSON

        func text(of secret: [UInt8], before: [UInt8], after: [UInt8]) -> String {
            func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
            func hex(_ bytes: [UInt8], _ isUpper: Bool) -> String {
                bytes.map { byte in
                    let digits = String(byte, radix: 16, uppercase: isUpper)
                    return digits.count == 1 ? "0\(digits)" : digits
                }.joined()
            }
            func percent(_ space: String, _ isUpper: Bool) -> String {
                secret.map { byte in
                    byte == 0x20 ? space : byte.isUnreserved ? string([byte]) : "%" + hex([byte], isUpper)
                }.joined()
            }
            switch self {
            case .raw: return string(before + secret + after)
            case .percent: return percent("%20", true)
            case .percentLower: return percent("%20", false)
            case .form: return percent("+", true)
            case .json: return string(secret).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            case .jsonSlash:
                return string(secret).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                    "/", with: "\\/")
            case .jsonUnicode:
                return string(secret).replacing("+", with: "\\u002B").replacing("&", with: "\\u0026")
                    .replacing("<", with: "\\u003c").replacing("=", with: "\\u003D")
                    .replacing("\"", with: "\\u0022")
            case .hexLower: return hex(before + secret + after, false)
            case .hexUpper: return hex(before + secret + after, true)
            case .base64: return string(Base64.encode(before + secret + after))
            case .base64url: return string(Base64.encode(before + secret + after, alphabet: .urlSafe))
            case .basicPair: return "Basic " + string(Base64.encode(before + Array(":".utf8) + secret))
            case .base64OfJSON:
                return string(Base64.encode(Array(#"{"token":""#.utf8) + before + secret + Array(#"","x":1}"#.utf8)))
            case .base64urlOfJSON:
                return string(
                    Base64.encode(
                        Array(#"{"token":""#.utf8) + before + secret + Array(#"","x":1}"#.utf8), alphabet: .urlSafe))
            }
        }

        /// What must not be left of the secret: its form alone, or what it determines of a base64 text.
        func traces(of secret: [UInt8]) -> [String] {
            let alphabet: Base64.Alphabet
            switch self {
            case .base64, .basicPair, .base64OfJSON: alphabet = .standard
            case .base64url, .base64urlOfJSON: alphabet = .urlSafe
            default: return [text(of: secret, before: [], after: [])]
            }
            return (0..<3).map {
                String(decoding: Base64.core(of: secret, offset: $0, alphabet: alphabet), as: UTF8.self)
            }
        }
    }

    /// The longest run of characters of `form` that is still in `text`.
    private static func longestCommonRun(_ text: String, _ form: String) -> Int {
        let haystack = Array(text.utf8)
        let needle = Array(form.utf8)
        var best = 0
        for start in haystack.indices {
            for other in needle.indices {
                var length = 0
                while start + length < haystack.count, other + length < needle.count,
                    haystack[start + length] == needle[other + length]
                { length += 1 }
                best = max(best, length)
            }
        }
        return best
    }

    @Test("the matrix: fourteen encodings at each alignment", arguments: Form.allCases, 0..<3)
    func matrix(form: Form, alignment: Int) {
        let secret = Secret.fixture("ab/c+d&e<fgHIJ=klmn\"op~Q9")
        let bytes = secret.withExposedBytes { Array($0) }
        let before = Array("xyz".utf8.prefix(alignment))
        for after in ["", "!", "??", "@@@"] {
            let text = "log: " + form.text(of: bytes, before: before, after: Array(after.utf8)) + " end"
            let redacted = Redactor.process.redact(text)
            #expect(redacted.contains("[secret:"), "\(text)")
            #expect(redacted.hasPrefix("log: ") && redacted.hasSuffix(" end"))
            for own in form.traces(of: bytes) {
                #expect(Self.longestCommonRun(redacted, own) < 8, "\(redacted)")
            }
        }
    }

    @Test("each canary is found in its own encodings, and text without it is left alone")
    func canary() {
        let canary = Canary()
        let bytes = canary.secret.withExposedBytes { Array($0) }
        for (encoding, form) in SecretEncoding.forms(of: bytes) {
            let text = "a " + String(decoding: form, as: UTF8.self) + " b"
            #expect(canary.leak(in: text) != nil, "\(encoding)")
            #expect(canary.leak(in: Redactor.process.redact(text)) == nil, "\(encoding)")
        }
        #expect(canary.leak(in: "nothing of the kind") == nil)
        #expect(Redactor().redact(String(decoding: bytes, as: UTF8.self)) == String(decoding: bytes, as: UTF8.self))
    }

    @Test(
        "base64 agrees with RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, expected: String) {
        #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == expected)
        let url = String(decoding: Base64.encode(Array(text.utf8), alphabet: .urlSafe), as: UTF8.self)
        #expect(url == expected.filter { $0 != "=" })
        #expect(Base64.encode([0xFB, 0xFF]) == Array("+/8=".utf8))
        #expect(Base64.encode([0xFB, 0xFF], alphabet: .urlSafe) == Array("-_8".utf8))
    }

    @Test(
        "a server cannot blot out words by issuing them as tokens (threat A11)",
        arguments: ["INFO", "error", "a", "", "7 bytes", "aaaaaaaaaaaaaaaa", "abababababab", "12121212", "        "])
    func poisoning(token: String) {
        let redactor = Redactor()
        let secret = Secret.fixture(token)
        #expect(!redactor.register(secret))
        let line = "INFO error a 7 bytes aaaaaaaaaaaaaaaa abababababab 12121212         done"
        #expect(redactor.redact(line) == line)
        #expect(Redactor.process.redact(line).hasPrefix("INFO error"))
    }

    @Test(
        "a secret beyond ASCII is found in JSON that is ASCII",
        arguments: [
            #"{"password": "p\u00e4ssw\u00f6rd \"x\"\ud83d\udd11!"}"#,
            #"{"password": "p\u00E4ssw\u00F6rd \u0022x\u0022\uD83D\uDD11!"}"#,
            #"{"password": "pässwörd \"x\"🔑!"}"#,
        ])
    func unicodeEscapes(json: String) {
        let redactor = Redactor()
        let secret = Secret(String("pässwörd \"x\"🔑!"))
        redactor.register(secret)
        #expect(redactor.redact(json) == #"{"password": "\#(redactor.tag(for: secret))"}"#)
        #expect(SecretEncoding.first(of: Array("pässwörd \"x\"🔑!".utf8), in: Array(json.utf8)) == .json)
    }

    @Test("a secret that holds another is replaced whole, whichever was registered first")
    func nested() {
        let redactor = Redactor()
        var kept: [Secret] = []
        for number in 0..<40 {
            let short = Secret.fixture("inner-\(number)-xyzw")
            let long = Secret.fixture("outer-inner-\(number)-xyzw-remainder")
            kept += number.isMultiple(of: 2) ? [short, long] : [long, short]
        }
        for secret in kept { #expect(redactor.register(secret)) }
        for number in 0..<40 {
            let redacted = redactor.redact("<outer-inner-\(number)-xyzw-remainder>")
            #expect(!redacted.contains("outer-") && !redacted.contains("remainder"), "\(redacted)")
        }
    }

    @Test("several secrets, several times, next to each other and at the ends")
    func several() {
        let redactor = Redactor()
        let first = Secret.fixture("first-secret-1234")
        let second = Secret.fixture("second-secret-567")
        redactor.register(first)
        redactor.register(second)
        let text = redactor.redact("first-secret-1234second-secret-567 x first-secret-1234first-secret-1234")
        let (one, two) = (redactor.tag(for: first), redactor.tag(for: second))
        #expect(text == "\(one)\(two) x \(one)\(one)")
        #expect(redactor.redact("first-secret-123") == "first-secret-123")
        #expect(redactor.redact("") == "")
        #expect(redactor.redact(text) == text)
    }

    @Test("a secret is forgotten with its last owner")
    func forgotten() async {
        let redactor = Redactor()
        do {
            let secret = Secret.fixture("short-lived-secret-9")
            redactor.register(secret)
            #expect(redactor.redact("short-lived-secret-9") != "short-lived-secret-9")
        }
        // Whoever redacts a text at this moment holds all living secrets, so other tests may be owners for a while.
        for _ in 0..<10_000 where redactor.redact("short-lived-secret-9") != "short-lived-secret-9" {
            await Task.yield()
        }
        #expect(redactor.redact("short-lived-secret-9") == "short-lived-secret-9")
    }

    @Test("thousands of secrets come and go while text is redacted")
    func churn() {
        let redactor = Redactor()
        for number in 0..<3000 { redactor.register(.fixture("passing-secret-\(number)-abc")) }
        let stays = Secret.fixture("staying-secret-4711")
        redactor.register(stays)
        #expect(redactor.redact("passing-secret-5-abc staying-secret-4711").hasPrefix("passing-secret-5-abc [secret:"))
    }

    @Test("known secrets and patterns are replaced in one pass; a pattern's tag is that of the same secret")
    func patterns() {
        let redactor = Redactor(patterns: .all)
        let known = Secret.fixture("known-secret-1234")
        let unknown = Secret.fixture("0123456789abcdef")
        redactor.register(known)
        let text = redactor.redact("Bearer 0123456789abcdef known-secret-1234 Bearer known-secret-1234")
        let (one, two) = (redactor.tag(for: unknown), redactor.tag(for: known))
        #expect(text == "Bearer \(one) \(two) Bearer \(two)")
        #expect(redactor.redact(text) == text)
        #expect(Redactor().redact("Bearer 0123456789abcdeF") == "Bearer 0123456789abcdeF")
    }

    @Test("a living secret is found while others come and go")
    func comingAndGoing() async {
        let redactor = Redactor()
        let secret = Secret.fixture("the-living-secret-01")
        redactor.register(secret)
        let text = String(repeating: "some words of a log ", count: 400) + "the-living-secret-01"
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for round in 0..<500 {
                        redactor.register(.fixture("a-passing-secret-\(worker)-\(round)"))
                        if round % 25 == 0, redactor.redact(text).hasSuffix("01") { return false }
                    }
                    return true
                }
            }
            for await isHidden in group { #expect(isHidden) }
        }
        withExtendedLifetime(secret) {}
    }

    @Test("errors and problems of peers do not show what looks like a secret")
    func freeText() {
        let error = TesseraError(.misconfigured, "POST https://ada:p4ssw0rd@api.test/?access_token=9f8e7d6c5b4a failed")
        #expect(!error.message.contains("p4ssw0rd") && !error.message.contains("9f8e7d6c5b4a"))
        #expect(error.message.hasPrefix("POST https://ada:[secret:"))
        let problem = Problem(title: "refused", detail: "header was Authorization: Bearer 0123456789abcdeX").redacted()
        #expect(problem.detail?.hasPrefix("header was Authorization: Bearer [secret:") == true)
    }
}
