import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Announced rate limits")
struct RateLimitReadingTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_767_225_600)

    private static func read(_ fields: [(String, String)], status: Int = 200) -> [RateLimitReading] {
        var head = HTTPResponse(status: .init(code: status))
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { head.headerFields.append(HTTPField(name: name, value: value)) }
        }
        return RateLimitReading.all(head, now: now)
    }

    @Test(
        "RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)",
        arguments: [
            (#""default";r=50;t=30"#, nil, [RateLimitReading(name: "default", remaining: 50, reset: .seconds(30))]),
            (
                #""default";r=50;t=30"#, #""default";q=100;w=60"#,
                [RateLimitReading(name: "default", remaining: 50, reset: .seconds(30), quota: 100)]
            ),
            (
                #""burst";r=0;t=1, "daily";r=995;t=3600"#, #""burst";q=10;w=1;pk=:dHJpYWw=:, "daily";q=1000;w=86400"#,
                [
                    RateLimitReading(name: "burst", remaining: 0, reset: .seconds(1), quota: 10),
                    RateLimitReading(name: "daily", remaining: 995, reset: .seconds(3600), quota: 1000),
                ]
            ),
            (#""default";r=50"#, nil, [RateLimitReading(name: "default", remaining: 50)]),
            (#""default";t=50"#, nil, []),
            (#""default";r=5;r=7"#, nil, [RateLimitReading(name: "default", remaining: 7)]),
            (
                "limit=100, remaining=42, reset=9", nil,
                [RateLimitReading(name: "", remaining: 42, reset: .seconds(9), quota: 100)]
            ),
            (#""default";r=-1;t=-1"#, nil, [RateLimitReading(name: "default", remaining: 0)]),
            (#""bytes";r=0;t=9"#, #""bytes";q=100;qu="content-bytes""#, []),
            (#""default;r=50"#, nil, []), ("(1 2);r=4", nil, []), ("", nil, []),
        ] as [(String, String?, [RateLimitReading])])
    func draft(value: String, policy: String?, expected: [RateLimitReading]) {
        #expect(Self.read([("RateLimit", value)] + (policy.map { [("RateLimit-Policy", $0)] } ?? [])) == expected)
    }

    @Test(
        "the counters, whose reset is a wait, or the time in seconds or milliseconds",
        arguments: [
            ("X-RateLimit-Remaining", "X-RateLimit-Reset", "30", 30),
            ("X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "30", 30),
            ("RateLimit-Remaining", "RateLimit-Reset", "30", 30),
            ("x-ratelimit-remaining", "x-ratelimit-reset", "30.9", 30),
            ("X-RateLimit-Remaining", "X-RateLimit-Reset", "1767225660", 60),
            ("X-RateLimit-Remaining", "X-RateLimit-Reset", "1767225660000", 60),
            ("X-RateLimit-Remaining", "X-RateLimit-Reset", "1767225000", 0),
        ] as [(String, String, String, Int64)])
    func counters(remaining: String, reset: String, value: String, seconds: Int64) {
        #expect(
            Self.read([(remaining, "12"), (reset, value)])
                == [RateLimitReading(name: "", remaining: 12, reset: .seconds(seconds))])
    }

    @Test("a 429 with Retry-After is one too; an answer without any has none")
    func others() {
        #expect(
            Self.read([("Retry-After", "9")], status: 429) == [
                RateLimitReading(name: "429", remaining: 0, reset: .seconds(9))
            ])
        #expect(Self.read([("Retry-After", "9")], status: 503).isEmpty)
        #expect(Self.read([("Content-Type", "text/plain"), ("X-RateLimit-Limit", "5")]).isEmpty)
        #expect(Self.read([("X-RateLimit-Remaining", "many")]).isEmpty)
        let far = Self.read([("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "999999999999999999")])
        #expect(far.first?.reset ?? .zero > .seconds(7_000_000_000))
    }

    @Test(
        "structured fields (RFC 9651): what is and what is no list of items",
        arguments: [
            ("1", true), ("1, 2", true), ("1,2", true), ("1 ,\t2", true), ("1,", false), (",1", false), ("1 2", false),
            ("-1", true), ("-", false), ("1.5", true), ("1.", false), ("1.2345", false), ("999999999999999", true),
            ("1000000000000000", false), ("\"a\\\"b\"", true), ("\"a\\nb\"", false), ("\"a", false), ("\"é\"", false),
            ("tok/en:*", true), ("?1", true), ("?2", false), (":YQ==:", true), (":YQ==", false), ("@1659578233", true),
            ("@1.5", false), ("a;b;c=1", true), ("a;B", false), ("a; b=\"x\"", true), ("a;=1", false), ("(1 2)", false),
            ("", true), ("  1  ", true), ("a;b=", false), (String(repeating: "1,", count: 100) + "1", false),
        ])
    func structured(text: String, isList: Bool) {
        #expect((StructuredField.list(text) != nil) == isList, "\(text)")
    }

    @Test("no text ends the process (20,000 random mutations)")
    func fuzz() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array(#"";=,:@?()-.0123456789rtqw \#t*aZ\é"#.unicodeScalars)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "1")
            }
            for reading in Self.read([
                ("RateLimit", text), ("X-RateLimit-Remaining", text), ("X-RateLimit-Reset", text),
            ]) {
                #expect(reading.remaining >= 0 && (reading.reset ?? .zero) >= .zero, "seed \(seed): \(text)")
            }
        }
    }
}
