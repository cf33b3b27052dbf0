/// The character classes of RFC 3986 and RFC 9110 on single bytes.
extension UInt8 {
    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isUpperCase: Bool { self >= 0x41 && self <= 0x5A }
    package var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    package var isASCIILetterOrDigit: Bool { isDigit || isASCIILetter }
    var isHexDigit: Bool { isDigit || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x66) }
    package var lowercased: UInt8 { isUpperCase ? self | 0x20 : self }

    /// RFC 3986 §2.3.
    package var isUnreserved: Bool {
        isASCIILetterOrDigit || self == 0x2D || self == 0x2E || self == 0x5F || self == 0x7E
    }

    /// A character of a path as RFC 3986 §3.3 allows it without encoding, the slash included; not the percent sign.
    var isPathCharacter: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            return true
        default:
            return false
        }
    }

    /// A character of a query (RFC 3986 §3.4); square brackets too, which servers expect unencoded.
    var isQueryCharacter: Bool { isPathCharacter || self == 0x3F || self == 0x5B || self == 0x5D }

    /// RFC 9110 §5.6.2.
    var isTokenCharacter: Bool {
        if isASCIILetterOrDigit { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default:
            return false
        }
    }

    /// The value of a hexadecimal digit.
    package var hexValue: UInt8? {
        if isDigit { return self - 0x30 }
        let lower = self | 0x20
        return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : nil
    }
}
