#if OAuth
public import TesseraCore

/// The registered claims of a token (RFC 7519 §4.1), and others.
public struct JWTClaims: Sendable, Encodable {
    /// Who says it (`iss`).
    public var issuer: String?
    /// Of whom (`sub`).
    public var subject: String?
    /// To whom (`aud`).
    public var audience: String?
    /// When it was said (`iat`), in whole seconds.
    public var issuedAt: Timestamp?
    /// From when on it is true (`nbf`), in whole seconds.
    public var notBefore: Timestamp?
    /// Until when it is true (`exp`), in whole seconds.
    public var expiresAt: Timestamp?
    /// What tells it from all others (`jti`).
    public var id: String?
    /// Further claims; those above go before them.
    public var extra: [String: any Encodable & Sendable]

    /// The given claims.
    public init(
        issuer: String? = nil, subject: String? = nil, audience: String? = nil, issuedAt: Timestamp? = nil,
        expiresAt: Timestamp? = nil, id: String? = nil, extra: [String: any Encodable & Sendable] = [:]
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.id = id
        self.extra = extra
    }

    /// Writes the claims that are set; times as RFC 7519 §2 has them (NumericDate).
    public func encode(to encoder: any Encoder) throws {
        var members = extra
        let registered: [String: (any Encodable & Sendable)?] = [
            "iss": issuer, "sub": subject, "aud": audience, "iat": issuedAt?.wholeSeconds,
            "nbf": notBefore?.wholeSeconds, "exp": expiresAt?.wholeSeconds, "jti": id,
        ]
        for case (let name, let value?) in registered { members[name] = value }
        try JSONMembers(members).encode(to: encoder)
    }
}
#endif
