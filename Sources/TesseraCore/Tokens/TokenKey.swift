/// Whose token it is and what it is for: two uses share a token only if their keys are equal.
///
/// A client's own tokens and those of a person have different constructors, so that leaving out the subject can never
/// hand one person's token to another (threat A16).
public struct TokenKey: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The issuer identifier, exactly as its metadata spells it (RFC 8414 §2).
    public let issuer: String
    /// The client identifier.
    public let client: String
    /// Who logged in; nil for the client's own tokens.
    public let subject: String?
    /// The scope that is asked for.
    public let scope: Set<String>
    /// The resource that the token is for (RFC 8707).
    public let resource: String?
    /// The thumbprint of the key that the token is bound to (RFC 7638, RFC 9449); nil for bearer tokens.
    public let keyThumbprint: String?

    private init(
        issuer: String, client: String, subject: String?, scope: Set<String>, resource: String?, keyThumbprint: String?
    ) {
        self.issuer = issuer
        self.client = client
        self.subject = subject
        self.scope = scope
        self.resource = resource
        self.keyThumbprint = keyThumbprint
    }

    /// The key of a client's own tokens (RFC 6749 §4.4).
    public static func client(
        issuer: String, client: String, scope: Set<String> = [], resource: String? = nil, keyThumbprint: String? = nil
    ) -> TokenKey {
        TokenKey(
            issuer: issuer, client: client, subject: nil, scope: scope, resource: resource,
            keyThumbprint: keyThumbprint)
    }

    /// The key of a person's tokens.
    public static func user(
        issuer: String, client: String, subject: String, scope: Set<String> = [], resource: String? = nil,
        keyThumbprint: String? = nil
    ) -> TokenKey {
        TokenKey(
            issuer: issuer, client: client, subject: subject, scope: scope, resource: resource,
            keyThumbprint: keyThumbprint)
    }

    /// The login that the key belongs to: the same without scope and resource, because one refresh token serves them all.
    package var login: TokenKey {
        TokenKey(
            issuer: issuer, client: client, subject: subject, scope: [], resource: nil, keyThumbprint: keyThumbprint)
    }

    /// Issuer and client; the subject may be a person's name or address and is left out.
    public var description: String { "TokenKey(\(client) at \(issuer)\(subject == nil ? "" : ", a user"))" }
}
