import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Secret index (invariant 1)")
struct SecretIndexTests {
    private static func string(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("each byte of a form is what the encoding makes of the secret", arguments: 1...40)
    func forms(length: Int) {
        var random = SeededRandom(seed: UInt64(length))
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.withUnsafeBufferPointer { buffer in
            for encoding in EncodedForm.encodings {
                let form = EncodedForm(buffer, as: encoding)
                let computed = (0..<form.count).map { form[$0] }
                #expect(encoding.variants(of: bytes).first == computed, "\(encoding)")
            }
        }
    }

    @Test(
        "a secret with signs of escapes in it is found however it is written",
        arguments: [
            "100%25%sure-41", #"back\slash\nine\\two"#, "plus+plus +  space", #"%41\u0041+%2541"#, "%%%%25252525abc",
            #"\\\\nnnn\\xyz"#, "per%cent\nline\ttab\u{1}x",
        ])
    func signsOfEscapes(text: String) {
        let redactor = Redactor()
        let secret = Secret.fixture(text)
        #expect(redactor.register(secret))
        for (encoding, form) in SecretEncoding.forms(of: Array(text.utf8)) {
            let redacted = redactor.redact("<\(Self.string(form))>")
            #expect(redacted == "<\(redactor.tag(for: secret))>", "\(encoding): \(Self.string(form))")
        }
    }

    @Test("what one pass finds among many secrets is what a search for each alone finds", arguments: 1...60)
    func agreesWithOneByOne(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let redactor = Redactor()
        // Few different characters, common beginnings and ends: windows that many share.
        let signs = Array("ab%\\+ 2".utf8) + Array("xyz".utf8)
        let secrets = (0..<40).map { _ -> Secret in
            let middle = (0..<Int.random(in: 3...12, using: &random)).map { _ in
                signs.randomElement(using: &random) ?? 0x61
            }
            return Secret(bytes: Array("eyJh-".utf8) + middle + Array("==end".utf8))
        }
        for secret in secrets { #expect(redactor.register(secret)) }
        for secret in secrets {
            let bytes = secret.withExposedBytes { Array($0) }
            let form = SecretEncoding.forms(of: bytes).randomElement(using: &random)?.1 ?? bytes
            let noise = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                signs.randomElement(using: &random) ?? 0x61
            }
            let text = Self.string(noise + form + noise)
            let isThere = SecretEncoding.first(of: bytes, in: Array(text.utf8)) != nil
            #expect(isThere, "seed \(seed): \(text)")
            let rest = Array(redactor.redact(text).utf8)
            for other in secrets {
                let bytes = other.withExposedBytes { Array($0) }
                #expect(SecretEncoding.first(of: bytes, in: rest) == nil, "seed \(seed): \(text)")
            }
        }
    }

    @Test("of secrets that overlap nothing is left", arguments: ["abcdefgh-one", "one-ijklmnop", "efgh-one-ijkl"])
    func overlapping(first: String) {
        let redactor = Redactor()
        let kept = ["abcdefgh-one", "one-ijklmnop", "efgh-one-ijkl"].map { Secret.fixture($0) }
        for secret in kept { redactor.register(secret) }
        redactor.register(.fixture(first))
        let redacted = redactor.redact("x abcdefgh-one-ijklmnop y")
        #expect(redacted == "x \(redactor.tag(for: kept[2])) y")
    }

    @Test("a text that names a window of a secret is left alone")
    func windowsAlone() {
        let redactor = Redactor()
        let kept = (0..<200).map { Secret.fixture("token-\($0)-of-the-tests-\($0 * 7919)") }
        for secret in kept { redactor.register(secret) }
        let text = (0..<200).map { "-of-the-tests-\($0 * 7919) token-\($0)-of-the-test" }.joined(separator: " ")
        #expect(redactor.redact(text) == text)
    }

    @Test("a long secret that repeats itself does not slow down a text that does the same")
    func repetitions() {
        let redactor = Redactor()
        #expect(!redactor.register(.fixture(String(repeating: "abcde", count: 3000))))
        #expect(!redactor.register(.fixture("abcde" + String(repeating: "\n", count: 3000))))
        // Its window is where it does not repeat itself, in each encoding.
        let kept = ["abcd" + String(repeating: "e", count: 16_000), String(repeating: "e", count: 8000) + "abcd"]
            .map { Secret.fixture($0) }
        for secret in kept { #expect(redactor.register(secret)) }
        let letters = String(repeating: "e", count: 300_000)
        let encoded = String(decoding: Base64.encode(Array(letters.utf8)), as: UTF8.self)
        let elapsed = ContinuousClock().measure {
            #expect(redactor.redact(letters) == letters)
            #expect(redactor.redact(encoded) == encoded)
        }
        // Each byte compared with each of a secret's would take minutes.
        #expect(elapsed < .seconds(10))
        #expect(redactor.redact("<abcd" + letters.prefix(16_000) + ">") == "<\(redactor.tag(for: kept[0]))>")
    }
}
