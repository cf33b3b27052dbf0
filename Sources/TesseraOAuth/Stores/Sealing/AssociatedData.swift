#if OAuth
import TesseraCore

/// What a sealed box is bound to, as bytes: each part with its length before it, so that no two lists of parts give
/// the same bytes.
struct AssociatedData {
    private(set) var bytes: [UInt8] = []

    init(_ domain: StaticString) {
        append(domain.withUTF8Buffer { Array($0) })
    }

    mutating func append(_ part: some Collection<UInt8>) {
        appendBigEndian(UInt64(part.count))
        bytes += part
    }

    mutating func append(_ part: String) {
        append(part.utf8)
    }

    mutating func append(_ number: UInt64) {
        var part: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) { part.append(UInt8(truncatingIfNeeded: number >> shift)) }
        append(part)
    }

    /// Absent and empty are different.
    mutating func append(_ part: String?) {
        guard let part else { return append(UInt64(0)) }
        append(UInt64(1))
        append(part.utf8)
    }

    /// All parts of a key; the scope in the order of its bytes.
    mutating func append(_ key: TokenKey) {
        append(key.issuer)
        append(key.client)
        append(key.subject)
        append(UInt64(key.scope.count))
        for item in key.scope.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { append(item) }
        append(key.resource)
        append(key.keyThumbprint)
    }

    private mutating func appendBigEndian(_ number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
#endif
