import TesseraTesting
import Testing

@testable import TesseraCore

/// The dates' now is 2019-06-03T11:00:00Z, as in reference table 3.1.
@Suite("Retry-After and HTTP dates (RFC 9110 §10.2.3, §5.6.7)")
struct RetryAfterTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_559_559_600)

    @Test(
        "seconds",
        arguments: [
            ("0", 0), ("5", 5), (" 5 ", 5), ("\t42 ", 42), ("007", 7), ("21600", 21_600), ("21601", 21_601),
            ("99999999999999999999", 9_000_000_000), ("9223372036854775807", 9_000_000_000),
            ("9223372036854775808", 9_000_000_000), (String(repeating: "9", count: 64), 9_000_000_000),
        ] as [(String, Int64)])
    func seconds(value: String, expected: Int64) {
        #expect(RetryAfter.parse(value, now: Self.now) == .seconds(expected))
    }

    @Test(
        "is neither form and so says nothing",
        arguments: [
            "", " ", "5.5", "-1", "+1", "1.0", "²", "٣", "abc", "5s", "1e3", "0x10", "1 2", "5, 7", "5\u{0}", "NaN",
            "inf",
            "Mon, 03 Jun 2019 11:30:12", "Mon, 03 Jun 2019 11:30:12 UTC", "Mon, 03 Foo 2019 11:30:12 GMT",
            "Mon, 03 Jun 2019 24:30:12 GMT", "Mon, 03 Jun 2019 11:60:12 GMT", "Mon, 03 Jun 2019 11:30:61 GMT",
            "Mon, 00 Jun 2019 11:30:12 GMT", "Mon, 32 Jun 2019 11:30:12 GMT", "Mon, 31 Jun 2019 11:30:12 GMT",
            "Fri, 29 Feb 2019 11:30:12 GMT", "Mon, 03 Jun 19 11:30 GMT", "2019-06-03T11:30:12Z",
            "Mon, 03 Jun 99999999999999999999 11:30:12 GMT", String(repeating: "9", count: 65),
            String(repeating: " ", count: 100_000) + "x",
        ])
    func invalid(value: String) {
        #expect(RetryAfter.parse(value, now: Self.now) == nil)
    }

    @Test(
        "the three forms of a date",
        arguments: [
            "Mon, 03 Jun 2019 11:30:12 GMT", "Monday, 03-Jun-19 11:30:12 GMT", "Mon Jun  3 11:30:12 2019",
            " Mon, 03 Jun 2019 11:30:12 GMT ",
        ])
    func dates(value: String) {
        #expect(RetryAfter.parse(value, now: Self.now) == .seconds(1812))
    }

    @Test("a date in the past is no wait")
    func past() {
        #expect(RetryAfter.parse("Mon, 03 Jun 2019 10:59:59 GMT", now: Self.now) == .zero)
        #expect(RetryAfter.parse("Thu, 01 Jan 1601 00:00:00 GMT", now: Self.now) == .zero)
        #expect(RetryAfter.parse("Fri, 31 Dec 9999 23:59:59 GMT", now: Self.now) ?? .zero > .seconds(7_000_000_000))
    }

    @Test(
        "calendar",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            // RFC 9110 §5.6.7: more than 50 years ahead of 2019 is in the past.
            ("Sunday, 03-Jun-69 00:00:00 GMT", 3_137_443_200), ("Wednesday, 03-Jun-70 00:00:00 GMT", 13_219_200),
        ])
    func calendar(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text, now: Self.now) == Timestamp(secondsSinceEpoch: seconds))
    }

    @Test(
        "a hyphen stands in RFC 850's day alone",
        arguments: [
            "Sun, 06 Nov 1994 -08:49:37 GMT", "Sun, -06 Nov 1994 08:49:37 GMT", "Sunday, 06--Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37-GMT",
        ])
    func hyphens(text: String) {
        #expect(HTTPDate.parse(text, now: Self.now) == nil)
    }

    @Test("no text, however broken, ends the process (5,000 random mutations)")
    func fuzz() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array(" ,-:0129GMTJunMonfeb\u{0}é".unicodeScalars)
        for _ in 0..<5000 {
            var scalars = Array("Mon, 03 Jun 2019 11:30:12 GMT".unicodeScalars)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<scalars.count, using: &random)
                scalars[index] = alphabet.randomElement(using: &random) ?? " "
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            if let wait = RetryAfter.parse(text, now: Self.now) { #expect(wait >= .zero, "seed \(seed): \(text)") }
        }
    }
}
