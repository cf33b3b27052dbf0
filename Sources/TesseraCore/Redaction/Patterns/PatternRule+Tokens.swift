/// Tokens whose beginning is too short for a window of its own.
extension PatternRule {
    /// `SG.` and two segments. The dots make it distinct, so each part has its own length.
    static let sendgrid = PatternRule(
        windows: ["sg.?"], wildcard: .base64url, patterns: [.sendgridKey]
    ) { text, start in
        guard text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        let isKey =
            cursor.skip(exactly: "SG.") && (16...64).contains(cursor.skip(while: .base64url, atMost: 65))
            && cursor.skip(UInt8(ascii: ".")) && cursor.skip(while: .base64url) >= 16
        return Finding(.sendgridKey, isKey ? start..<cursor.position : nil, cursor)
    }

    /// `SK` and 32 hexadecimal digits.
    static let twilioKey = PatternRule(
        windows: ["sk??"], wildcard: .lowerHex, patterns: [.twilioKey]
    ) { text, start in
        guard text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        var isKey = cursor.skip(exactly: "SK") && cursor.skip(while: .lowerHex, atMost: 32) == 32
        if isKey, let next = cursor.next, ByteClass.word.contains(next) { isKey = false }
        return Finding(.twilioKey, isKey ? start..<cursor.position : nil, cursor)
    }

    /// The token after an account's identifier: `AC…:token`, as curl and URLs have it.
    static let twilioAccount = PatternRule(
        windows: ["ac??"], wildcard: .lowerHex, patterns: [.twilioKey]
    ) { text, start in
        guard text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        guard cursor.skip(exactly: "AC"), cursor.skip(while: .lowerHex, atMost: 32) == 32,
            cursor.skip(UInt8(ascii: ":"))
        else { return Finding(.twilioKey, nil, cursor) }
        let secret = cursor.position
        let isToken = cursor.skip(while: .lowerHex, atMost: 32) == 32
        return Finding(.twilioKey, isToken ? secret..<cursor.position : nil, cursor)
    }

    /// `hf_` and 34 letters and digits.
    static let huggingFace = PatternRule(
        windows: ["hf_?"], wildcard: .alphanumeric, patterns: [.huggingFaceToken]
    ) { text, start in
        guard text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        let isToken = cursor.skip(exactly: "hf_") && cursor.skip(while: .alphanumeric) >= 34
        return Finding(.huggingFaceToken, isToken ? start..<cursor.position : nil, cursor)
    }
}
