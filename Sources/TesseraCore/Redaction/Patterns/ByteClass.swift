/// A set of bytes.
struct ByteClass: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Whether the bytes from 128 on are in it: all of them or none.
    private var hasOthers = false

    init(_ characters: StaticString) {
        characters.withUTF8Buffer { for byte in $0 { insert(byte) } }
    }

    private init() {}

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return hasOthers }
        return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 != 0
    }

    private mutating func insert(_ byte: UInt8) {
        switch byte {
        case ..<64: low |= 1 << UInt64(byte)
        case ..<128: high |= 1 << UInt64(byte & 63)
        default: hasOthers = true
        }
    }

    func union(_ characters: StaticString) -> ByteClass {
        var result = self
        characters.withUTF8Buffer { for byte in $0 { result.insert(byte) } }
        return result
    }

    func subtracting(_ characters: StaticString) -> ByteClass {
        let other = ByteClass(characters)
        var result = ByteClass()
        for byte in UInt8.min...UInt8.max where contains(byte) && !other.contains(byte) { result.insert(byte) }
        return result
    }

    /// All bytes that are neither in this class nor control characters.
    var inverted: ByteClass {
        var result = ByteClass()
        for byte in 0x20...UInt8.max where byte != 0x7F && !contains(byte) { result.insert(byte) }
        return result
    }

    static let digits = ByteClass("0123456789")
    static let lowerHex = ByteClass("0123456789abcdef")
    static let upperAlphanumeric = ByteClass("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    static let alphanumeric = ByteClass("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    static let word = alphanumeric.union("_")
    static let base64url = word.union("-")
    static let base64 = alphanumeric.union("+/=")
    /// Segments of compact JOSE, and much else that is called a token.
    static let dotted = base64url.union(".")
    /// The b64token of RFC 6750 §2.1 without its padding, and what a percent sign makes of it.
    static let token68 = dotted.union("~+/%")
    static let space = ByteClass(" \t")
    static let backslash = ByteClass("\\")
    static let quote = ByteClass("\"'`")
    /// What ends the value of a query item or of a bare assignment.
    static let unquotedValue = ByteClass(" \"'`<>&;,()[]{}|\\").inverted
    /// What may be in the user information of a URL (RFC 3986 §3.2.1), read generously.
    static let authority = ByteClass(" \"'`<>/?#\\|^").inverted
    static let printable = ByteClass("").inverted.union("\t")
}
