#if CLI
/// Goes through a text once and tells lines and columns on the way.
struct TextPosition {
    private let text: [UInt8]
    private(set) var offset = 0
    /// From one.
    private(set) var line = 1
    /// From one, in code points; a byte that belongs to none counts as one.
    private(set) var column = 1
    private(set) var lineStart = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// Goes on to a later byte.
    mutating func advance(to target: Int) {
        let target = min(target, text.count)
        while offset < target {
            let byte = text[offset]
            offset += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
                lineStart = offset
            } else if offset >= text.count || text[offset] & 0xC0 != 0x80 {
                column += 1
            }
        }
    }

    /// The line in which it stands.
    var currentLine: ArraySlice<UInt8> {
        text[lineStart...].prefix { $0 != UInt8(ascii: "\n") }
    }
}
#endif
