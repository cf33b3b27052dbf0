/// Secrets that stand after their name, and in URLs.
extension PatternRule {
    // MARK: URLs

    /// `scheme://user:password@`, also with the slashes escaped as some JSON has them.
    static let userInformation = PatternRule(
        windows: ["?://", "?:\\/"], wildcard: .alphanumeric, patterns: [.urlPassword]
    ) { text, position in
        var cursor = PatternCursor(text, at: position + 1)
        guard cursor.skip(exactly: "://") || cursor.skip(exactly: ":\\/\\/") else {
            return Finding(.urlPassword, nil, cursor)
        }
        let start = cursor.position
        cursor.skip(while: .dotted)
        // Most URLs have a host here and nothing else.
        if let byte = cursor.next, !ByteClass.authority.contains(byte) { return Finding(.urlPassword, nil, cursor) }
        cursor.step(start - cursor.position)
        var colon: Int?
        var end: Int?
        while cursor.position - start < 2048, let byte = cursor.next, ByteClass.authority.contains(byte) {
            if byte == UInt8(ascii: ":"), colon == nil { colon = cursor.position }
            if byte == UInt8(ascii: "@") { end = cursor.position }
            cursor.step()
        }
        guard let end else { return Finding(.urlPassword, nil, cursor) }
        if let colon, colon < end {
            let range = colon + 1..<end
            let isSecret = !ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: text[range]))
            return Finding(.urlPassword, isSecret ? range : nil, cursor)
        }
        // A token alone, as git's remotes have it.
        return Finding(.urlPassword, end - start >= 20 ? start..<end : nil, cursor)
    }

    // MARK: Names

    static let name = PatternRule(
        windows: SecretName.windows, wildcard: ByteClass("=:\"'\\%`"),
        patterns: [.queryItem, .namedValue, .awsSecretKey, .azureKey]
    ) { text, position in
        // What follows says no more quickly than what goes before.
        var cursor = PatternCursor(text, at: position + 3)
        let isSpaced = cursor.next == UInt8(ascii: " ")
        guard let assignment = Assignment(&cursor) else { return Finding(.namedValue, nil, cursor) }
        guard let name = SecretName(endingAt: position + 3, in: text) else {
            return Finding(.namedValue, nil, cursor)
        }
        let field = FieldValue(assignment, &cursor, nameAt: name.start)
        let start = cursor.position
        if field.isOpened {
            field.skipRest(&cursor)
        } else {
            // `token = next()` is source code; values that are spaced and not quoted are left alone.
            guard !isSpaced else { return Finding(name.pattern, nil, cursor) }
            cursor.skip(while: .unquotedValue)
            if cursor.next == UInt8(ascii: "(") { return Finding(name.pattern, nil, cursor) }
        }
        let value = UnsafeBufferPointer(rebasing: text[start..<cursor.position])
        let isSecret = name.accepts(value)
        return Finding(name.pattern, isSecret ? start..<cursor.position : nil, cursor)
    }
}
