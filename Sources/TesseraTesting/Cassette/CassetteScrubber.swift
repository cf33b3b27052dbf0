import HTTPTypes
import TesseraCore

/// Replaces secrets by tags such as `[secret:access_token-1]` before anything of an exchange is kept.
///
/// A tag says under which name the secret came and which of that name it is: the same secret has the same tag wherever
/// it stands, and a new recording of the same calls has the same tags. It holds nothing that was computed from the
/// secret: a keyed hash could be guessed by whoever finds its key beside it.
///
/// Known are the secrets that stand where secrets stand (``SensitiveNames``, what a credential supplied, user
/// information of URLs), and every living ``TesseraCore/Secret`` of the process, in each of its encodings.
struct CassetteScrubber: Sendable {
    let names: SensitiveNames
    /// Kept alive, so that ``TesseraCore/Redactor/process`` finds them wherever else they stand.
    private var secrets: [Secret] = []
    /// Tags of this process to tags of the cassette.
    private var labels: [String: String] = [:]
    private var counts: [String: Int] = [:]

    init(names: SensitiveNames) { self.names = names }

    // MARK: - Tags

    /// The tag of a value of the given name; made when it is new.
    mutating func label(_ value: some StringProtocol, _ name: String) -> String {
        let text = String(value)
        guard !text.isEmpty, !CassetteScrubber.isTag(text[...]) else { return text }
        let secret = Secret(text)
        let tag = secret.description
        if let known = labels[tag] { return known }
        secrets.append(secret)
        return newLabel(name, for: tag)
    }

    private mutating func newLabel(_ name: String, for tag: String) -> String {
        let clean = String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        counts[clean, default: 0] += 1
        let label = "[secret:\(clean)-\(counts[clean, default: 0])]"
        labels[tag] = label
        return label
    }

    /// Learns the tags of a cassette that exists, so that new ones are others.
    mutating func learn(tagsIn text: String) {
        for tag in CassetteScrubber.tags(in: text) {
            let parts = text[tag].dropFirst(8).dropLast().split(separator: "-")
            guard let last = parts.last, let number = Int(last), number < 1_000_000 else { continue }
            let name = parts.dropLast().joined(separator: "-")
            counts[name] = max(counts[name] ?? 0, number)
            let label = String(text[tag])
            // A client that replayed the cassette has the tag itself for a secret.
            labels[Secret(label).description] = label
        }
    }

    /// `text` with all tags alike, so that a recording matches whatever the secret is today.
    static func anonymous(_ text: String) -> String { replacing(tags(in: text), in: text) { _ in "[secret]" } }

    private static func isTag(_ text: Substring) -> Bool { text.hasPrefix("[secret:") && text.hasSuffix("]") }

    private static func tags(in text: String) -> [Range<String.Index>] {
        var found: [Range<String.Index>] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "[") {
            rest = rest[start...]
            let length = rest.prefix(120).firstIndex(of: "]")
            if rest.hasPrefix("[secret:"), let end = length {
                found.append(start..<rest.index(after: end))
                rest = rest[rest.index(after: end)...]
            } else {
                rest = rest.dropFirst()
            }
        }
        return found
    }

    private static func replacing(
        _ ranges: [Range<String.Index>], in text: String, by replacement: (Substring) -> String
    ) -> String {
        guard !ranges.isEmpty else { return text }
        var output = ""
        var position = text.startIndex
        for range in ranges {
            output += text[position..<range.lowerBound]
            output += replacement(text[range])
            position = range.upperBound
        }
        return output + text[position...]
    }

    // MARK: - By value

    /// `text` without a living secret in any encoding, and without what looks like a token of a well-known issuer.
    mutating func text(_ text: String) -> String {
        let redacted = Redactor.process.redact(formatsIn: text)
        guard redacted != text else { return text }
        let ranges = CassetteScrubber.tags(in: redacted)
        for range in ranges {
            let tag = String(redacted[range])
            if labels[tag] == nil, CassetteScrubber.isProcessTag(tag) { _ = newLabel("secret", for: tag) }
        }
        return CassetteScrubber.replacing(ranges, in: redacted) { labels[String($0)] ?? String($0) }
    }

    /// As ``TesseraCore/Redactor/tag(for:)`` makes them: without a number at the end.
    private static func isProcessTag(_ tag: String) -> Bool {
        let digits = tag.dropFirst(8).dropLast()
        return digits.count == 10 && digits.allSatisfy(\.isHexDigit)
    }

    /// Bytes that are no text: what is ASCII in them is looked through run by run. Nil when a secret is left.
    mutating func bytes(_ bytes: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var run: [UInt8] = []
        for byte in bytes {
            if byte >= 0x20, byte < 0x7F {
                run.append(byte)
            } else {
                output += Array(text(String(decoding: run, as: UTF8.self)).utf8)
                output.append(byte)
                run = []
            }
        }
        output += Array(text(String(decoding: run, as: UTF8.self)).utf8)
        let lossy = String(decoding: output, as: UTF8.self)
        return Redactor.process.redact(formatsIn: lossy) == lossy ? output : nil
    }
}
