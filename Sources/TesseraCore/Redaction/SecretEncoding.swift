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
    /// JSON string escapes (RFC 8259 §7), with and without an escaped slash, and with and without escapes for what is not
    /// ASCII.
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

    /// Whether each byte of the secret has a form of its own, so that forms can be mixed.
    var isByteWise: Bool {
        switch self {
        case .raw, .percent, .form, .json: true
        default: false
        }
    }

    /// The encoding in which a secret first stands in `bytes`; nil when it does not.
    package static func first(of secret: [UInt8], in bytes: [UInt8]) -> SecretEncoding? {
        for (place, form) in ([secret] + UnicodeEscapedForms.of(secret)).enumerated() {
            let found = form.withUnsafeBufferPointer { form in
                bytes.withUnsafeBufferPointer { SecretMatcher(secret: form, text: $0).first()?.encoding }
            }
            if let found { return place == 0 ? found : .json }
        }
        return nil
    }
}

package enum Hexadecimal {
    package static func encode(_ bytes: some Collection<UInt8>, digits: StaticString) -> [UInt8] {
        let table = digits.withUTF8Buffer { Array($0) }
        return bytes.flatMap { [table[Int($0 >> 4)], table[Int($0 & 0xF)]] }
    }
}
