#if CLI
/// Base64 and base64url of RFC 4648, strict in what they accept.
enum Base64 {
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Base64url without padding (RFC 4648 section 5).
    static func encodeURLSafe(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(urlSafe[Int(buffer >> bits & 0x3F)])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 {
            output.append(urlSafe[Int(buffer << (6 - bits) & 0x3F)])
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a base64url text without padding, or `nil`.
    static func decodeURLSafe(_ text: some Collection<UInt8>) -> [UInt8]? {
        decode(text, last: (UInt8(ascii: "-"), UInt8(ascii: "_")))
    }

    /// The bytes of a base64 text; the padding may be left out but never be wrong, or `nil`.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding == 0 || padding <= 2 && text.count.isMultiple(of: 4) else { return nil }
        return decode(text.dropLast(padding), last: (UInt8(ascii: "+"), UInt8(ascii: "/")))
    }

    private static func decode(_ text: some Collection<UInt8>, last: (UInt8, UInt8)) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case last.0: value = 62
            case last.1: value = 63
            default: return nil
            }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
            buffer &= (1 << bits) - 1
        }
        // RFC 4648 section 3.5: the left-over bits are zero, or two texts would stand for the same bytes.
        return buffer == 0 ? output : nil
    }
}
#endif
