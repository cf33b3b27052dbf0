/// Finds one secret in bytes, in every form of ``SecretEncoding``.
struct SecretMatcher {
    private let secret: [UInt8]
    /// The forms that do not go byte by byte: hexadecimal and base64.
    private let blocks: [(encoding: SecretEncoding, bytes: [UInt8])]

    init(_ secret: [UInt8]) {
        self.secret = secret
        blocks = SecretEncoding.forms(of: secret).filter { !$0.0.isByteWise }.sorted { $0.1.count > $1.1.count }
    }

    /// The first place where the secret stands.
    func firstMatch(in bytes: ArraySlice<UInt8>) -> (range: Range<Int>, encoding: SecretEncoding)? {
        var best = byteWiseMatch(in: bytes)
        for block in blocks {
            guard let range = bytes.firstRange(of: block.bytes) else { continue }
            if best.map({ range.lowerBound < $0.range.lowerBound }) ?? true { best = (range, block.encoding) }
        }
        return best
    }

    /// The secret with each of its bytes as it is, percent-encoded in any case, form-encoded or JSON-escaped.
    private func byteWiseMatch(in bytes: ArraySlice<UInt8>) -> (range: Range<Int>, encoding: SecretEncoding)? {
        guard let first = secret.first else { return nil }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let byte = bytes[start]
            let mayStart = byte == first || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\")
            if mayStart || (first == 0x20 && byte == UInt8(ascii: "+")), let match = match(at: start, bytes) {
                return match
            }
            start += 1
        }
        return nil
    }

    private func match(at start: Int, _ bytes: ArraySlice<UInt8>) -> (range: Range<Int>, encoding: SecretEncoding)? {
        var position = start
        var encoding = SecretEncoding.raw
        for byte in secret {
            guard position < bytes.endIndex else { return nil }
            if bytes[position] == byte {
                position += 1
            } else if let (length, form) = escape(of: byte, at: position, bytes) {
                position += length
                encoding = form
            } else {
                return nil
            }
        }
        return (start..<position, encoding)
    }

    private func escape(of byte: UInt8, at position: Int, _ bytes: ArraySlice<UInt8>) -> (Int, SecretEncoding)? {
        let next = bytes[position...].dropFirst().prefix(5)
        switch bytes[position] {
        case UInt8(ascii: "+"):
            return byte == 0x20 ? (1, .form) : nil
        case UInt8(ascii: "%"):
            return SecretMatcher.hexValue(next.prefix(2)) == byte ? (3, .percent) : nil
        case UInt8(ascii: "\\"):
            guard let sign = next.first else { return nil }
            if sign == UInt8(ascii: "u") {
                let digits = next.dropFirst()
                let isByte = digits.count == 4 && digits.prefix(2).allSatisfy { $0 == UInt8(ascii: "0") }
                return isByte && SecretMatcher.hexValue(digits.suffix(2)) == byte ? (6, .json) : nil
            }
            return SecretMatcher.shortEscapes[sign] == byte ? (2, .json) : nil
        default:
            return nil
        }
    }

    private static let shortEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C,
    ]

    private static func hexValue(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2, let high = digits.first?.hexValue, let low = digits.last?.hexValue else { return nil }
        return high << 4 | low
    }
}
