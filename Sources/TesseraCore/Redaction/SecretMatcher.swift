/// Says whether one secret stands at a place of a text, in any form of ``SecretEncoding``.
struct SecretMatcher {
    let secret: UnsafeBufferPointer<UInt8>
    let text: UnsafeBufferPointer<UInt8>

    /// The place of the form of which the byte at `offset` is at `position`; nil when it does not stand there.
    func range(of encoding: SecretEncoding, offset: Int, at position: Int) -> Range<Int>? {
        guard encoding.isByteWise else { return rangeOfBlock(encoding, from: position - offset, offset) }
        guard let end = farthest(from: position, over: offset..<secret.count, isForward: true),
            let start = farthest(from: position, over: (0..<offset).reversed(), isForward: false)
        else { return nil }
        return start..<end
    }

    /// Where the secret begins if a part of it, up to the end of one of its lines, stands directly before `border`: the
    /// longest such part.
    func start(ofPartBefore border: Int) -> Int? {
        for end in secret.indices.dropLast().reversed() where secret[end] == 0x0A || secret[end] == 0x0D {
            guard end < border else { continue }
            if let start = farthest(from: border, over: (0...end).reversed(), isForward: false) { return start }
        }
        return nil
    }

    /// From the window outwards: what repeats in the text differs before it repeats (``SecretIndex``).
    private func rangeOfBlock(_ encoding: SecretEncoding, from start: Int, _ offset: Int) -> Range<Int>? {
        let form = EncodedForm(secret, as: encoding)
        guard start >= 0, form.count > 0, form.count <= text.count - start else { return nil }
        for index in offset..<form.count where text[start + index] != form[index] { return nil }
        for index in (0..<offset).reversed() where text[start + index] != form[index] { return nil }
        return start..<start + form.count
    }

    // MARK: Byte by byte, each as it is or escaped

    /// Where the bytes of the secret at `indices` end, when they stand one after the other from `position` on.
    ///
    /// A byte can be read in two ways when the secret itself holds `%`, `\` or `+`, so all ways are followed.
    private func farthest(from position: Int, over indices: some Sequence<Int>, isForward: Bool) -> Int? {
        var ends = [position]
        var next: [Int] = []
        for index in indices {
            next.removeAll(keepingCapacity: true)
            for end in ends {
                for length in SecretMatcher.lengths {
                    let start = isForward ? end : end - length
                    let other = isForward ? end + length : start
                    guard next.count < SecretMatcher.most, !next.contains(other) else { continue }
                    if stands(secret[index], from: start, length: length) { next.append(other) }
                }
            }
            guard !next.isEmpty else { return nil }
            swap(&ends, &next)
        }
        return isForward ? ends.max() : ends.min()
    }

    /// As it is or `+` for a space; `\n`; `%0A`; `\u000A`.
    private static let lengths = [1, 2, 3, 6]
    /// The ways to read the same bytes that are followed at a time; real texts have one or two.
    private static let most = 8

    private func stands(_ byte: UInt8, from start: Int, length: Int) -> Bool {
        guard start >= 0, length <= text.count - start else { return false }
        let head = text[start]
        switch length {
        case 1: return head == byte || head == UInt8(ascii: "+") && byte == 0x20
        case 2: return head == UInt8(ascii: "\\") && TextEscapes.unescaped(text[start + 1]) == byte
        default: return TextEscapes.value(at: start, length: length, in: text) == byte
        }
    }

    /// The first place where the secret stands, and how.
    ///
    /// Each place is tried for itself: what checks a text for leaks does not find them as ``Redactor`` does.
    func first() -> (range: Range<Int>, encoding: SecretEncoding)? {
        let forms = EncodedForm.encodings.map { EncodedForm(secret, as: $0) }
            .filter { $0.count >= 6 || $0.encoding == .raw && $0.count > 0 }
        for position in text.indices {
            for form in forms {
                let mayBegin = text[position] == form[0] || form.encoding == .raw && TextEscapes.begins(text[position])
                guard mayBegin, let range = range(of: form.encoding, offset: 0, at: position) else { continue }
                return (range, form.encoding == .raw ? byteWiseEncoding(range) : form.encoding)
            }
        }
        return nil
    }

    /// That of the first byte that is not as it is.
    private func byteWiseEncoding(_ range: Range<Int>) -> SecretEncoding {
        for (position, byte) in zip(range, secret) where text[position] != byte {
            switch text[position] {
            case UInt8(ascii: "\\"): return .json
            case UInt8(ascii: "+"): return .form
            default: return .percent
            }
        }
        return range.count == secret.count ? .raw : .percent
    }
}
