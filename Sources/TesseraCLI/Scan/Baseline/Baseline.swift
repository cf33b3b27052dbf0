#if CLI
import TesseraCore

/// The findings that are known and not reported again, as keyed fingerprints: no secret, no hash that could be tried.
struct Baseline: Sendable {
    private struct Document: Decodable {
        var version: Int
        var keyCheck: String
        var findings: [Entry]
    }

    private struct Entry: Decodable {
        var fingerprint: String
    }

    /// The longest baseline that is read, in bytes.
    static let longest = 67_108_864
    private static let version = 1

    private let fingerprints: Set<String>

    /// - Throws: With code `decoding` for what is no baseline, `misconfigured` for one of another key.
    init(_ bytes: [UInt8], key: BaselineKey) throws {
        let document: Document
        do {
            document = try JSONCoding(keys: .snakeCase).decode(Document.self, from: bytes)
        } catch {
            throw TesseraError(
                .decoding, "the baseline cannot be read", remedy: "write a new one with --write-baseline")
        }
        guard document.version == Baseline.version else {
            throw TesseraError(.decoding, "the baseline has version \(document.version), which is not known here")
        }
        guard document.keyCheck == key.check else {
            throw TesseraError(
                .misconfigured, "the baseline was written with another key",
                remedy: "give the key that it was written with, or write a new one with --write-baseline")
        }
        fingerprints = Set(document.findings.map(\.fingerprint))
    }

    func contains(_ fingerprint: String) -> Bool { fingerprints.contains(fingerprint) }

    /// The document for findings, in an order that does not tell more than they do, and with what helps a reader of a
    /// difference between two of them.
    static func document(of findings: [(finding: Finding, fingerprint: String)], key: BaselineKey) -> [UInt8] {
        var lines: Set<String> = []
        for (finding, fingerprint) in findings {
            lines.insert(
                JSONText.object([
                    ("path", .string(finding.pathInRepository.redacted)),
                    ("pattern", .string(finding.pattern.rawValue)),
                    ("fingerprint", .string(fingerprint)),
                ]).line)
        }
        let head = "{\"version\":\(version),\"key_check\":\(JSONText.string(key.check).line),\"findings\":["
        let body = lines.sorted().joined(separator: ",\n")
        return Array("\(head)\n\(body)\n]}\n".utf8)
    }
}
#endif
