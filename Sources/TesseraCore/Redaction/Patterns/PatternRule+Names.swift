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
            if name.isPassword { skipPassword(&cursor) } else { cursor.skip(while: .unquotedValue) }
            let value = UnsafeBufferPointer(rebasing: text[start..<cursor.position])
            // `token = next()` is source code: what is spaced and not quoted is a secret if it ends its line and no word
            // or name could be it, as in `~/.aws/credentials`.
            let isCall = cursor.next == UInt8(ascii: "(") && value.allSatisfy(ByteClass.dotted.contains)
            if isCall || isSpaced && !isSetting(value, &cursor) { return Finding(name.pattern, nil, cursor) }
        }
        let value = UnsafeBufferPointer(rebasing: text[start..<cursor.position])
        let isSecret = name.accepts(value)
        return Finding(name.pattern, isSecret ? start..<cursor.position : nil, cursor)
    }

    /// The text of an element named so: `<password>…</password>`. Nothing that goes on after the tag is a value.
    static let element = PatternRule(
        windows: SecretName.ends.map { $0 + ">" }, patterns: [.namedValue, .awsSecretKey, .azureKey]
    ) { text, position in
        var cursor = PatternCursor(text, at: position + 4)
        guard let name = SecretName(endingAt: position + 3, in: text), opensElement(name.start, in: text) else {
            return Finding(.namedValue, nil, cursor)
        }
        let start = cursor.position
        cursor.skip(while: elementText)
        let value = start..<cursor.position
        let isSecret = cursor.skip(exactly: "</") && name.accepts(UnsafeBufferPointer(rebasing: text[value]))
        return Finding(name.pattern, isSecret ? value : nil, cursor)
    }

    /// Whether `<`, or `<prefix:` as namespaces have it, stands before `position`.
    private static func opensElement(_ position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = position - 1
        if place >= 0, text[place] == UInt8(ascii: ":") {
            repeat { place -= 1 } while place >= 0 && position - place < 32 && ByteClass.dotted.contains(text[place])
        }
        return place >= 0 && text[place] == UInt8(ascii: "<")
    }

    private static let elementText = ByteClass.printable.subtracting("<>")

    private static func isSetting(_ value: UnsafeBufferPointer<UInt8>, _ cursor: inout PatternCursor) -> Bool {
        guard value.count >= 16, !value.contains(UInt8(ascii: ".")), value.contains(where: { $0.isDigit }),
            value.contains(where: { $0.isASCIILetterOrDigit && !$0.isDigit })
        else { return false }
        cursor.skip(while: .space, atMost: 8)
        return cursor.next.map { $0 == 0x0A || $0 == 0x0D } ?? true
    }

    /// People use all signs in passwords: it ends at a space or a quote, or where the next name of a list begins.
    private static func skipPassword(_ cursor: inout PatternCursor) {
        let start = cursor.position
        while cursor.position - start < PatternCursor.longest {
            cursor.skip(while: .unquotedValue)
            guard let byte = cursor.next, passwordSigns.contains(byte), !beginsName(&cursor) else { return }
            cursor.step()
        }
    }

    private static let passwordSigns = ByteClass("&;,([{<>|\\")

    /// Whether a name and an equals sign or colon follow, or nothing of the line does. The cursor stays where it is.
    private static func beginsName(_ cursor: inout PatternCursor) -> Bool {
        let sign = cursor.position
        defer { cursor.step(sign - cursor.position) }
        cursor.step()
        let count = cursor.skip(while: .dotted.union(" "), atMost: 40)
        guard let byte = cursor.next else { return count == 0 }
        return count == 0 ? !ByteClass.printable.contains(byte) : ByteClass("=:\"").contains(byte)
    }
}
