#if OAuth
/// How one kind of authorization server treats refresh tokens, and in what it departs from RFC 6749: data, no code.
///
/// The default is ``strict``: nothing is assumed. A profile that promises more than the server keeps costs logins;
/// write down only what its documentation or its source says.
public struct ProviderProfile: Sendable, Hashable, Codable {
    /// What a refresh does to the refresh token.
    public enum Rotation: String, Sendable, Hashable, Codable, CaseIterable {
        /// It stays valid: asking twice is harmless.
        case none
        /// It is replaced; the old one works for ``ProviderProfile/grace`` longer and then gives the same answer.
        case rotates
        /// It is replaced at once, and using it again may end the whole login (RFC 9700 §4.14.2).
        case oneTime
    }

    /// What an answer says about the refresh token that was sent.
    public enum Meaning: String, Sendable, Hashable, Codable, CaseIterable {
        /// The client's proof was refused; the token is not spent.
        case clientRefused
        /// Another part of the request was refused; the token is not spent.
        case requestRefused
        /// The token is refused.
        case grantRefused
        /// The server did not process the request.
        case unprocessed
        /// It may have been processed or not.
        case ambiguous
    }

    /// The name, for logs.
    public var name: String
    /// What a refresh does to the refresh token.
    public var rotation: Rotation
    /// How long a replaced refresh token still gives the same answer; used with ``Rotation/rotates`` only.
    public var grace: Duration
    /// Gives the login up when the fate of a request is unknown, instead of asking again with the same token.
    public var neverReplays = false
    /// Statuses that, with no `error` in the body, refuse the client.
    public var clientRefusals: Set<Int> = [401, 403]
    /// What a 400 with an empty body means.
    public var emptyBadRequest: Meaning = .grantRefused
    /// What 429 means.
    public var rateLimited: Meaning = .ambiguous
    /// What `error` values mean that RFC 6749 §5.2 does not register, or that the server uses in another way.
    public var errors: [String: Meaning] = [:]
    /// The least time between two refreshes of one login, for servers that fail on the second in one second.
    public var leastInterval: Duration = .zero

    /// A profile of a rotation and its grace; everything else as the RFC says.
    public init(name: String, rotation: Rotation, grace: Duration = .zero) {
        self.name = name
        self.rotation = rotation
        self.grace = grace
    }
}

extension ProviderProfile {
    /// A server of which nothing is known: its refresh tokens are treated as one-time.
    public static let strict = ProviderProfile(name: "strict", rotation: .oneTime)

    /// A server whose refresh tokens stay the same.
    public static let nonRotating = ProviderProfile(name: "non-rotating", rotation: .none)

    /// django-oauth-toolkit with `ROTATE_REFRESH_TOKEN` (its default); `grace` is its
    /// `REFRESH_TOKEN_GRACE_PERIOD_SECONDS`.
    ///
    /// Inside the grace the old token gives the same tokens again, unless the new one has been used already. On SQLite
    /// it answers 500 when two refreshes meet, which is ambiguous.
    public static func djangoOAuthToolkit(grace: Duration = .zero) -> ProviderProfile {
        ProviderProfile(
            name: "django-oauth-toolkit", rotation: grace > .zero ? .rotates : .oneTime, grace: grace)
    }

    /// A server on Authlib whose refresh grant rotates (`INCLUDE_NEW_REFRESH_TOKEN`) and refuses reuse.
    public static let authlib = ProviderProfile(name: "authlib", rotation: .oneTime)
}
#endif
