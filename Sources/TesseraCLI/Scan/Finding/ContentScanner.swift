#if CLI
import TesseraCore

/// Finds the secrets in the bytes of one file; a pure function of them.
struct ContentScanner: Sendable {
    struct Hit: Equatable, Sendable {
        var pattern: SecretPattern
        var range: Range<Int>
        var line: Int
        var column: Int
        var verdict: FindingPolicy.Verdict
    }

    /// All matches in order, those that are no findings as well.
    static func hits(in contents: [UInt8]) -> [Hit] {
        var position = TextPosition(contents)
        // The line that was looked at last, and whether a comment on it allows what is found there.
        var judged: (start: Int, isAllowed: Bool)?
        return SecretCatalogue.matches(in: contents).map { match in
            position.advance(to: match.range.lowerBound)
            if judged?.start != position.lineStart {
                judged = (position.lineStart, FindingPolicy.allows(line: position.currentLine))
            }
            return Hit(
                pattern: match.pattern, range: match.range, line: position.line, column: position.column,
                verdict: FindingPolicy.verdict(
                    on: contents[match.range], pattern: match.pattern, isAllowed: judged?.isAllowed == true))
        }
    }
}
#endif
