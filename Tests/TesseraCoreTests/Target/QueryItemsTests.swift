import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Query and form encoding")
struct QueryItemsTests {
    @Test("a query keeps order and repeated names and encodes everything but unreserved characters")
    func query() {
        var items: QueryItems = ["b": 1, "a": "x y", "b": true]
        items.append("ü&", "=?#/+")
        #expect(items.encodedQuery == "b=1&a=x%20y&b=true&%C3%BC%26=%3D%3F%23%2F%2B")
        #expect(QueryItems().encodedQuery.isEmpty && QueryItems().isEmpty)
    }

    @Test(
        "a form is written as WHATWG URL §5.2 says",
        arguments: [
            ("a b", "a+b"), ("a+b", "a%2Bb"), ("*-._", "*-._"), ("~", "%7E"), ("ü", "%C3%BC"), ("\r\n", "%0D%0A"),
            ("a&b=c", "a%26b%3Dc"), ("%41", "%2541"), ("", ""), ("!'()", "%21%27%28%29"), ("@:/?#", "%40%3A%2F%3F%23"),
        ])
    func form(value: String, expected: String) {
        let items: QueryItems = ["k": value]
        #expect(String(decoding: items.encodedForm, as: UTF8.self) == "k=\(expected)")
        #expect(String(decoding: QueryItems.formEncoded(value.utf8), as: UTF8.self) == expected)
    }

    @Test("several pairs are joined by &, names are encoded too")
    func pairs() {
        let items: QueryItems = ["grant type": "x", "a&b": "y"]
        #expect(String(decoding: items.encodedForm, as: UTF8.self) == "grant+type=x&a%26b=y")
    }

    @Test("percent-decoding undoes the encoding and leaves broken escapes (1,000 random byte strings)")
    func roundTrip() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<1000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }
            var encoded: [UInt8] = []
            PercentEncoding.append(bytes, to: &encoded, unless: \.isUnreserved)
            #expect(PercentEncoding.decoded(encoded) == bytes, "seed \(seed)")
        }
        for broken in ["%", "%4", "%zz", "%%41", "a%g1"] {
            let expected = broken == "%%41" ? "%A" : broken
            #expect(PercentEncoding.decoded(broken.utf8) == Array(expected.utf8))
        }
    }
}
