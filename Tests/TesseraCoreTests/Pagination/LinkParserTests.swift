import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Link fields (RFC 8288)")
struct LinkParserTests {
    private static func next(_ fields: String...) throws -> String? {
        try LinkParser.parse(fields).first { $0.relations.contains("next") }?.target
    }

    @Test(
        "what four real parsers get wrong (reference table 3.9)",
        arguments: [
            (#"<u>; rel="next""#, "u"), (#"<u?a=1,2>; rel="next""#, "u?a=1,2"),
            (#"<u>; title="a; b"; rel="next""#, "u"),
            ("<u>; rel=next", "u"), (#"<u>; rel="next last""#, "u"), (#"<u>; REL="next""#, "u"),
            (#"<u>; rel="NEXT""#, "u"),
            (#"</2>; rel="next"; flag"#, "/2"), (#"</2>; flag; rel="next""#, "/2"), ("</2>", nil),
            (#"<u> ; rel="next""#, "u"),
        ])
    func table(field: String, expected: String?) throws {
        #expect(try Self.next(field) == expected)
    }

    @Test(
        "the rest of the grammar",
        arguments: [
            (#"<a>; rel="prev", <b>; rel="next""#, "b"), (#"<a>; rel=prev,<b>; rel=next"#, "b"),
            (#",, <a>; rel="prev" , , <b>;rel="next" ,"#, "b"), (#"<u>;rel="next";"#, "u"), (#"<u>;; rel="next""#, "u"),
            (#"<u>; rel = "next""#, "u"), (#"<u>; title="x, <v>; rel=next"; rel="next""#, "u"),
            (#"<u>; title="a\"; rel=\"prev"; rel="next""#, "u"), (#"<u>; rel="n\ext""#, "u"),
            (#"<u>; rel="prev"; rel="next""#, nil), (#"<u>; rel="nextpage""#, nil), (#"<u>; rel="x-next""#, nil),
            (#"<u>; title*=UTF-8''%e2%82%ac; rel="next""#, "u"), (#"<u>; title="next""#, nil), (#"<u>; rel=""#, nil),
            (#"<u>; rel="https://example.com/next""#, nil), (#"<u;v>; rel="next""#, "u;v"), ("", nil), (" , ", nil),
            (#"<u>; rel="  next  ""#, "u"), ("<u>;\trel=\"prev\tnext\"", "u"), (#"<>; rel="next""#, ""),
        ])
    func grammar(field: String, expected: String?) throws {
        guard !field.hasSuffix("rel=\"") else {
            #expect(throws: LinkParser.Failure.self) { try Self.next(field) }
            return
        }
        #expect(try Self.next(field) == expected)
    }

    @Test("several fields are one list")
    func several() throws {
        #expect(try Self.next(#"<a>; rel="prev""#, #"<b>; rel="next""#) == "b")
    }

    @Test(
        "what cannot be parsed is an error, not the end of the list (invariant 8)",
        arguments: [
            "u; rel=next", "<u; rel=next", #"<u>; rel="next"#, #"<u> rel="next""#, #"<u>; rel="next" x"#,
            "<u><v>; rel=next",
            #"<a>; rel=prev, b; rel=next"#, #"<a>; rel="x"y; rel=next"#, "\"<u>\"; rel=next", #"<u>; rel="next\"#,
            "garbage",
            "\u{0}", "<u>; rel=next, \u{1B}",
        ])
    func malformed(field: String) {
        #expect(throws: LinkParser.Failure.self) { try Self.next(field) }
    }

    @Test("10,000 links, and 100 KB, are refused and not shortened")
    func bounds() throws {
        let many = Array(repeating: "<a>; rel=x", count: 10_000).joined(separator: ", ")
        #expect(throws: LinkParser.Failure.self) { try LinkParser.parse([many]) }
        #expect(throws: LinkParser.Failure.self) { try LinkParser.parse(Array(repeating: "<a>; rel=x", count: 101)) }
        #expect(try LinkParser.parse(Array(repeating: "<a>; rel=x", count: 100)).count == 100)
        let long = "<a>; title=\"" + String(repeating: "x", count: 100_000) + "\"; rel=next"
        #expect(throws: LinkParser.Failure.self) { try LinkParser.parse([long]) }
    }

    @Test("no text ends the process, and a link is never invented (5,000 random texts)")
    func fuzz() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("<>;,=\"\\ \trelnextu/?é\u{0}".unicodeScalars)
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            let links = (try? LinkParser.parse([text])) ?? []
            #expect(links.allSatisfy { text.contains("<\($0.target)>") }, "seed \(seed): \(text.debugDescription)")
        }
    }
}
