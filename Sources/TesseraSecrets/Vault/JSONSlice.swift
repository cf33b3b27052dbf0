#if Secrets
/// The text of one member of a JSON document, exactly as it stands there.
///
/// A secret that is an object is handed on as it was stored: reading and writing it anew would change numbers that no
/// type of ours holds. The document must have been decoded before; nothing is checked here, and nothing is trusted.
struct JSONSlice {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The object at `path`; nil when there is none, or something else.
    static func object(at path: [String], in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var slice = JSONSlice(bytes)
        for name in path {
            guard slice.enter(name) else { return nil }
        }
        let start = slice.position
        guard slice.peek == UInt8(ascii: "{") else { return nil }
        slice.skipValue()
        return bytes[start..<slice.position]
    }

    /// Moves to the value of a member of the object at the position.
    private mutating func enter(_ name: String) -> Bool {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return false }
        while true {
            skipSpace()
            let start = position
            guard peek == UInt8(ascii: "\"") else { return false }
            skipString()
            let isIt = bytes[start..<position].dropFirst().dropLast().elementsEqual(name.utf8)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            skipSpace()
            if isIt { return true }
            skipValue()
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func skipValue() {
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of what this value stands in.
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: ","):
                if depth == 0 { return }
            default:
                break
            }
            position += 1
        }
    }

    private mutating func skipString() {
        position += 1
        while let byte = peek {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { break }
        }
        position = min(position, bytes.count)
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
}
#endif
