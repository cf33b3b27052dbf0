#if OAuth
public import TesseraCore

/// A valid answer of a token endpoint (RFC 6749 §5.1).
public struct TokenResponse: Sendable {
    /// The token.
    public var accessToken: Secret
    /// How long it lives, from when it was asked for; nil when the server did not say.
    public var lifetime: Duration?
    /// The scope that was granted; empty when the server did not say, and then it is the one that was asked for.
    public var scope: Set<String>
    /// The origins the token may go to; nil means the base origin of the session that sends it.
    public var origins: OriginSet?
    /// When its life began; nil for when it was asked for. In the past for a token that another process obtained.
    public var issuedAt: MonotonicInstant?
    /// When it expires on the server's clock, for servers that name a time and no length; only used without ``lifetime``.
    public var expiresAt: Timestamp?
    /// The requests that it took; 0 for a token that another process obtained.
    var requests = 1
    /// What the token endpoint's own clock showed.
    var serverDate: ServerDate?

    /// A reading of the token endpoint's clock.
    struct ServerDate: Sendable {
        var date: Timestamp
        /// This machine's time when the request went out.
        var sent: Timestamp
        var roundTrip: Duration
    }

    /// A response of the given parts, for sources that speak no OAuth.
    public init(
        accessToken: Secret, lifetime: Duration? = nil, scope: Set<String> = [], origins: OriginSet? = nil
    ) {
        self.accessToken = accessToken
        self.lifetime = lifetime
        self.scope = scope
        self.origins = origins
    }
}
#endif
