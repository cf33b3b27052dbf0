/// A secret as JSON writers put it that keep to ASCII: each character beyond it as `\u00fc`, in two halves when it has no
/// place in 16 bits (RFC 8259 §7).
///
/// ``SecretMatcher`` compares byte by byte and does not find them: one escape stands for several bytes.
enum UnicodeEscapedForms {
    /// With lower-case and with upper-case digits; none for a secret that is ASCII, or that no JSON text can hold.
    static func of(_ secret: some Collection<UInt8>) -> [[UInt8]] {
        guard secret.contains(where: { $0 > 0x7F }), let text = String(validating: secret, as: UTF8.self) else {
            return []
        }
        let lower = written(text, digits: "0123456789abcdef")
        let upper = written(text, digits: "0123456789ABCDEF")
        return lower == upper ? [lower] : [lower, upper]
    }

    private static func written(_ text: String, digits: StaticString) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 3)
        for unit in text.utf16 {
            if let ascii = UInt8(exactly: unit), ascii < 0x80 {
                output.append(ascii)
            } else {
                output += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
                output += Hexadecimal.encode(
                    [UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit)], digits: digits)
            }
        }
        return output
    }
}
