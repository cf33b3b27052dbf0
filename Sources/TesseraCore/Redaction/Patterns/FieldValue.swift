/// Where a value begins after its name, in the ways that headers, JSON, dictionaries of other languages and logs write it.
struct FieldValue {
    /// The quote in which the value stands.
    private(set) var quote: UInt8?
    /// Whether a backslash stood before that quote, so that none before other bytes means anything here.
    private(set) var isEscaped = false

    /// Whether that quote stands directly before the value.
    private(set) var isOpened = false

    /// Whether the value is the first of a list in brackets that has no quotes, as Go prints headers.
    private(set) var isListed = false

    /// Passes the end of the name, the separator and the opening quote; nil when there is no separator.
    ///
    /// `name: value`, `name=value`, `"name": "value"`, `\"name\":\"value\"`, `'name': b'value'`, `('name', 'value')`,
    /// `"name" => "value"`, `"name: value"`
    init?(after cursor: inout PatternCursor, nameAt start: Int) {
        guard let assignment = Assignment(&cursor) else { return nil }
        self.init(assignment, &cursor, nameAt: start)
    }

    init(_ assignment: Assignment, _ cursor: inout PatternCursor, nameAt start: Int) {
        cursor.skip(while: .space, atMost: 8)
        cursor.skipColour()
        let isList = skipBracket(&cursor)
        skipByteStringMark(&cursor)
        if !assignment.isQuotedName, start > 0, ByteClass.quote.contains(cursor.text[start - 1]) {
            quote = cursor.text[start - 1]
            isEscaped = start > 1 && cursor.text[start - 2] == UInt8(ascii: "\\")
        }
        // A quote that was open already closes here, and the value is empty.
        guard cursor.next != quote || quote == nil || isList else { return }
        if let opening = cursor.skipQuote() {
            (quote, isEscaped) = opening
            isOpened = true
        } else {
            isListed = isList
        }
    }

    /// One that opens a list: a tag begins with one too.
    private func skipBracket(_ cursor: inout PatternCursor) -> Bool {
        guard !cursor.text.has("[secret:", at: cursor.position), cursor.skip(UInt8(ascii: "[")) else { return false }
        cursor.skip(while: .space, atMost: 8)
        return true
    }

    /// The `b` of Python and Rust.
    private func skipByteStringMark(_ cursor: inout PatternCursor) {
        let start = cursor.position
        guard cursor.skip(UInt8(ascii: "b")) else { return }
        if cursor.next.map({ ByteClass.quote.contains($0) }) != true { cursor.step(start - cursor.position) }
    }

    /// Passes what is left of the value: to its quote, or to the end of the line; not over `end`.
    func skipRest(_ cursor: inout PatternCursor, before end: UInt8? = nil) {
        let start = cursor.position
        while cursor.position - start < PatternCursor.longest, let byte = cursor.next, byte != quote, byte != end,
            ByteClass.printable.contains(byte), !isListed || byte != UInt8(ascii: "]")
        {
            cursor.step()
            guard byte == UInt8(ascii: "\\"), !isEscaped, let quote else { continue }
            if cursor.next == quote || cursor.next == byte { cursor.step() }
        }
        guard isEscaped, cursor.next == quote else { return }
        while cursor.position > start, cursor.text[cursor.position - 1] == UInt8(ascii: "\\") { cursor.step(-1) }
    }
}

/// What stands between a name and its value.
struct Assignment {
    let isQuotedName: Bool

    /// Passes the end of the name and the separator; nil when there is none.
    init?(_ cursor: inout PatternCursor) {
        isQuotedName = cursor.skipQuote() != nil
        cursor.skip(while: .space, atMost: 8)
        switch cursor.next {
        case UInt8(ascii: ":")?:
            cursor.step()
            // Go's declaration; and those with a type.
            if !cursor.skip(UInt8(ascii: "=")), !isQuotedName { Assignment.skipType(&cursor) }
        case UInt8(ascii: "=")?:
            cursor.step()
            _ = cursor.skip(UInt8(ascii: ">"))
        case UInt8(ascii: "%")?:
            guard cursor.skip(exactly: "%3D") || cursor.skip(exactly: "%3A") else { return nil }
        case UInt8(ascii: ",")? where isQuotedName: cursor.step()
        default: return nil
        }
    }

    private static let typeName = ByteClass.dotted.union("&?<>[]")

    /// Passes `String =` of `let token: String = "…"`, when a quote follows.
    private static func skipType(_ cursor: inout PatternCursor) {
        let start = cursor.position
        cursor.skip(while: .space, atMost: 8)
        if cursor.skip(while: typeName, atMost: 40) > 0 {
            cursor.skip(while: .space, atMost: 8)
            if cursor.skip(UInt8(ascii: "=")) {
                let end = cursor.position
                cursor.skip(while: .space, atMost: 8)
                if let next = cursor.next, ByteClass.quote.contains(next) {
                    cursor.step(end - cursor.position)
                    return
                }
            }
        }
        cursor.step(start - cursor.position)
    }
}

extension PatternCursor {
    /// Passes a quote, also one that is escaped.
    mutating func skipQuote() -> (quote: UInt8, isEscaped: Bool)? {
        guard let byte = next, ByteClass.quote.contains(byte) || byte == UInt8(ascii: "\\") else { return nil }
        let start = position
        let slashes = skip(while: .backslash, atMost: 4)
        if let byte = next, ByteClass.quote.contains(byte) {
            step()
            return (byte, slashes > 0)
        }
        step(start - position)
        return nil
    }
}
