/// Credentials that stand in header fields.
extension PatternRule {
    /// `Bearer`, `DPoP` or `Basic` and a credential, wherever that stands.
    static let scheme = PatternRule(windows: ["eare", "dpop", "asic"], patterns: [.authorization]) { text, position in
        let start = text.has("eare", at: position) || text.has("asic", at: position) ? position - 1 : position
        guard start >= 0, text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        guard cursor.skip("bearer") || cursor.skip("dpop") || cursor.skip("basic") else {
            return Finding(.authorization, nil, cursor)
        }
        guard skipGap(&cursor) else { return Finding(.authorization, nil, cursor) }
        skipOpening(&cursor)
        let secret = cursor.position
        let count = cursor.skip(while: credential)
        let text = UnsafeBufferPointer(rebasing: text[secret..<cursor.position])
        let isWord = ValueShape.isWord(text)
        let padding = cursor.skip(while: ByteClass("="), atMost: 3)
        // `Bearer realm="x"` is a challenge (RFC 9110 §11.6.1), `Bearer token` is English.
        if padding > 0, !isWord { cursor.skip(while: credential.union("=")) }
        return Finding(.authorization, count >= 8 && !isWord ? secret..<cursor.position : nil, cursor)
    }

    /// The token68 of RFC 9110 §11.2 and the signs that issuers put between the parts of their tokens.
    private static let credential = ByteClass.token68.union("|!:")

    /// A quote, as some print the value of a field, and the `b` of Python before it.
    private static func skipOpening(_ cursor: inout PatternCursor) {
        let start = cursor.position
        _ = cursor.skip(UInt8(ascii: "b"))
        if cursor.skipQuote() == nil { cursor.step(start - cursor.position) }
    }

    /// White space, as it is or percent-encoded.
    private static func skipGap(_ cursor: inout PatternCursor) -> Bool {
        if cursor.skip(while: ByteClass(" \t:="), atMost: 8) > 0 {
            cursor.skipColour()
            return true
        }
        return cursor.skip(exactly: "%20") || cursor.skip(UInt8(ascii: "+"))
    }

    /// `Authorization:` and whatever follows, with or without a scheme.
    static let authorizationField = PatternRule(windows: ["oriz"], patterns: [.authorization]) { text, position in
        let start = position - 4
        guard start >= 0, text.has("auth", at: start), text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        guard cursor.skip("authorization"), let value = FieldValue(after: &cursor, nameAt: start) else {
            return Finding(.authorization, nil, cursor)
        }
        let first = cursor.position
        cursor.skip(while: credential.union("="), atMost: PatternCursor.longest)
        var secret = first..<cursor.position
        if cursor.next == UInt8(ascii: " ") {
            secret = credentials(behind: first, value, &cursor)
        }
        let bytes = UnsafeBufferPointer(rebasing: text[secret])
        let isSecret = bytes.count >= 8 && !ValueShape.isWord(bytes) && !ValueShape.isPlaceholder(bytes)
        return Finding(.authorization, isSecret ? secret : nil, cursor)
    }

    /// What stands behind a scheme: a token, or parameters that go on for the rest of the field.
    private static func credentials(
        behind scheme: Int, _ value: FieldValue, _ cursor: inout PatternCursor
    ) -> Range<Int> {
        let end = cursor.position
        cursor.skip(while: .space, atMost: 8)
        skipOpening(&cursor)
        let start = cursor.position
        cursor.skip(while: singleToken)
        let token = withoutClosing(start..<cursor.position, cursor.text)
        let isKnown = ["bearer", "dpop", "basic", "token", "apikey"].contains { (name: StaticString) in
            end - scheme == name.utf8CodeUnitCount && cursor.text.has(name, at: scheme)
        }
        let isWhole = cursor.next.map { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ",") } ?? true
        guard !isKnown, !isWhole || cursor.text[token].contains(UInt8(ascii: "=")) else { return token }
        value.skipRest(&cursor)
        let rest = start..<cursor.position
        return cursor.text[rest].contains(UInt8(ascii: "=")) ? rest : token
    }

    /// Without the brackets that something around the field closes, as in curl's `[authorization: Bearer …]`.
    private static func withoutClosing(_ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var range = range
        while let last = range.last, let opening = opening(of: text[last]), !text[range].contains(opening) {
            range = range.lowerBound..<last
        }
        return range
    }

    private static func opening(of sign: UInt8) -> UInt8? {
        switch sign {
        case UInt8(ascii: ")"): UInt8(ascii: "(")
        case UInt8(ascii: "]"): UInt8(ascii: "[")
        case UInt8(ascii: "}"): UInt8(ascii: "{")
        case UInt8(ascii: ">"): UInt8(ascii: "<")
        default: nil
        }
    }

    private static let singleToken = ByteClass(" \t\"'`,;").inverted

    private static let cookieName = ByteClass.dotted.union("!#$%&'*+^`|~")

    /// `Cookie:` with all its values, `Set-Cookie:` with its one.
    static let cookieField = PatternRule(windows: ["okie"], patterns: [.cookie]) { text, position in
        let start = position - 2
        guard start >= 0, text.has("co", at: start), text.isBoundary(start) else { return .nothing }
        let isSet = text.has("set-", at: start - 4)
        var cursor = PatternCursor(text, at: position + 4)
        let nameAt = isSet ? start - 4 : start
        guard let value = FieldValue(after: &cursor, nameAt: nameAt), cursor.skip(while: cookieName, atMost: 256) > 0,
            cursor.skip(UInt8(ascii: "="))
        else { return Finding(.cookie, nil, cursor) }
        let secret = cursor.position
        value.skipRest(&cursor, before: isSet ? UInt8(ascii: ";") : nil)
        let range = withoutClosing(secret..<cursor.position, text)
        let isSecret = !range.isEmpty && !ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: text[range]))
        return Finding(.cookie, isSecret ? range : nil, cursor)
    }
}
