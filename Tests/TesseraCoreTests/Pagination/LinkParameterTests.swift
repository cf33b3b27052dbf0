import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Parameters of links (RFC 8288 §3, RFC 8187)")
struct LinkParameterTests {
    private static func link(_ field: String) throws -> Link {
        try #require(try LinkParser.parse([field]).first)
    }

    @Test("every parameter is kept, in order, and the first of a name counts")
    func parameters() throws {
        let link = try Self.link(#"</2>; rel=next; anchor="/a"; TITLE="x \"y\", z"; flag; type=text/html; title=later"#)
        #expect(link.relations == ["next"] && link.anchor == "/a")
        #expect(link["title"] == #"x "y", z"# && link["type"] == "text/html" && link["none"] == nil)
        #expect(link.parameters.map(\.name) == ["anchor", "title", "flag", "type", "title"])
        #expect(link.parameters[2].value == nil)
    }

    @Test(
        "an extended value counts more than a plain one, if it can be read",
        arguments: [
            (#"<u>; title="e"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel"#, "nächstes Kapitel"),
            (#"<u>; title*=utf-8''%e2%82%ac"#, "€"), (#"<u>; title="e"; title*=ISO-8859-1''%e4"#, "e"),
            (#"<u>; title="e"; title*=UTF-8''%e4"#, "e"), (#"<u>; title="e"; title*=UTF-8''%zz"#, "e"),
            (#"<u>; title="e"; title*=UTF-8''%e"#, "e"), (#"<u>; title="e"; title*=abc"#, "e"),
        ])
    func extended(field: String, title: String) throws {
        #expect(try Self.link(field)["title"] == title)
    }

    @Test("what is written is read again as the same link (500 random links)")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("abc ;,=\"\\<>'%é")
        func text(_ longest: Int) -> String {
            String(
                (0..<Int.random(in: 0...longest, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
        }
        for _ in 0..<500 {
            let link = Link(
                target: text(12).filter { $0 != ">" },
                relations: ["next", "x-\(Int.random(in: 0...9, using: &random))"],
                parameters: (0..<Int.random(in: 0...4, using: &random)).map {
                    Link.Parameter("p\($0)", Bool.random(using: &random) ? nil : text(20))
                })
            #expect(try LinkParser.parse([link.fieldValue]) == [link], "seed \(seed): \(link.fieldValue)")
        }
    }
}
