#if OAuth
import TesseraCore

/// One block of a PEM text (RFC 7468 §2), as it stands there: files often hold a key and its certificates together.
///
/// Only the borders are found here. What is between them is for swift-crypto to read.
struct PEMBlock {
    /// More blocks than this are no file of a key.
    static let most = 64

    let label: String
    /// The lines from one border to the other, without spaces around them.
    let lines: [Substring]

    var text: String { lines.joined(separator: "\n") + "\n" }
    /// RFC 1421 §4.6 headers, which say that the block is encrypted.
    var hasHeaders: Bool { lines.contains { $0.utf8.contains(UInt8(ascii: ":")) } }

    /// The bytes between the borders; nil when they are no base64.
    var bytes: [UInt8]? {
        Base64.decode(lines.dropFirst().dropLast().flatMap { Array($0.utf8) })
    }

    /// The blocks of a text; what is outside of them is a comment (RFC 7468 §2).
    static func all(in secret: Secret) -> [PEMBlock] {
        let text = secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        var blocks: [PEMBlock] = []
        var open: (label: String, lines: [Substring])?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            if let label = border(line, "BEGIN") {
                open = (label, [line])
            } else if let block = open {
                open?.lines.append(line)
                guard let label = border(line, "END") else { continue }
                open = nil
                guard label == block.label, blocks.count < most else { continue }
                blocks.append(PEMBlock(label: label, lines: block.lines + [line]))
            }
        }
        return blocks
    }

    private static func border(_ line: Substring, _ word: String) -> String? {
        guard line.hasPrefix("-----\(word) "), line.hasSuffix("-----") else { return nil }
        return String(line.dropFirst(word.count + 6).dropLast(5))
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while line.last?.isWhitespace == true { line.removeLast() }
        return line.drop(while: \.isWhitespace)
    }
}
#endif
