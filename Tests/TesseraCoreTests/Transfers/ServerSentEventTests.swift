import Testing

@testable import TesseraCore

@Suite("Server-sent events (WHATWG HTML §9.2.6)")
struct ServerSentEventTests {
    private static func parse(_ text: String, piece: Int = .max) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        var rest = Array(text.utf8)[...]
        var events: [ServerSentEvent] = []
        while !rest.isEmpty {
            events += parser.take(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        return events
    }

    static let rows: [(String, [ServerSentEvent])] = [
        // The standard's own examples.
        ("data: This is the first message.\n\n", [.init(data: "This is the first message.")]),
        ("data: second\ndata: message\n\n", [.init(data: "second\nmessage")]),
        ("event: add\ndata: 73857293\n\n", [.init(type: "add", data: "73857293")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
            [.init(data: "first event", id: "1"), .init(data: "second event")]
        ),
        ("data\n\ndata\ndata\n\ndata:", [.init(data: ""), .init(data: "\n")]),
        ("data:test\n\ndata: test\n\n", [.init(data: "test"), .init(data: "test")]),
        // Lines, marks and fields.
        ("data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", [.init(data: "a"), .init(data: "b"), .init(data: "c")]),
        ("data: a\r\ndata: b\r\n\r\n", [.init(data: "a\nb")]), ("data: a\rdata: b\r\r", [.init(data: "a\nb")]),
        ("\u{FEFF}data: a\n\n", [.init(data: "a")]), ("\u{FEFF}\u{FEFF}data: a\n\n", []),
        ("x\n\u{FEFF}data: a\n\n", []),
        ("id: 7\n\ndata: a\n\n", [.init(data: "a", id: "7")]),
        ("id: 7\ndata: a\n\ndata: b\n\n", [.init(data: "a", id: "7"), .init(data: "b", id: "7")]),
        ("id: a\u{0}b\ndata: a\n\n", [.init(data: "a")]), ("event: x\n\ndata: a\n\n", [.init(data: "a")]),
        ("Data: a\n\n", []), (" data: a\n\n", []), ("data : a\n\n", []), ("data: a", []), ("data: a\n", []),
        ("data: a:b: c\n\n", [.init(data: "a:b: c")]), (":\ndata: a\n:x\n\n", [.init(data: "a")]), ("\n\n\n", []),
        ("event:\ndata: a\n\n", [.init(data: "a")]), ("data: \u{1F600}\n\n", [.init(data: "\u{1F600}")]),
    ]

    @Test("streams", arguments: rows)
    func table(text: String, events: [ServerSentEvent]) throws {
        for piece in [1, 2, 3, 1000] { #expect(try Self.parse(text, piece: piece) == events, "pieces of \(piece)") }
    }

    @Test(
        "retry: digits only, at most a day",
        arguments: [
            ("retry: 1500", Duration.milliseconds(1500)), ("retry: 99999999999999999999", .seconds(86_400)),
            ("retry: 1.5", nil),
            ("retry: -1", nil), ("retry:", nil), ("retry: 1s", nil),
        ] as [(String, Duration?)])
    func retry(line: String, expected: Duration?) throws {
        var parser = ServerSentEventParser()
        _ = parser.take(Array("\(line)\n".utf8)[...])
        #expect(parser.retry == expected)
    }

    @Test("bytes that are no UTF-8 are replaced, and an id counts when its event ends")
    func replaced() throws {
        var parser = ServerSentEventParser(lastEventID: "0")
        #expect(
            parser.take([0x64, 0x61, 0x74, 0x61, 0x3A, 0xFF, 0x0A, 0x0A]) == [.init(data: "\u{FFFD}", id: "0")])
        _ = parser.take(Array("id: 5\n".utf8)[...])
        #expect(parser.lastEventID == "0")
        _ = parser.take([0x0A])
        #expect(parser.lastEventID == "5")
    }

    @Test("a line without end, and data without end, are refused")
    func bounds() throws {
        var parser = ServerSentEventParser()
        let piece = Array(repeating: UInt8(ascii: "x"), count: 65_536)
        for number in 1...17 {
            _ = parser.take(piece[...])
            #expect(parser.isTooLong == (number == 17))
        }
        parser = ServerSentEventParser()
        let line = Array("data: \(String(repeating: "x", count: 65_000))\n".utf8)
        for number in 1...66 {
            _ = parser.take(line[...])
            #expect(parser.isTooLong == (number > 64))
        }
        // What came before it is an event all the same.
        parser = ServerSentEventParser()
        let mixed = Array("data: a\n\n".utf8) + Array(repeating: 0x78, count: 1_100_000)
        #expect(parser.take(mixed[...]) == [.init(data: "a")])
        #expect(parser.isTooLong && parser.take([0x0A, 0x0A]).isEmpty)
    }
}
