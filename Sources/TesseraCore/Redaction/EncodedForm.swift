/// One secret in one encoding, each byte computed when it is looked at: to look for a secret no copy of it is made, so
/// there is none to wipe.
struct EncodedForm {
    /// The encodings that a form is made for. `raw` stands for all that go byte by byte.
    static let encodings = SecretEncoding.allCases.filter { $0 == .raw || !$0.isByteWise }

    let encoding: SecretEncoding
    let count: Int
    private let secret: UnsafeBufferPointer<UInt8>
    private let layout: Layout

    private enum Layout {
        case bytes
        case digits(StaticString)
        /// `shift` bytes of something else stand before the secret; the first `skipped` characters are theirs too.
        case sextets(shift: Int, skipped: Int, Base64.Alphabet)
    }

    init(_ secret: UnsafeBufferPointer<UInt8>, as encoding: SecretEncoding) {
        self.secret = secret
        self.encoding = encoding
        switch encoding {
        case .raw, .percent, .form, .json: layout = .bytes
        case .hexLower: layout = .digits("0123456789abcdef")
        case .hexUpper: layout = .digits("0123456789ABCDEF")
        case .base64First: layout = EncodedForm.sextets(0, .standard)
        case .base64Second: layout = EncodedForm.sextets(1, .standard)
        case .base64Third: layout = EncodedForm.sextets(2, .standard)
        case .base64urlFirst: layout = EncodedForm.sextets(0, .urlSafe)
        case .base64urlSecond: layout = EncodedForm.sextets(1, .urlSafe)
        case .base64urlThird: layout = EncodedForm.sextets(2, .urlSafe)
        }
        switch layout {
        case .bytes: count = secret.count
        case .digits: count = secret.count * 2
        case .sextets(let shift, let skipped, _): count = max(0, (secret.count + shift) * 8 / 6 - skipped)
        }
    }

    /// Of the characters only those that the secret alone determines.
    private static func sextets(_ shift: Int, _ alphabet: Base64.Alphabet) -> Layout {
        .sextets(shift: shift, skipped: (shift * 8 + 5) / 6, alphabet)
    }

    /// The byte at `position`, which must be below ``count``.
    subscript(position: Int) -> UInt8 {
        switch layout {
        case .bytes: return secret[position]
        case .digits(let digits):
            let byte = secret[position / 2]
            let value = position.isMultiple(of: 2) ? byte >> 4 : byte & 0xF
            return digits.withUTF8Buffer { $0[Int(value)] }
        case .sextets(let shift, let skipped, let alphabet):
            let bit = (position + skipped) * 6
            let pair = UInt16(byte(bit / 8 - shift)) << 8 | UInt16(byte(bit / 8 - shift + 1))
            return alphabet.character(UInt8(truncatingIfNeeded: pair >> (10 - bit % 8)) & 63)
        }
    }

    private func byte(_ position: Int) -> UInt8 {
        secret.indices.contains(position) ? secret[position] : 0
    }

    /// Four bytes from `offset` on, as ``SecretIndex`` looks for them.
    func window(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32(8 * $1) }
    }

    /// Whether the four bytes of `window` stand at one place of the form only.
    func hasOnce(_ window: UInt32) -> Bool {
        var seen = 0
        var current: UInt32 = 0
        for position in 0..<count {
            current = current >> 8 | UInt32(self[position]) << 24
            guard position >= 3, current == window else { continue }
            seen += 1
            if seen > 1 { return false }
        }
        return seen == 1
    }
}

extension Base64.Alphabet {
    /// The character for a value below 64.
    fileprivate func character(_ value: UInt8) -> UInt8 {
        switch value {
        case ..<26: UInt8(ascii: "A") + value
        case ..<52: UInt8(ascii: "a") + value - 26
        case ..<62: UInt8(ascii: "0") + value - 52
        case 62: self == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: self == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }
}
