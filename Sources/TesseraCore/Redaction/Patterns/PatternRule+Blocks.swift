/// Secrets that are known by their own form and have no prefix of four letters.
extension PatternRule {
    /// `eyJ` is base64 of `{"`, and the letter or digit after that has one of 26 forms.
    static let jsonWebToken = PatternRule(
        windows: ["eyj?"], wildcard: ByteClass("hijklmnopqrstuvwxyz0123456"), patterns: [.jwt]
    ) { text, start in
        guard text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        // One without signature ends with a dot (RFC 7519 §6.1); of one that was cut off the claims are still worth
        // hiding. In five parts it is encrypted.
        let isToken =
            cursor.skip(exactly: "eyJ") && cursor.skip(while: .base64url) >= 10 && cursor.skip(UInt8(ascii: "."))
            && cursor.skip(while: .dotted) >= 4
        return Finding(.jwt, isToken ? start..<cursor.position : nil, cursor)
    }

    /// A webhook's path is its password.
    static let webhook = PatternRule(windows: ["oks."], patterns: [.slackWebhook]) { text, position in
        guard position >= 2 else { return .nothing }
        var cursor = PatternCursor(text, at: position - 2)
        guard cursor.skip("hooks.slack.com/") else { return Finding(.slackWebhook, nil, cursor) }
        guard cursor.skip("services/") || cursor.skip("workflows/") || cursor.skip("triggers/") else {
            return Finding(.slackWebhook, nil, cursor)
        }
        let secret = cursor.position
        let isPath = cursor.skip(while: .base64url.union("/")) >= 16
        return Finding(.slackWebhook, isPath ? secret..<cursor.position : nil, cursor)
    }

    /// `-----BEGIN … PRIVATE KEY-----` and what follows it up to the end of the block.
    static let privateKeyBlock = PatternRule(windows: ["--be"], patterns: [.privateKey]) { text, position in
        guard position >= 3 else { return .nothing }
        var cursor = PatternCursor(text, at: position - 3)
        guard cursor.skip(exactly: "-----BEGIN") else { return Finding(.privateKey, nil, cursor) }
        let label = cursor.position
        cursor.skip(while: .upperAlphanumeric.union(" "), atMost: 48)
        let isKey =
            text.has("PRIVATE KEY", at: cursor.position - 11, exact: true)
            || text.has("PRIVATE KEY BLOCK", at: cursor.position - 17, exact: true)
        guard cursor.position > label, isKey, cursor.skip("-----") else { return Finding(.privateKey, nil, cursor) }
        let body = cursor.position
        let range = body..<endOfKey(&cursor)
        return Finding(.privateKey, range.isEmpty ? nil : range, cursor)
    }

    /// Where the `-----END` of a private key stands. The cursor stays where it is.
    private static func endLine(_ cursor: inout PatternCursor) -> Int? {
        let body = cursor.position
        defer { cursor.step(body - cursor.position) }
        while cursor.position - body < PatternCursor.longest {
            cursor.skip(while: betweenDashes)
            guard cursor.next == UInt8(ascii: "-") else { return nil }
            let dash = cursor.position
            if cursor.skip(exactly: "-----BEGIN") { return nil }
            guard cursor.skip(exactly: "-----END") else {
                cursor.step()
                continue
            }
            cursor.skip(while: .upperAlphanumeric.union(" "), atMost: 48)
            let isKey =
                cursor.text.has("PRIVATE KEY", at: cursor.position - 11, exact: true)
                || cursor.text.has("PRIVATE KEY BLOCK", at: cursor.position - 17, exact: true)
            return isKey ? dash : nil
        }
        return nil
    }

    private static let betweenDashes = ByteClass("-").inverted.union("\t\r\n\u{1B}")
    private static let armour = ByteClass.base64.union(" \t\r\n\\:,._\"'()")

    /// Before `-----END`; without it after the last line that is nothing but base64.
    private static func endOfKey(_ cursor: inout PatternCursor) -> Int {
        let body = cursor.position
        // Behind the prefixes of a log the lines of a key are something else than base64.
        if let end = endLine(&cursor) {
            cursor.step(end - body)
            return end
        }
        while cursor.position - body < PatternCursor.longest, let byte = cursor.next {
            if byte == UInt8(ascii: "-") {
                let dash = cursor.position
                if cursor.skip(exactly: "-----END") { return dash }
                if cursor.skip(exactly: "-----") || cursor.touchedEnd { break }
                cursor.step()
            } else if armour.contains(byte) {
                cursor.step()
            } else {
                break
            }
        }
        var lines = PatternCursor(cursor.text, at: body)
        var end = body
        while lines.position < cursor.position {
            lines.skip(while: ByteClass(" \t\r\n"))
            while lines.skip(exactly: "\\n") || lines.skip(exactly: "\\r") {}
            guard lines.skip(while: .base64) >= 16 else { break }
            end = lines.position
        }
        return min(end, cursor.position)
    }
}
