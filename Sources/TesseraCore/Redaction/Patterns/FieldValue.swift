/// Where a value begins after its name, in the ways that headers, JSON, dictionaries of other languages and logs write it.
struct FieldValue {
    /// The quote in which the value stands.
    private(set) var quote: UInt8?
    /// Whether a backslash stood before that quote, so that none before other bytes means anything here.
    private(set) var isEscaped = false

    /// Passes the end of the name, the separator and the opening quote; nil when there is no separator.
    ///
    /// `name: value`, `name=value`, `"name": "value"`, `\"name\":\"value\"`, `'name': b'value'`, `('name', 'value')`,
    /// `"name" => "value"`, `"name: value"`
    init?(after cursor: inout PatternCursor, nameAt start: Int) {
        let isQuotedName = FieldValue.skipQuote(&cursor) != nil
        cursor.skip(while: .space, atMost: 8)
        let isSeparated =
            cursor.skip(exactly: "=>") || cursor.skip(UInt8(ascii: ":")) || cursor.skip(UInt8(ascii: "="))
            || cursor.skip(exactly: "%3D") || cursor.skip(exactly: "%3A")
            || isQuotedName && cursor.skip(UInt8(ascii: ","))
        guard isSeparated else { return nil }
        cursor.skip(while: .space, atMost: 8)
        skipByteStringMark(&cursor)
        if let opening = FieldValue.skipQuote(&cursor) {
            (quote, isEscaped) = opening
        } else if !isQuotedName, start > 0, ByteClass.quote.contains(cursor.text[start - 1]) {
            quote = cursor.text[start - 1]
            isEscaped = start > 1 && cursor.text[start - 2] == UInt8(ascii: "\\")
        }
    }

    /// The `b` of Python and Rust.
    private func skipByteStringMark(_ cursor: inout PatternCursor) {
        let start = cursor.position
        guard cursor.skip(UInt8(ascii: "b")) else { return }
        if cursor.next.map({ ByteClass.quote.contains($0) }) != true { cursor.step(start - cursor.position) }
    }

    /// Passes a quote, also one that is escaped.
    private static func skipQuote(_ cursor: inout PatternCursor) -> (quote: UInt8, isEscaped: Bool)? {
        let start = cursor.position
        let slashes = cursor.skip(while: backslash, atMost: 4)
        if let byte = cursor.next, ByteClass.quote.contains(byte) {
            cursor.step()
            return (byte, slashes > 0)
        }
        cursor.step(start - cursor.position)
        return nil
    }

    private static let backslash = ByteClass("\\")

    /// Passes what is left of the value: to its quote, or to the end of the line; not over `end`.
    func skipRest(_ cursor: inout PatternCursor, before end: UInt8? = nil) {
        let start = cursor.position
        while cursor.position - start < PatternCursor.longest, let byte = cursor.next, byte != quote, byte != end,
            ByteClass.printable.contains(byte)
        {
            cursor.step()
            guard byte == UInt8(ascii: "\\"), !isEscaped, let quote else { continue }
            if cursor.next == quote || cursor.next == byte { cursor.step() }
        }
        guard isEscaped, cursor.next == quote else { return }
        while cursor.position > start, cursor.text[cursor.position - 1] == UInt8(ascii: "\\") { cursor.step(-1) }
    }
}
