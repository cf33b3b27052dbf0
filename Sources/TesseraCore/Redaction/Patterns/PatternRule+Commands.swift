/// Secrets that stand behind words with spaces between them.
extension PatternRule {
    /// `curl -u user:password`, `curl -b name=value`. From the first to the last, where a command has several.
    static let curl = PatternRule(windows: ["curl"], patterns: [.curlOption]) { text, start in
        var cursor = PatternCursor(text, at: start + 4)
        guard text.isBoundary(start), cursor.skip(while: .space) > 0 else { return Finding(.curlOption, nil, cursor) }
        var found: Range<Int>?
        while cursor.position - start < longestCommand, let byte = cursor.next, word.contains(byte), byte != pipe {
            if let option = CurlOption(&cursor) {
                if let value = option.value(&cursor) { found = (found ?? value).lowerBound..<value.upperBound }
            } else {
                cursor.skipArgument()
            }
            cursor.skip(while: .space)
        }
        return Finding(.curlOption, found, cursor)
    }

    /// `machine host login name password secret`, on one line or, at the beginning of one, over several.
    static let netrc = PatternRule(windows: ["mach"], patterns: [.netrcPassword]) { text, start in
        var cursor = PatternCursor(text, at: start)
        let beginsLine = start == 0 || text[start - 1] == 0x0A
        let blank = beginsLine ? blank : ByteClass.space
        guard text.isBoundary(start), cursor.skip(exactly: "machine"), cursor.skip(while: .space) > 0 else {
            return Finding(.netrcPassword, nil, cursor)
        }
        cursor.skip(while: word)
        // At most what netrc knows: login, account and password.
        for _ in 0..<3 {
            guard cursor.skip(while: blank) > 0 else { break }
            let isPassword = cursor.skip(exactly: "password")
            guard isPassword || cursor.skip(exactly: "login") || cursor.skip(exactly: "account"),
                cursor.skip(while: blank) > 0
            else { break }
            let value = cursor.position
            cursor.skip(while: word)
            guard isPassword else { continue }
            let isSecret = !ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: text[value..<cursor.position]))
            return Finding(.netrcPassword, isSecret ? value..<cursor.position : nil, cursor)
        }
        return Finding(.netrcPassword, nil, cursor)
    }

    private static let longestCommand = 4096
    private static let pipe = UInt8(ascii: "|")
    private static let blank = ByteClass(" \t\r\n")
    fileprivate static let word = ByteClass.printable.subtracting(" \t")
}

extension PatternCursor {
    private static let bareArgument = PatternRule.word.subtracting("\"'`\\|")

    /// Passes an argument of a command, in quotes or without, or a part of one.
    fileprivate mutating func skipArgument() {
        if let (quote, _) = skipQuote() {
            let start = position
            while position - start < PatternCursor.longest, let byte = next, byte != quote,
                ByteClass.printable.contains(byte)
            {
                step()
            }
            _ = skip(quote)
        } else if skip(while: PatternCursor.bareArgument) == 0 {
            step()
        }
    }
}

/// An option of curl whose value is a secret, or holds one behind a colon.
private enum CurlOption {
    case user
    case cookie

    /// Passes the option and what stands before its value; nil, and passes nothing, when it is another one.
    init?(_ cursor: inout PatternCursor) {
        let start = cursor.position
        if cursor.skip(exactly: "-u") || cursor.skip(exactly: "-U") {
            self = .user
            cursor.skip(while: .space)
            return
        }
        if cursor.skip(exactly: "-b") {
            self = .cookie
            cursor.skip(while: .space)
            return
        }
        if cursor.skip(exactly: "--user") || cursor.skip(exactly: "--proxy-user") {
            self = .user
        } else if cursor.skip(exactly: "--cookie") {
            self = .cookie
        } else {
            return nil
        }
        // `--user-agent` is another one.
        if cursor.skip(UInt8(ascii: "=")) || cursor.skip(while: .space) > 0 { return }
        cursor.step(start - cursor.position)
        return nil
    }

    /// Passes the option's value, and says where the secret is in it: behind the user's colon; a cookie is one as a whole,
    /// and without an equals sign the name of a file.
    func value(_ cursor: inout PatternCursor) -> Range<Int>? {
        let quote = cursor.skipQuote()?.quote
        let allowed = quote == nil ? PatternRule.word : .printable
        let separator = UInt8(ascii: self == .user ? ":" : "=")
        var start = cursor.position
        var isFound = false
        let first = cursor.position
        while cursor.position - first < PatternCursor.longest, let byte = cursor.next, byte != quote,
            allowed.contains(byte)
        {
            cursor.step()
            guard byte == separator, !isFound else { continue }
            isFound = true
            if self == .user { start = cursor.position }
        }
        let range = start..<cursor.position
        if let quote { _ = cursor.skip(quote) }
        guard isFound, !ValueShape.isPlaceholder(UnsafeBufferPointer(rebasing: cursor.text[range])) else { return nil }
        return range
    }
}
