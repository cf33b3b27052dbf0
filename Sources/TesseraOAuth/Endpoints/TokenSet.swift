#if OAuth
public import TesseraCore

/// What a person's login brings: a refresh token, usually an access token, and an ID token if one was asked for.
public struct TokenSet: Sendable, CustomStringConvertible, CustomReflectable {
    /// The refresh token (RFC 6749 §1.5).
    public var refreshToken: Secret
    /// The access token; nil to obtain one with the refresh token.
    public var accessToken: Secret?
    /// The ID token (OpenID Connect Core §2).
    public var idToken: Secret?
    /// How long the access token lives from ``issuedAt``; nil when the server did not say.
    public var lifetime: Duration?
    /// When the access token was asked for; nil for now.
    public var issuedAt: MonotonicInstant?
    /// The scope that was granted; empty when the server did not say, and then it is the one that was asked for.
    public var scope: Set<String>

    /// A set of the given parts.
    public init(
        refreshToken: Secret, accessToken: Secret? = nil, idToken: Secret? = nil, lifetime: Duration? = nil,
        issuedAt: MonotonicInstant? = nil, scope: Set<String> = []
    ) {
        self.refreshToken = refreshToken
        self.accessToken = accessToken
        self.idToken = idToken
        self.lifetime = lifetime
        self.issuedAt = issuedAt
        self.scope = scope
    }

    /// Whose tokens they are, as the ID token says; nil without one. Nothing is verified here: that is the business of
    /// whoever obtained it.
    public var subject: String? {
        idToken.flatMap { $0.withExposedBytes { RefreshMembers.subject(String(decoding: $0, as: UTF8.self)) } }
    }

    /// The tags of the tokens.
    public var description: String { "TokenSet(refresh \(refreshToken))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
