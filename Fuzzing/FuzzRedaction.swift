extension FuzzTarget {
    private static let known = ["two\nlines of it", "100%25%sure+41", "abcabcabcab1d"].map { Secret($0) }
    private static let redactor: Redactor = {
        let redactor = Redactor(patterns: .all)
        for secret in known { redactor.register(secret) }
        return redactor
    }()

    /// A stream equals the whole, however it is cut; nothing is found outside the text; no known secret is left.
    static func checkRedaction(_ bytes: [UInt8]) {
        let whole = redactor.redact(bytes)
        var stream = RedactingStream(redactor)
        var output: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            let piece = rest.prefix(Int(first % 7) + 1)
            rest = rest.dropFirst(piece.count)
            output += stream.take(piece)
        }
        output += stream.finish()
        check(output == whole, "any pieces")
        let matches = (redactor.patterns ?? PatternMatcher()).matches(in: bytes)
        check(matches.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= bytes.count }, "within the text")
        for secret in known {
            let secret = secret.withExposedBytes { Array($0) }
            check(!contains(whole, secret), "no known secret is left")
        }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.indices.contains { text[$0...].starts(with: part) }
    }

    private static func check(_ holds: Bool, _ property: String) {
        guard holds else { fatalError("property does not hold: \(property)") }
    }
}
