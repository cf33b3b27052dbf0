#if CLI
import TesseraCore

/// Whether what a pattern matched is reported. A redactor may hide too much; who reads findings stops reading when most
/// of them are none.
enum FindingPolicy {
    enum Verdict: Equatable, Sendable {
        case reported
        /// A comment on the line allows it.
        case allowed
        /// It is an example, a variable, a word or a blank to be filled in.
        case placeholder
    }

    /// Stands in a comment on the line of a secret that is no secret.
    static let allowance = Array("tessera:allow".utf8)

    static func verdict(on match: ArraySlice<UInt8>, pattern: SecretPattern, isAllowed: Bool) -> Verdict {
        if isAllowed { return .allowed }
        return isSecret(match, pattern) ? .reported : .placeholder
    }

    static func allows(line: ArraySlice<UInt8>) -> Bool {
        line.firstRange(of: allowance) != nil
    }

    private static func isSecret(_ match: ArraySlice<UInt8>, _ pattern: SecretPattern) -> Bool {
        switch pattern {
        case .privateKey:
            // It has words of its own, and long runs of zero bytes in base64; a document's has dots for a body.
            return match.count { $0.isASCIILetterOrDigit } >= 64
        case .urlPassword, .curlOption, .netrcPassword:
            // People choose these.
            return !Placeholder.isOne(match) && !Placeholder.isCommonWord(match)
        case .namedValue, .queryItem:
            return !Placeholder.isOne(match) && GeneratedText.isOne(match)
        case .authorization, .cookie:
            // Several values may stand there.
            return match.split { GeneratedText.separators.contains($0) }.contains {
                !Placeholder.isOne($0) && GeneratedText.isOne($0)
            }
        default: return !Placeholder.isOne(match)
        }
    }
}
#endif
