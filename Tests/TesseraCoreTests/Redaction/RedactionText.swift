@testable import TesseraCore

/// Random texts that are dense with what redaction looks for.
enum RedactionText {
    private static let pieces = [
        "Authorization: ", "Bearer ", "bearer%20", "Basic ", "DPoP ", "Cookie: ", "Set-Cookie: a=", "sid=1; ", "eyJ",
        "eyJhbGciOiJI",
        ".", "://", "https://", "u:p@", "@", "?", "&", "=", "token=", "\"token\":\"", "password: ", "password=",
        "code=", "key",
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN", "-----END PRIVATE KEY-----", "-----", "MIIEvQIBADANBgkqhkiG9w0BAQ",
        "ghp_", "0123456789abcdefghijABCDEFGHIJ0123456789", "AKIA", "IOSFODNN7EXAMPLE", "SG.", "xoxb-", "AC",
        "hooks.slack.com/",
        "services/", "\n", "\n", "\r\n", "\r", " ", "\t", "\"", "'", "\\", "\\\"", "\\n", "%", "%3D", "%0A", "+", "a",
        "x9", "(", ";",
        "\u{1}", "\u{e4}", "\u{FFFD}", "[secret:", "]", "***",
    ]

    static func random(
        pieces count: ClosedRange<Int>, secrets: [[UInt8]], using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: count, using: &random) {
            if let secret = secrets.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
                let form = SecretEncoding.forms(of: secret).randomElement(using: &random)?.1 ?? secret
                // Whole, or a piece of it.
                text +=
                    Bool.random(using: &random)
                    ? form[...] : form.prefix(Int.random(in: 0...form.count, using: &random))
            } else if let piece = pieces.randomElement(using: &random) {
                text += piece.utf8
            }
        }
        return text
    }

    /// A text cut at random places.
    static func cut(_ text: [UInt8], atMost most: Int, using random: inout some RandomNumberGenerator) -> [ArraySlice<
        UInt8
    >] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(rest.prefix(Int.random(in: 1...most, using: &random)))
            rest = rest.dropFirst(pieces.last?.count ?? 1)
        }
        return pieces
    }
}
