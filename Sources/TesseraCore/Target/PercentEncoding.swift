/// Percent-encoding (RFC 3986 §2.1) and the form encoding built on it (WHATWG URL §5).
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Appends `bytes`, encoding every byte for which `isAllowed` is false.
    package static func append(
        _ bytes: some Sequence<UInt8>, to output: inout [UInt8], unless isAllowed: (UInt8) -> Bool
    ) {
        for byte in bytes {
            if isAllowed(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 0xF)])
            }
        }
    }

    /// `text` with everything but unreserved characters encoded: safe as one path segment or one query value.
    static func component(_ text: String) -> String {
        if text.utf8.allSatisfy(\.isUnreserved) { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 3)
        append(text.utf8, to: &output, unless: \.isUnreserved)
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends `text` as `application/x-www-form-urlencoded` writes it: a space becomes `+`.
    static func appendFormComponent(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            if byte == 0x20 {
                output.append(UInt8(ascii: "+"))
            } else {
                append(CollectionOfOne(byte), to: &output) {
                    $0.isASCIILetterOrDigit || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || $0 == 0x2A
                }
            }
        }
    }

    /// The bytes with `%XX` replaced; broken escapes stay as they are.
    static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let byte = bytes[index]
            let first = bytes.index(after: index)
            if byte == UInt8(ascii: "%"), first != bytes.endIndex, let high = bytes[first].hexValue {
                let second = bytes.index(after: first)
                if second != bytes.endIndex, let low = bytes[second].hexValue {
                    output.append(high << 4 | low)
                    index = bytes.index(after: second)
                    continue
                }
            }
            output.append(byte)
            index = first
        }
        return output
    }
}
