#if OAuth
public import TesseraCore

/// The tokens of a person's login: renewed early, once for all who share the store, and not lost while they can be kept.
///
/// ```swift
/// let keys = StoreKeys(.environment("STORE_KEY"))
/// let store = try FileTokenStore()
/// let source = try await login.tokenSource(subject: "alice", store: store, keys: keys)
/// let api = try Session("https://api.example.com", auth: .oauth(source), transport: transport)
/// ```
public final class LoginTokenSource: TokenSource, DetachedTokenSource {
    /// The access tokens of this audience in this process.
    public let tokens: RefreshingTokenSource
    private let login: RotatingLogin
    private let client: OAuthClient
    private let settings: LoginSettings

    init(_ login: RotatingLogin, client: OAuthClient, settings: LoginSettings) {
        self.login = login
        self.client = client
        self.settings = settings
        let key = TokenKey.user(
            issuer: login.setting.key.issuer, client: login.setting.key.client,
            subject: login.setting.key.subject ?? "", scope: Set(settings.scope), resource: settings.resource)
        var tokenSettings = settings.tokens
        // An answer is waited for to its end, and perhaps a dead process's time before it.
        tokenSettings.longestFetch = max(tokenSettings.longestFetch, settings.limits.patience)
        tokens = RefreshingTokenSource(
            LoginAcquisition(
                login: login, scope: Set(settings.scope), resource: settings.resource,
                freshness: tokenSettings.freshness), key: key, settings: tokenSettings)
    }

    /// Tokens of the same login for another audience. All share one refresh token, so they are renewed one after the
    /// other.
    public func source(scope: [String] = [], resource: String? = nil) -> LoginTokenSource {
        var settings = settings
        settings.scope = scope
        settings.resource = resource
        return LoginTokenSource(login, client: client, settings: settings)
    }

    /// A token that is valid now; see ``TesseraCore/TokenSource``.
    public func accessToken(for use: TokenUse) async throws -> AccessToken {
        try await tokens.accessToken(for: use)
    }

    /// Tells that a resource refused a token; see ``TesseraCore/TokenSource``.
    public func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection {
        try await tokens.reject(generation: generation, for: use)
    }

    /// Whether this process holds a refresh token that could not be stored yet.
    public var isUnsaved: Bool { login.isUnsaved }

    /// Logs out: here first, durably, for all processes that share the store; then at the server (RFC 7009).
    ///
    /// - Parameter transport: For the revocation, when the client has no transport of its own.
    /// - Returns: Whether the server confirmed. If not, it is asked again when the login is next used.
    /// - Throws: ``TesseraCore/TesseraError`` when the store cannot be written; then nobody is logged out.
    @discardableResult
    public func logout(transport: (any Transport)? = nil) async throws -> Bool {
        let isConfirmed = try await login.logout(runtime: .current, transport: transport)
        tokens.invalidate()
        return isConfirmed
    }

    /// Waits for a request to the token endpoint that is under way, and for its tokens to be stored. Later calls fail.
    public func shutdown() async {
        await login.shutdown()
    }
}
#endif
