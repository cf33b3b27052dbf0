public import HTTPTypes

/// What an ``Authenticator`` supplies for one attempt: sealed header fields and the origins they may go to.
public struct Credential: Sendable {
    /// The header fields.
    public let fields: SealedFields
    /// Where they may go; nil means the base origin of the session that asks.
    public var origins: OriginSet?
    /// Which token of its source this is, so that a late refusal of an old one refreshes nothing.
    public var generation: UInt64

    /// A credential of header fields.
    public init(fields: SealedFields, origins: OriginSet? = nil, generation: UInt64 = 0) {
        self.fields = fields
        self.origins = origins
        self.generation = generation
    }

    /// A secret in a header field of the given name, for example an API key.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/malformedCredential`` when the secret holds a byte that
    ///   a field value cannot carry (RFC 9110 §5.5). It is refused, not repaired: a repaired credential is another one.
    public static func header(
        _ name: HTTPField.Name, _ secret: Secret, origins: OriginSet? = nil, generation: UInt64 = 0
    ) throws -> Credential {
        try header(name, prefix: "", secret, origins: origins, generation: generation)
    }

    /// A bearer token in `Authorization` (RFC 6750 §2.1).
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/malformedCredential`` when it holds a space, a quote, a
    ///   comma, a control character or a byte outside ASCII. (Wider than the RFC's `b64token`: `|` and `:` are in use.)
    public static func bearer(
        _ token: Secret, origins: OriginSet? = nil, generation: UInt64 = 0
    ) throws -> Credential {
        let isToken = token.withExposedBytes { bytes in
            !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x2C }
        }
        guard isToken else {
            throw TesseraError(
                .malformedCredential, "the bearer token is empty or holds characters that a token cannot have",
                remedy: "check that the secret holds the token alone: no spaces, quotes, line breaks or scheme name")
        }
        return try header(.authorization, prefix: "Bearer ", token, origins: origins, generation: generation)
    }

    /// A user name and password in `Authorization` (RFC 7617).
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/malformedCredential`` when the user name holds a colon
    ///   or either holds a control character.
    public static func basic(user: String, password: Secret, origins: OriginSet? = nil) throws -> Credential {
        let isClean = password.withExposedBytes { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        guard isClean, user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") }) else {
            throw TesseraError(
                .malformedCredential, "the user name holds a colon, or it or the password holds a control character")
        }
        let pair = password.withExposedBytes { Array(user.utf8) + [UInt8(ascii: ":")] + Array($0) }
        let encoded = Secret(bytes: Base64.encode(pair))
        return try header(.authorization, prefix: "Basic ", encoded, origins: origins, generation: 0)
    }

    private static func header(
        _ name: HTTPField.Name, prefix: String, _ secret: Secret, origins: OriginSet?, generation: UInt64
    ) throws -> Credential {
        let value = secret.withExposedBytes { bytes -> [UInt8]? in
            let isValue =
                !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && bytes.first != 0x20
                && bytes.last != 0x20
            return isValue ? Array(prefix.utf8) + Array(bytes) : nil
        }
        guard let value else {
            throw TesseraError(
                .malformedCredential,
                "the secret for \(name.rawName) is empty or holds a control character or a space at an end",
                remedy: "check how it was stored; a line break at its end is the usual cause")
        }
        return Credential(
            fields: SealedFields([HTTPField(name: name, value: value)]), origins: origins, generation: generation)
    }
}
