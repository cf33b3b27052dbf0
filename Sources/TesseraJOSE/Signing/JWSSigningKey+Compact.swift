#if OAuth
public import TesseraCore

extension JWSSigningKey {
    /// Signs claims, as a compact JWS (RFC 7515 §7.1). The members of header and claims stand in the order of their names.
    ///
    /// The token counts as a secret: who has it can show it.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` when header or claims cannot be written as JSON.
    public func sign(_ claims: some Encodable, header: JWSHeader = JWSHeader()) throws -> Secret {
        try sign(payload: JSONCoding(dates: .secondsSince1970).encode(claims, inOrder: true), header: header)
    }

    /// Signs bytes as they are, as a compact JWS.
    ///
    /// - Throws: As ``sign(_:header:)`` does.
    public func sign(payload: [UInt8], header: JWSHeader = JWSHeader()) throws -> Secret {
        let members = try JSONCoding().encode(header.members(for: algorithm), inOrder: true)
        var token = Base64.encode(members, alphabet: .urlSafe)
        token.append(UInt8(ascii: "."))
        token += Base64.encode(payload, alphabet: .urlSafe)
        let signature: [UInt8]
        do {
            signature = try self.signature(of: token)
        } catch {
            throw TesseraError(
                .misconfigured, "the private key cannot sign with \(algorithm.rawValue)",
                remedy: "check that the key is not damaged")
        }
        token.append(UInt8(ascii: "."))
        token += Base64.encode(signature, alphabet: .urlSafe)
        return Secret(bytes: token)
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        String(decoding: Base64.encode(bytes, alphabet: .urlSafe), as: UTF8.self)
    }
}
#endif
