#if CLI
import HTTPTypes

/// What a request's `Authorization` field holds (RFC 9110 section 11.6.2).
enum AuthorizationField {
    case absent
    case basic(token68: Substring.UTF8View)
    case bearer(token: Substring)
    case other
    /// Several fields, or a scheme without its parameter.
    case malformed

    init(_ fields: HTTPFields) {
        let values = fields[values: .authorization]
        guard let value = values.first else {
            self = .absent
            return
        }
        guard values.count == 1 else {
            self = .malformed
            return
        }
        let scheme = value.prefix { $0 != " " }
        let parameter = value.dropFirst(scheme.count).drop { $0 == " " }
        // RFC 9110 section 11.1: the scheme's case does not matter.
        switch scheme.lowercased() {
        case "basic": self = .basic(token68: parameter.utf8)
        case "bearer": self = Self.isB64Token(parameter) ? .bearer(token: parameter) : .malformed
        default: self = .other
        }
    }

    /// RFC 6750 section 2.1, `b64token`.
    private static func isB64Token(_ text: Substring) -> Bool {
        let characters = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8.dropFirst(characters.count)
        return !characters.isEmpty && padding.allSatisfy { $0 == UInt8(ascii: "=") }
            && characters.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// The word the access log has for it.
    static func label(_ fields: HTTPFields) -> String {
        guard let value = fields[values: .authorization].first else { return "none" }
        return switch value.prefix(while: { $0 != " " }).lowercased() {
        case "basic": "basic"
        case "bearer": "bearer"
        default: "other"
        }
    }
}
#endif
