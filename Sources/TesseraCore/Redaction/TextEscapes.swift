/// What one byte of a secret can look like in a text.
enum TextEscapes {
    /// Whether a byte may begin something that stands for another byte.
    static func begins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "+")
    }

    /// What a backslash before `sign` makes of it (RFC 8259 §7).
    static func unescaped(_ sign: UInt8) -> UInt8? {
        switch sign {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): sign
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    /// The byte for which `%41` or `\u0041` stands; `length` is 3 or 6 and lies within the text.
    static func value(at start: Int, length: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        let isPercent = length == 3 && text[start] == UInt8(ascii: "%")
        let isUnicode =
            length == 6 && text[start] == UInt8(ascii: "\\") && text[start + 1] == UInt8(ascii: "u")
            && text[start + 2] == UInt8(ascii: "0") && text[start + 3] == UInt8(ascii: "0")
        guard isPercent || isUnicode, let high = text[start + length - 2].hexValue,
            let low = text[start + length - 1].hexValue
        else { return nil }
        return high << 4 | low
    }

    // MARK: One way to read a text

    /// The byte that a text has at a place, and how long it is written.
    ///
    /// Whatever looks like an escape is one, and a plus sign, escaped or not, is a space: the one reading that finds a secret in whatever
    /// way it was escaped, when its own window holds no such signs.
    static func unit(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> (byte: UInt8, length: Int) {
        guard place < text.count else { return (0, 1) }
        let head = text[place]
        guard begins(head) else { return (head, 1) }
        let rest = text.count - place
        if rest >= 2, head == UInt8(ascii: "\\"), let byte = unescaped(text[place + 1]) { return (byte, 2) }
        let length = head == UInt8(ascii: "%") ? 3 : 6
        let value = rest >= length ? value(at: place, length: length, in: text) : nil
        let byte = value ?? head
        return (byte == UInt8(ascii: "+") ? 0x20 : byte, value == nil ? 1 : length)
    }

    /// The four bytes that are read from a place on; zeros after the end.
    static func window(at place: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var window: UInt32 = 0
        var place = place
        for index in 0..<4 {
            guard place < text.count else { break }
            let unit = unit(at: place, in: text)
            window |= UInt32(unit.byte) &<< UInt32(truncatingIfNeeded: 8 &* index)
            place += unit.length
        }
        return window
    }

    /// Whether one of four bytes of a secret can be read in another way, where it stands for itself.
    static func isAmbiguous(_ window: UInt32) -> Bool {
        (0..<4).contains { index in
            let byte = UInt8(truncatingIfNeeded: window &>> UInt32(truncatingIfNeeded: 8 &* index))
            return begins(byte) || byte == 0x20
        }
    }

    /// Four bytes in which a plus sign is a space.
    static func withoutPlus(_ window: UInt32) -> UInt32 {
        (0..<4).reduce(0) { result, index in
            let shift = UInt32(truncatingIfNeeded: 8 &* index)
            let byte = UInt8(truncatingIfNeeded: window &>> shift)
            return result | UInt32(byte == UInt8(ascii: "+") ? 0x20 : byte) &<< shift
        }
    }

    /// The last four bytes that are read of a secret in which percent signs stand for themselves and all else that could
    /// be read in two ways is escaped; and where they begin in the secret. Nil when they are as those of the secret.
    static func lastWindow(in secret: UnsafeBufferPointer<UInt8>) -> (offset: Int, window: UInt32)? {
        var units: [(offset: Int, byte: UInt8)] = []
        var place = 0
        while place < secret.count {
            let unit = secret[place] == UInt8(ascii: "\\") ? (secret[place], 1) : unit(at: place, in: secret)
            units.append((place, unit.0))
            place += unit.1
        }
        guard units.count < secret.count, units.count >= 4 else { return nil }
        let last = units.suffix(4)
        guard let first = last.first else { return nil }
        return (first.offset, last.reversed().reduce(0) { $0 << 8 | UInt32($1.byte) })
    }
}
