@testable import TesseraCore

/// What the encodings make of a secret, written out: the redactor computes the same byte by byte.
extension SecretEncoding {
    /// The encoded forms of `bytes`; those too short to be told from ordinary text are left out.
    static func forms(of bytes: some Collection<UInt8>) -> [(SecretEncoding, [UInt8])] {
        var seen: Set<[UInt8]> = []
        return allCases.flatMap { encoding in
            encoding.variants(of: bytes).map { (encoding, $0) }
        }.filter { $0.1.count >= 6 && seen.insert($0.1).inserted }
    }

    func variants(of bytes: some Collection<UInt8>) -> [[UInt8]] {
        switch self {
        case .raw: return [Array(bytes)]
        case .percent:
            var output: [UInt8] = []
            PercentEncoding.append(bytes, to: &output, unless: \.isUnreserved)
            return [output]
        case .form:
            var output: [UInt8] = []
            PercentEncoding.appendFormComponent(bytes, to: &output)
            return [output]
        case .json: return [JSONEscaping.escaped(bytes, slash: false), JSONEscaping.escaped(bytes, slash: true)]
        case .hexLower: return [Hexadecimal.encode(bytes, digits: "0123456789abcdef")]
        case .hexUpper: return [Hexadecimal.encode(bytes, digits: "0123456789ABCDEF")]
        case .base64First: return [Base64.core(of: bytes, offset: 0, alphabet: .standard)]
        case .base64Second: return [Base64.core(of: bytes, offset: 1, alphabet: .standard)]
        case .base64Third: return [Base64.core(of: bytes, offset: 2, alphabet: .standard)]
        case .base64urlFirst: return [Base64.core(of: bytes, offset: 0, alphabet: .urlSafe)]
        case .base64urlSecond: return [Base64.core(of: bytes, offset: 1, alphabet: .urlSafe)]
        case .base64urlThird: return [Base64.core(of: bytes, offset: 2, alphabet: .urlSafe)]
        }
    }
}

extension Base64 {
    /// The characters that are the same whatever surrounds `bytes`, when they start `offset` bytes after a multiple
    /// of three.
    static func core(of bytes: some Collection<UInt8>, offset: Int, alphabet: Alphabet) -> [UInt8] {
        let shifted = repeatElement(UInt8(0), count: offset) + Array(bytes)
        let full = encode(shifted, alphabet: alphabet)
        let first = (offset * 8 + 5) / 6
        let last = shifted.count * 8 / 6
        guard first < last, last <= full.count else { return [] }
        return Array(full[first..<last])
    }
}

enum JSONEscaping {
    /// The bytes as they stand inside a JSON string.
    static func escaped(_ bytes: some Collection<UInt8>, slash escapesSlash: Bool) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "/") where escapesSlash: output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += Array("\\n".utf8)
            case 0x0D: output += Array("\\r".utf8)
            case 0x09: output += Array("\\t".utf8)
            case 0x08: output += Array("\\b".utf8)
            case 0x0C: output += Array("\\f".utf8)
            case ..<0x20: output += Array("\\u00".utf8) + Hexadecimal.encode([byte], digits: "0123456789abcdef")
            default: output.append(byte)
            }
        }
        return output
    }
}
