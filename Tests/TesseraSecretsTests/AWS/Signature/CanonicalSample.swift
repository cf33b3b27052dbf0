#if Secrets
import TesseraTesting

@testable import TesseraSecrets

/// A random request, and what must hold for its canonical form.
struct CanonicalSample: CustomStringConvertible {
    private let path: [UInt8]
    private let pairs: [[UInt8]]
    private let fields: [AWSCanonicalRequest.Field]
    private let encoding: AWSSignatureV4.PathEncoding

    /// What a server splits at, what is encoded, broken escapes, more than one byte, and bytes that are no text.
    private static let pieces: [[UInt8]] =
        [
            "/", "//", ".", "..", "%", "%2", "%2F", "%2f", "%41", "%7e", "%zz", "a", "B", "~", "+", " ", "=", "\u{E9}",
            "\u{1F511}", ":", "*",
        ]
        .map { Array($0.utf8) } + [[0xFF], [0x00], [0x7F]]

    init(_ random: inout SeededRandom) {
        let text = { (limit: Int, random: inout SeededRandom) -> [UInt8] in
            (0..<Int.random(in: 0...limit, using: &random)).flatMap { _ in
                Self.pieces.randomElement(using: &random) ?? []
            }
        }
        path = [UInt8(ascii: "/")] + text(6, &random)
        pairs = (0..<Int.random(in: 0...3, using: &random)).map { _ in text(4, &random) }
        fields = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            let name = ["x-a", "x-b", "x-a-b", "host"].randomElement(using: &random) ?? "host"
            let value = text(4, &random).filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            return AWSCanonicalRequest.Field(name: name, value: value)
        }
        encoding = Bool.random(using: &random) ? .once : .twice
    }

    /// What does not hold; nil when all does.
    func flaw(_ random: inout SeededRandom) -> String? {
        let form = canonical(pairs, fields)
        let lines = form.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let names = Set(fields.map(\.name))
        guard lines.count == names.count + 6 else { return "\(lines.count) lines for \(names.count) names" }
        guard lines[1].first == UInt8(ascii: "/"), isEncoded(lines[1], UInt8(ascii: "/")) else {
            return "the path is not encoded"
        }
        guard isEncoded(lines[2], UInt8(ascii: "&"), UInt8(ascii: "=")) else { return "the query is not encoded" }
        let padded = fields.map { AWSCanonicalRequest.Field(name: $0.name, value: [0x20, 0x09] + $0.value + [0x20]) }
        guard canonical(pairs.shuffled(using: &random), padded) == form else {
            return "the order of the query matters, or white space around a value"
        }
        guard canonical(pairs.isEmpty ? [] : [Array(lines[2])], fields) == form else {
            return "the query's canonical form is not its own"
        }
        return canonical(pairs + [Array("zz=1".utf8)], fields) == form ? "one more pair does not matter" : nil
    }

    private func isEncoded(_ bytes: ArraySlice<UInt8>, _ others: UInt8...) -> Bool {
        for byte in bytes where !(byte.isUnreservedByte || byte == UInt8(ascii: "%") || others.contains(byte)) {
            return false
        }
        return true
    }

    private func target(_ pairs: [[UInt8]]) -> String {
        // Bytes that are no UTF-8 become U+FFFD, as they would in any string.
        let query = pairs.isEmpty ? [] : [UInt8(ascii: "?")] + pairs.joined(separator: [UInt8(ascii: "&")])
        return String(decoding: path + query, as: UTF8.self)
    }

    private func canonical(_ pairs: [[UInt8]], _ fields: [AWSCanonicalRequest.Field]) -> [UInt8] {
        AWSCanonicalRequest(
            method: "GET", target: target(pairs), fields: fields, payloadHash: "", pathEncoding: encoding
        ).bytes
    }

    var description: String { "\(target(pairs)) \(fields.map { "\($0.name): \($0.value)" }) \(encoding)" }
}

extension UInt8 {
    fileprivate var isUnreservedByte: Bool {
        (self >= 0x30 && self <= 0x39) || (self >= 0x41 && self <= 0x5A) || (self >= 0x61 && self <= 0x7A)
            || self == 0x2D || self == 0x2E || self == 0x5F || self == 0x7E
    }
}
#endif
