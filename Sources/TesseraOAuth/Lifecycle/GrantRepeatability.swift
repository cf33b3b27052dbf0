#if OAuth
/// Whether a token request may be sent again when nobody knows what became of the first, by its grant.
///
/// A grant's own word can forbid what this table allows, never allow what it forbids.
public enum GrantRepeatability: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each request makes a new token and spends nothing.
    case repeatable
    /// What is shown is spent by the first request that arrives.
    case once
    /// What is shown may be spent; only a protocol with a memory of its own may repeat it.
    case byProtocol

    static let table: [String: GrantRepeatability] = [
        // RFC 6749 §4.4: the client's own credential is not spent.
        "client_credentials": .repeatable,
        // RFC 8693 §2: the subject token stays valid.
        "urn:ietf:params:oauth:grant-type:token-exchange": .repeatable,
        // RFC 6749 §4.1.2: a code that comes twice must be refused, and its tokens should be revoked.
        "authorization_code": .once,
        // RFC 8628 §3.5: polling is a protocol of its own, and the answer that ends it spends the code.
        "urn:ietf:params:oauth:grant-type:device_code": .byProtocol,
        // OpenID CIBA §10.1: as device codes.
        "urn:openid:params:grant-type:ciba": .byProtocol,
        // RFC 9700 §4.14.2: with rotation, a repeated refresh token ends the login.
        "refresh_token": .byProtocol,
        // RFC 7523 §3: an assertion with a `jti` is good for one use.
        "urn:ietf:params:oauth:grant-type:jwt-bearer": .once,
        // RFC 7522 §3: as JWT assertions.
        "urn:ietf:params:oauth:grant-type:saml2-bearer": .once,
        // RFC 9700 §2.4: repeated attempts lock accounts.
        "password": .once,
    ]
}
#endif
