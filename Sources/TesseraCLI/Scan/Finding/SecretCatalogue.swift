#if CLI
import TesseraCore

/// The redactor's patterns, as a scan uses them.
enum SecretCatalogue {
    private static let matcher = PatternMatcher()

    /// The secrets of a text in order, none over another: of patterns that know the same secret, one that goes by its
    /// look names it, and else the one that has more of it.
    static func matches(in text: [UInt8]) -> [PatternMatch] {
        var distinct: [PatternMatch] = []
        for match in matcher.matches(in: text) where !match.range.isEmpty && !isTag(match.range, in: text) {
            guard let last = distinct.last, last.range.overlaps(match.range) else {
                distinct.append(match)
                continue
            }
            if rank(match) > rank(last) { distinct[distinct.count - 1] = match }
        }
        return distinct
    }

    /// Whether it is what the redactor has put in place of a secret already.
    private static func isTag(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        range.count == 10 && text[range].allSatisfy({ $0.hexValue != nil })
            && text[..<range.lowerBound].suffix(8).elementsEqual(Array("[secret:".utf8))
            && text[range.upperBound...].first == UInt8(ascii: "]")
    }

    private static func rank(_ match: PatternMatch) -> (Int, Int) {
        (Set<SecretPattern>.formats.contains(match.pattern) ? 1 : 0, match.range.count)
    }

    /// The text with the name of its kind in place of each secret.
    static func redact(_ text: [UInt8]) -> String {
        let matches = matches(in: text)
        guard !matches.isEmpty else { return String(decoding: text, as: UTF8.self) }
        var output: [UInt8] = []
        var position = 0
        for match in matches {
            output += text[position..<match.range.lowerBound]
            output += Array("[\(match.pattern.rawValue)]".utf8)
            position = match.range.upperBound
        }
        return String(decoding: output + text[position...], as: UTF8.self)
    }
}
#endif
