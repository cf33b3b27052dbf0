import Testing

@testable import TesseraCore

@Suite struct `Base64 decoding` {
    struct Row: CustomStringConvertible, Sendable {
        var text: String
        var alphabet: Base64.Alphabet
        var bytes: [UInt8]?
        var description: String { "\(text) \(alphabet)" }
    }

    /// RFC 4648 §10, and what is not the one encoding of anything (§3.5, §12).
    static let rows: [Row] = [
        Row(text: "", alphabet: .standard, bytes: []),
        Row(text: "Zg==", alphabet: .standard, bytes: Array("f".utf8)),
        Row(text: "Zm8=", alphabet: .standard, bytes: Array("fo".utf8)),
        Row(text: "Zm9v", alphabet: .standard, bytes: Array("foo".utf8)),
        Row(text: "Zm9vYmFy", alphabet: .standard, bytes: Array("foobar".utf8)),
        Row(text: "+/8=", alphabet: .standard, bytes: [0xFB, 0xFF]),
        Row(text: "-_8", alphabet: .urlSafe, bytes: [0xFB, 0xFF]),
        Row(text: "Zg", alphabet: .urlSafe, bytes: Array("f".utf8)),
        Row(text: "Zg", alphabet: .standard, bytes: nil),
        Row(text: "Zg==", alphabet: .urlSafe, bytes: nil),
        Row(text: "Zh==", alphabet: .standard, bytes: nil),
        Row(text: "Zh", alphabet: .urlSafe, bytes: nil),
        Row(text: "-_8=", alphabet: .standard, bytes: nil),
        Row(text: "Z===", alphabet: .standard, bytes: nil),
        Row(text: "====", alphabet: .standard, bytes: nil),
        Row(text: "Zm9v\nYmFy", alphabet: .standard, bytes: nil),
        Row(text: "Zg==Zg==", alphabet: .standard, bytes: nil),
        Row(text: "A", alphabet: .urlSafe, bytes: nil),
    ]

    @Test(arguments: rows)
    func `only the one encoding is read`(row: Row) {
        #expect(Base64.decode(row.text.utf8, alphabet: row.alphabet) == row.bytes)
    }

    @Test(arguments: [Base64.Alphabet.standard, .urlSafe])
    func `what was encoded is read again`(alphabet: Base64.Alphabet) {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes, alphabet: alphabet), alphabet: alphabet) == bytes)
        }
    }
}
