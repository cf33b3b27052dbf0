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
        let secret = cursor.position
        let count = cursor.skip(while: .token68)
        let text = UnsafeBufferPointer(rebasing: text[secret..<cursor.position])
        let padding = cursor.skip(while: ByteClass("="), atMost: 3)
        // `Bearer realm="x"` is a challenge (RFC 9110 §11.6.1), `Bearer token` is English.
        let isParameter = padding > 0 && (cursor.next.map { ByteClass.token68.union("\"").contains($0) } ?? false)
        let isSecret = count >= 8 && !isParameter && !ValueShape.isWord(text)
        return Finding(.authorization, isSecret ? secret..<cursor.position : nil, cursor)
    }

    /// White space, as it is or percent-encoded.
    private static func skipGap(_ cursor: inout PatternCursor) -> Bool {
        if cursor.skip(while: ByteClass(" \t:="), atMost: 8) > 0 { return true }
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
        let count = cursor.skip(while: .token68, atMost: PatternCursor.longest)
        let isAlone = cursor.next != UInt8(ascii: " ")
        if isAlone {
            cursor.skip(while: ByteClass("="), atMost: 3)
            let word = UnsafeBufferPointer(rebasing: text[first..<first + count])
            let isSecret = count >= 8 && !ValueShape.isWord(word)
            return Finding(.authorization, isSecret ? first..<cursor.position : nil, cursor)
        }
        cursor.skip(while: .space, atMost: 8)
        let secret = cursor.position
        // A scheme with one token, or with parameters that go on for the rest of the field.
        let hasToken = ["bearer", "dpop", "basic", "token", "apikey"].contains { (name: StaticString) in
            count == name.utf8CodeUnitCount && text.has(name, at: first)
        }
        if hasToken || count == 0 {
            cursor.skip(while: .token68.union("="))
        } else {
            value.skipRest(&cursor)
        }
        let isSecret =
            count > 0 && cursor.position > secret
            && !ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: text[secret..<cursor.position]))
            && (hasToken || text[secret..<cursor.position].contains(UInt8(ascii: "=")))
        return Finding(.authorization, isSecret ? secret..<cursor.position : nil, cursor)
    }

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
        let isPlaceholder = ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: text[secret..<cursor.position]))
        let isSecret = cursor.position > secret && !isPlaceholder
        return Finding(.cookie, isSecret ? secret..<cursor.position : nil, cursor)
    }
}
