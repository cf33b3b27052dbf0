public import TesseraCore

extension HostileAuthorizationServer {
    /// What kind of server it is, before any ``Fault``.
    public struct Configuration: Sendable {
        /// The client that is registered.
        public var clientID = "client"
        /// The secret of that client; nil lets every client in, with or without one.
        public var clientSecret: Secret?
        /// What a refresh does to the refresh token.
        public var rotation = Rotation.strict
        /// Whether a spent refresh token that comes again ends its whole login, the token of the one who was first
        /// included (RFC 9700 §4.14.2).
        public var revokesFamilyOnReuse = true
        /// Whether the access tokens of a login that has ended stay good until they expire, as self-contained ones do.
        public var keepsAccessTokensOfEndedLogins = false
        /// How long an access token lives, in whole seconds on the wire; nil sends no `expires_in`.
        public var accessTokenLifetime: Duration? = .seconds(3600)
        /// How a wrong client secret is answered.
        public var clientRefusal = Refusal.standard
        /// How a refresh token that is not good (any more) is answered.
        public var grantRefusal = Refusal.standard
        /// How long every answer takes, before the request is processed and again after it.
        public var latency = Duration.zero
        /// Of the bytes in tokens: the same seed issues the same tokens in the same order.
        public var seed: UInt64 = 1

        /// A strict server: one-time refresh tokens, and a reuse ends the login.
        public init() {}

        /// A server with the given rotation.
        public init(rotation: Rotation) {
            self.rotation = rotation
        }
    }

    /// What a refresh does to the refresh token (RFC 6749 §6).
    public enum Rotation: Sendable, Hashable, Codable {
        /// It stays good, and comes with every answer.
        case never
        /// It stays good, and the answer has no `refresh_token`.
        case omitted
        /// It is spent; the answer brings the next.
        case strict
        /// It is spent; until its successor is used, and at most for this long after its first use, it gets the same
        /// answer again.
        case grace(Duration)
    }

    /// How servers say no: as RFC 6749 §5.2 wants it, or as some do.
    public enum Refusal: String, Sendable, Hashable, Codable {
        /// 400 `invalid_grant` or 401 `invalid_client`, with a JSON body.
        case standard
        /// 400 without a body.
        case emptyBadRequest
        /// 403 without a body.
        case emptyForbidden
    }

    /// What somebody gets who has logged in.
    public struct Login: Sendable, CustomStringConvertible, CustomReflectable {
        /// Which login; several of the same person do not touch each other.
        public let id: Int
        /// Counts the refresh tokens of the login, from 1.
        public let generation: UInt64
        /// The refresh token.
        public let refreshToken: Secret
        /// An access token.
        public let accessToken: Secret
        /// How long the access token lives from now; nil when the server does not say.
        public let lifetime: Duration?

        /// Number and generation.
        public var description: String { "Login(\(id), generation \(generation))" }
        /// A mirror without children.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
}
