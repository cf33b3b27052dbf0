/// The closed list of forms in which a secret is looked for (invariant 1).
///
/// Base64 of a larger text that holds the secret depends on where in it the secret starts: of the three alignments,
/// the characters that only the secret determines are searched.
public enum SecretEncoding: String, Sendable, CaseIterable {
    /// The bytes themselves.
    case raw
    /// Percent-encoded as one component (RFC 3986 §2.1).
    case percent
    /// Form-encoded (WHATWG URL §5.2).
    case form
    /// JSON string escapes (RFC 8259 §7), with and without an escaped slash.
    case json
    /// Lower-case hexadecimal.
    case hexLower
    /// Upper-case hexadecimal.
    case hexUpper
    /// Base64, the secret at a multiple of three bytes.
    case base64First
    /// Base64, one byte later.
    case base64Second
    /// Base64, two bytes later.
    case base64Third
    /// Base64url in the first alignment.
    case base64urlFirst
    /// Base64url, one byte later.
    case base64urlSecond
    /// Base64url, two bytes later.
    case base64urlThird

    /// The encoded forms of `bytes`; those too short to be told from ordinary text are left out.
    package static func forms(of bytes: some Collection<UInt8>) -> [(SecretEncoding, [UInt8])] {
        var seen: Set<[UInt8]> = []
        return allCases.flatMap { encoding in
            encoding.variants(of: bytes).map { (encoding, $0) }
        }.filter { $0.1.count >= 6 && seen.insert($0.1).inserted }
    }

    /// Whether each byte of the secret has a form of its own, so that forms can be mixed.
    var isByteWise: Bool {
        switch self {
        case .raw, .percent, .form, .json: true
        default: false
        }
    }

    /// The encoding in which a secret first stands in `bytes`; nil when it does not.
    package static func first(of secret: [UInt8], in bytes: [UInt8]) -> SecretEncoding? {
        SecretMatcher(secret).firstMatch(in: bytes[...])?.encoding
    }

    private func variants(of bytes: some Collection<UInt8>) -> [[UInt8]] {
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

enum Hexadecimal {
    static func encode(_ bytes: some Collection<UInt8>, digits: StaticString) -> [UInt8] {
        let table = digits.withUTF8Buffer { Array($0) }
        return bytes.flatMap { [table[Int($0 >> 4)], table[Int($0 & 0xF)]] }
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
