import Testing

@testable import TesseraSecrets

/// What python-dotenv 1.x makes of the same text; Scripts/prove-secrets compares the two on random ones.
@Suite struct `Dotenv parser` {
    struct Row: CustomStringConvertible, Sendable {
        var text: String
        var values: [String: String]
        var unreadable: [Int] = []
        var description: String { text.debugDescription }
    }

    static let rows: [Row] = [
        Row(text: "", values: [:]),
        Row(text: "A=b", values: ["A": "b"]),
        Row(text: "A = b", values: ["A": "b"]),
        Row(text: "  A=b  \n", values: ["A": "b"]),
        Row(text: "export A=b", values: ["A": "b"]),
        Row(text: "export=b", values: ["export": "b"]),
        Row(text: "export\nA=b", values: ["A": "b"]),
        Row(text: "'A b'=c", values: ["A b": "c"]),
        Row(text: "A", values: [:]),
        Row(text: "A=", values: ["A": ""]),
        Row(text: "A=\nB=c", values: ["A": "", "B": "c"]),
        Row(text: "A=b\r\nB=c\rC=d", values: ["A": "b", "B": "c", "C": "d"]),
        Row(text: "\u{FEFF}A=b", values: ["A": "b"]),
        Row(text: "A=b # c", values: ["A": "b"]),
        Row(text: "A=b#c", values: ["A": "b#c"]),
        Row(text: "A=#c", values: ["A": "#c"]),
        Row(text: "A= #c", values: ["A": "#c"]),
        Row(text: "# A=b\nC=d", values: ["C": "d"]),
        Row(text: "A='b c'", values: ["A": "b c"]),
        Row(text: "A='b # c' # d", values: ["A": "b # c"]),
        Row(text: #"A='b\n'"#, values: ["A": #"b\n"#]),
        Row(text: #"A='b\'c'"#, values: ["A": "b'c"]),
        Row(text: #"A='b\\'"#, values: ["A": #"b\"#]),
        Row(text: #"A="b\nc\t\"d\"""#, values: ["A": "b\nc\t\"d\""]),
        Row(text: #"A="b\xc""#, values: ["A": #"b\xc"#]),
        Row(text: #"A="b\""#, values: ["A": #"b\"#]),
        Row(text: "A=\"b\nc\"\nD=e", values: ["A": "b\nc", "D": "e"]),
        Row(text: "A=\"b\" c\nD=e", values: ["D": "e"], unreadable: [1]),
        Row(text: "A=\"b\nC=d", values: ["C": "d"], unreadable: [1]),
        Row(text: "=b\nC=d", values: ["C": "d"], unreadable: [1]),
        Row(text: "A b=c\nD=e", values: ["D": "e"], unreadable: [1]),
        Row(text: "A=1\nA=2", values: ["A": "2"]),
        Row(text: "A=1\nB=${A}2", values: ["A": "1", "B": "12"]),
        Row(text: "B=${A}", values: ["B": ""]),
        Row(text: "B=${A:-x y}z", values: ["B": "x yz"]),
        Row(text: "B=$A ${} ${A", values: ["B": "$A  ${A"]),
        Row(text: "B=${A:x}", values: ["B": "${A:x}"]),
        Row(text: "B='${ONLY_IN_ENVIRONMENT}'", values: ["B": "from outside"]),
        Row(text: "ONLY_IN_ENVIRONMENT=a\nB=${ONLY_IN_ENVIRONMENT}", values: ["ONLY_IN_ENVIRONMENT": "a", "B": "a"]),
        Row(text: "KEY=\"-----BEGIN\nabc\n-----END\"\n", values: ["KEY": "-----BEGIN\nabc\n-----END"]),
        Row(text: "Ä=ö", values: ["Ä": "ö"]),
        Row(text: "A=b\u{A0}\nC=\u{2003}d", values: ["A": "b", "C": "d"]),
    ]

    @Test(arguments: rows)
    func `a file is read as python-dotenv reads it`(row: Row) {
        let (values, unreadable) = DotenvFile.resolve(row.text) { $0 == "ONLY_IN_ENVIRONMENT" ? "from outside" : nil }
        #expect(values == row.values)
        #expect(unreadable == row.unreadable)
    }

    @Test func `values that name each other do not grow without bound`() {
        var text = "A0=" + String(repeating: "x", count: 1000) + "\n"
        for number in 1..<40 { text += "A\(number)=${A\(number - 1)}${A\(number - 1)}\n" }
        let (values, unreadable) = DotenvFile.resolve(text) { _ in nil }
        #expect(values.values.allSatisfy { $0.utf8.count <= DotenvInterpolation.longestValue })
        #expect(!unreadable.isEmpty)
    }

    @Test func `quotes that are never closed cost no more than their length`() {
        let text = String(repeating: "A=\"b\\\"\n", count: 20_000)
        let clock = ContinuousClock()
        let time = clock.measure { _ = DotenvParser.bindings(of: text) }
        #expect(time < .seconds(20))
    }
}
