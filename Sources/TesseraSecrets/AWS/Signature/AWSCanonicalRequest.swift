#if Secrets
import TesseraCore

/// The one form of a request that both sides compute and sign ("Create a canonical request", AWS Signature Version 4).
///
/// A pure function of method, target, fields and the body's hash. It may hold a session token, so it shows nothing of
/// itself.
package struct AWSCanonicalRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// A header field as it goes over the wire.
    package struct Field: Sendable {
        /// In lower case.
        package var name: String
        /// The value's bytes.
        package var value: [UInt8]

        package init(name: String, value: some Sequence<UInt8>) {
            self.name = name
            self.value = Array(value)
        }
    }

    /// The form itself.
    package let bytes: [UInt8]
    /// The names of the fields in it, sorted and separated by semicolons.
    package let signedHeaders: String

    /// - Parameters:
    ///   - target: The path and query of the request line.
    ///   - fields: What is signed, in the order of the wire.
    ///   - payloadHash: The body's SHA-256 in lower-case hexadecimal, or a word that stands for it.
    package init(
        method: String, target: String, fields: [Field], payloadHash: String,
        pathEncoding: AWSSignatureV4.PathEncoding
    ) {
        let wire = Array(target.utf8)
        let mark = wire.firstIndex(of: UInt8(ascii: "?")) ?? wire.endIndex
        let newline = UInt8(ascii: "\n")
        var output = Array(method.utf8) + [newline]
        output += AWSCanonicalRequest.path(wire[..<mark], pathEncoding)
        output.append(newline)
        output += AWSCanonicalRequest.query(wire[mark...].dropFirst())
        output.append(newline)
        var values: [String: [UInt8]] = [:]
        for field in fields {
            let value = AWSCanonicalRequest.trimmed(field.value)
            values[field.name] = values[field.name].map { $0 + [UInt8(ascii: ",")] + value } ?? value
        }
        let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (name, value) in sorted { output += Array(name.utf8) + [UInt8(ascii: ":")] + value + [newline] }
        signedHeaders = sorted.map(\.key).joined(separator: ";")
        output += [newline] + Array(signedHeaders.utf8) + [newline] + Array(payloadHash.utf8)
        bytes = output
    }

    /// The size only.
    package var description: String { "AWSCanonicalRequest(\(bytes.count) bytes, signed: \(signedHeaders))" }
    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: []) }

    // MARK: Parts

    private static func path(_ path: ArraySlice<UInt8>, _ encoding: AWSSignatureV4.PathEncoding) -> [UInt8] {
        guard !path.isEmpty else { return [UInt8(ascii: "/")] }
        switch encoding {
        case .once: return encoded(path, keepsSlash: true)
        case .twice: return encodedAgain(normalized(path))
        }
    }

    /// Without empty and dot segments (RFC 3986 §5.2.4); a slash at the end stays.
    private static func normalized(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var kept: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: slash) where segment != [UInt8(ascii: ".")] {
            if segment == [UInt8(ascii: "."), UInt8(ascii: ".")] { _ = kept.popLast() } else { kept.append(segment) }
        }
        var output = path.first == slash ? [slash] : []
        output += kept.joined(separator: [slash])
        if path.last == slash, !kept.isEmpty { output.append(slash) }
        return output
    }

    /// Names and values in one encoding, sorted by it: names first, then the values of one name.
    private static func query(_ query: ArraySlice<UInt8>) -> [UInt8] {
        guard !query.isEmpty else { return [] }
        let pairs = query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { pair in
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (name: encoded(pair[..<mark]), value: encoded(pair[mark...].dropFirst()))
        }
        let sorted = pairs.sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        return Array(sorted.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: [UInt8(ascii: "&")]))
    }

    /// Every byte in its one encoding: unreserved characters as they are, all others as `%XX`. Encoded ones are not
    /// encoded again, and not decoded to a separator.
    private static func encoded(_ bytes: ArraySlice<UInt8>, keepsSlash: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 16)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), bytes.endIndex - index > 2, let high = bytes[index + 1].hexValue,
                let low = bytes[index + 2].hexValue
            {
                append(high << 4 | low, to: &output, asItIs: false)
                index += 3
            } else {
                append(byte, to: &output, asItIs: keepsSlash && byte == UInt8(ascii: "/"))
                index += 1
            }
        }
        return output
    }

    /// The path of the wire with each of its bytes encoded once more, percent signs too.
    private static func encodedAgain(_ path: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(path.count + 16)
        for byte in path { append(byte, to: &output, asItIs: byte == UInt8(ascii: "/")) }
        return output
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func append(_ byte: UInt8, to output: inout [UInt8], asItIs: Bool) {
        guard !asItIs, !byte.isUnreserved else { return output.append(byte) }
        output.append(UInt8(ascii: "%"))
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 0xF)])
    }

    /// Without white space at the ends, and with one space for each run of it.
    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        Array(value.split { $0 == 0x20 || $0 == 0x09 }.joined(separator: [0x20]))
    }
}
#endif
