#if NIO
import TesseraCore

extension ProxyAuthorization {
    /// The value of `Proxy-Authorization` (RFC 7617 §2); nil when the user's name holds a colon or either a control
    /// character, which the scheme cannot carry.
    var basicFieldValue: String? {
        let name = Array(user.utf8)
        guard !name.contains(UInt8(ascii: ":")), name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return password.withExposedBytes { bytes in
            guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
            let pair = name + [UInt8(ascii: ":")] + bytes
            return "Basic " + String(decoding: Base64.encode(pair), as: UTF8.self)
        }
    }
}
#endif
