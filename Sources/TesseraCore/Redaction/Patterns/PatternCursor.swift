/// Reads a text forward from a place, and remembers whether its end was touched: what comes after it might have changed
/// the answer.
struct PatternCursor {
    /// The bytes that a rule reads ahead at most. Longer secrets are replaced as far as this.
    static let longest = 16_384

    let text: UnsafeBufferPointer<UInt8>
    private(set) var position: Int
    private(set) var touchedEnd = false

    init(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
        self.text = text
        self.position = position
    }

    /// The byte here; nil at the end.
    var next: UInt8? {
        mutating get {
            guard position < text.count else {
                touchedEnd = true
                return nil
            }
            return text[position]
        }
    }

    mutating func step(_ count: Int = 1) { position += count }

    /// Passes a byte if it is there.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Passes a text if it is there, whatever the case of its letters.
    mutating func skip(_ word: StaticString) -> Bool {
        let start = position
        let isThere = word.withUTF8Buffer { word in
            for byte in word {
                guard next?.lowercased == byte.lowercased else { return false }
                position += 1
            }
            return true
        }
        if !isThere { position = start }
        return isThere
    }

    /// Passes a text if it is there as it is written here.
    mutating func skip(exactly word: StaticString) -> Bool {
        let start = position
        let isThere = word.withUTF8Buffer { word in
            for byte in word {
                guard next == byte else { return false }
                position += 1
            }
            return true
        }
        if !isThere { position = start }
        return isThere
    }

    /// Passes an escape sequence of colours.
    mutating func skipColour() {
        let start = position
        guard skip(0x1B) else { return }
        if skip(UInt8(ascii: "[")) {
            skip(while: ByteClass("0123456789;"), atMost: 22)
            if skip(UInt8(ascii: "m")) { return }
        }
        step(start - position)
    }

    /// Passes bytes of a class and says how many.
    @discardableResult
    mutating func skip(while set: ByteClass, atMost limit: Int = longest) -> Int {
        let start = position
        let end = start + min(limit, text.count - start)
        var place = start
        while place < end, set.contains(text[place]) { place += 1 }
        position = place
        if place == text.count, place - start < limit { touchedEnd = true }
        return place - start
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether a word can begin at `position`: no letter or digit before it, unless that belongs to an escape.
    func isBoundary(_ position: Int) -> Bool {
        guard position > 0, self[position - 1].isASCIILetterOrDigit else { return true }
        if position > 1, self[position - 2] == UInt8(ascii: "\\"), ByteClass("nrt").contains(self[position - 1]) {
            return true
        }
        guard position > 2 else { return false }
        let isHex = self[position - 2].hexValue != nil && self[position - 1].hexValue != nil
        if isHex, self[position - 3] == UInt8(ascii: "%") || has("\\u00", at: position - 6, exact: true) { return true }
        return endsColour(position)
    }

    /// Whether an escape sequence of colours (ECMA-48 §8.3.117) ends before `position`.
    private func endsColour(_ position: Int) -> Bool {
        guard self[position - 1] == UInt8(ascii: "m") else { return false }
        var start = position - 1
        while start > 0, position - start < 24, self[start - 1].isDigit || self[start - 1] == UInt8(ascii: ";") {
            start -= 1
        }
        return start > 1 && self[start - 1] == UInt8(ascii: "[") && self[start - 2] == 0x1B
    }

    /// Whether a text stands at `position`, whatever the case of its letters when it is not `exact`.
    func has(_ word: StaticString, at position: Int, exact: Bool = false) -> Bool {
        guard position >= 0, word.utf8CodeUnitCount <= count - position else { return false }
        return word.withUTF8Buffer { word in
            word.indices.allSatisfy { index in
                let byte = self[position + index]
                return byte == word[index] || !exact && byte.lowercased == word[index].lowercased
            }
        }
    }
}
