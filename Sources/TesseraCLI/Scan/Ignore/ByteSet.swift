#if CLI
import TesseraCore

/// A bracket expression of a glob, such as `[a-f[:digit:]]`.
struct ByteSet: Sendable {
    private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var isNegated = false

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: bits.0
            case 1: bits.1
            case 2: bits.2
            default: bits.3
            }
        return (word >> UInt64(byte & 63) & 1 == 1) != isNegated
    }

    private mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: bits.0 |= bit
        case 1: bits.1 |= bit
        case 2: bits.2 |= bit
        default: bits.3 |= bit
        }
    }

    private mutating func insert(where belongs: (UInt8) -> Bool) {
        for byte in UInt8.min...UInt8.max where belongs(byte) { insert(byte) }
    }

    /// Reads the expression whose `[` is at `start`, as wildmatch.c does.
    ///
    /// - Returns: The set and where the pattern goes on; nil for an expression that is never closed.
    static func parse(_ pattern: ArraySlice<UInt8>, from start: Int) -> (set: ByteSet, end: Int)? {
        func at(_ index: Int) -> UInt8? { pattern.indices.contains(index) ? pattern[index] : nil }
        var set = ByteSet()
        var position = start + 1
        if at(position) == UInt8(ascii: "!") || at(position) == UInt8(ascii: "^") {
            set.isNegated = true
            position += 1
        }
        // The byte before, from which a range may begin; a `]` in the first place stands for itself.
        var previous: UInt8?
        var isFirst = true
        while let byte = at(position) {
            if byte == UInt8(ascii: "]"), !isFirst { return (set, position + 1) }
            isFirst = false
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = at(position + 1) else { return nil }
                set.insert(escaped)
                previous = escaped
                position += 2
            case UInt8(ascii: "[") where at(position + 1) == UInt8(ascii: ":"):
                let name = pattern[(position + 2)...].prefix { $0 != UInt8(ascii: "]") }
                guard at(name.endIndex) != nil else { return nil }
                guard name.last == UInt8(ascii: ":") else {
                    // No class after all: the bracket stands for itself.
                    set.insert(byte)
                    previous = byte
                    position += 1
                    continue
                }
                guard let members = characterClasses[String(decoding: name.dropLast(), as: UTF8.self)] else {
                    return nil
                }
                set.insert(where: members)
                previous = nil
                position = name.endIndex + 1
            case UInt8(ascii: "-"):
                guard let from = previous, var to = at(position + 1), to != UInt8(ascii: "]") else { fallthrough }
                position += 2
                if to == UInt8(ascii: "\\") {
                    guard let escaped = at(position) else { return nil }
                    to = escaped
                    position += 1
                }
                if from <= to { for member in from...to { set.insert(member) } }
                previous = nil
            default:
                set.insert(byte)
                previous = byte
                position += 1
            }
        }
        return nil
    }

    /// The classes of POSIX (XBD §9.3.5) for ASCII; for what is a space git has its own answer.
    private static let characterClasses: [String: @Sendable (UInt8) -> Bool] = [
        "alnum": { $0.isASCIILetterOrDigit }, "alpha": { $0.isASCIILetter }, "blank": { $0 == 0x20 || $0 == 0x09 },
        "cntrl": { $0 < 0x20 || $0 == 0x7F }, "digit": { $0.isDigit }, "graph": { (0x21...0x7E).contains($0) },
        "lower": { (0x61...0x7A).contains($0) }, "print": { (0x20...0x7E).contains($0) },
        "punct": { (0x21...0x7E).contains($0) && !$0.isASCIILetterOrDigit },
        "space": { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }, "upper": { (0x41...0x5A).contains($0) },
        "xdigit": { $0.isDigit || (0x61...0x66).contains($0 | 0x20) },
    ]
}
#endif
