#if OAuth
public import TesseraCore

/// A client that is registered with an authorization server.
///
/// ```swift
/// let login = try OAuthClient(
///     issuer: "https://login.example.com", id: "billing",
///     authentication: .secretBasic(Secret(environment: "CLIENT_SECRET")))
/// let api = try Session(
///     "https://api.example.com/v1", auth: .oauth(login.clientCredentials(scope: ["invoices.read"])), transport: transport)
/// ```
///
/// The client's secret goes to the issuer's endpoints only: what another server's metadata or a redirect names is
/// refused.
public struct OAuthClient: Sendable {
    /// The issuer identifier (RFC 8414 §2).
    public let issuer: AbsoluteURL
    /// The client identifier.
    public let id: String
    /// How the client proves who it is.
    public let authentication: ClientAuthentication
    let endpoint: TokenEndpointLocator
    let transport: (any Transport)?

    /// A client of the given issuer.
    ///
    /// - Parameters:
    ///   - issuer: The issuer's URL. `https`, or `http` on loopback.
    ///   - id: The client identifier.
    ///   - authentication: How the client proves who it is.
    ///   - tokenEndpoint: The token endpoint's URL; nil to ask the issuer's metadata (RFC 8414).
    ///   - revocationEndpoint: The revocation endpoint's URL (RFC 7009); nil to ask the issuer's metadata.
    ///   - trustedEndpoints: URLs of origins besides the issuer's where its metadata may place endpoints.
    ///   - transport: For requests to the issuer; nil to use that of the session which needs a token.
    /// - Throws: ``TesseraError`` when a URL cannot be accepted.
    public init(
        issuer: String, id: String, authentication: ClientAuthentication, tokenEndpoint: String? = nil,
        revocationEndpoint: String? = nil, trustedEndpoints: [String] = [], transport: (any Transport)? = nil
    ) throws {
        self.issuer = try AbsoluteURL(issuer)
        self.id = id
        self.authentication = authentication
        self.transport = transport
        guard !id.isEmpty, id.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw TesseraError(.misconfigured, "the client id is empty or holds characters outside printable ASCII")
        }
        endpoint = try TokenEndpointLocator(
            issuer: issuer, fixed: tokenEndpoint, revocation: revocationEndpoint,
            trusted: try trustedEndpoints.map { try Origin($0) })
        try checkAudience([issuer, tokenEndpoint].compactMap { $0 } + trustedEndpoints)
    }

    /// An assertion for somebody else would let whoever gets it play this client there (RFC 7523bis).
    private func checkAudience(_ places: [String]) throws {
        guard case .signed(let assertion) = authentication.method, case .url(let audience) = assertion.options.audience
        else { return }
        let origin = try Origin(audience)
        guard try places.contains(where: { try Origin($0) == origin }) else {
            throw TesseraError(
                .misconfigured,
                "the audience of the client's assertions is at \(origin), which is not the issuer's origin",
                remedy: "use .issuer, or name the URL of the token endpoint that is used")
        }
    }

    /// Tokens for the client itself (RFC 6749 §4.4).
    public func clientCredentials(
        scope: [String] = [], resource: String? = nil,
        settings: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings()
    ) -> RefreshingTokenSource {
        tokens(
            by: ClientCredentialsGrant(scope: scope, resource: resource),
            key: .client(issuer: "\(issuer)", client: id, scope: Set(scope), resource: resource), settings: settings)
    }

    /// One token, kept by nobody: for what combines several requests.
    package func token(by grant: any Grant, _ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        try await TokenRequest(client: self, grant: grant).send(fetch)
    }

    /// Tokens by a grant, for example one of your own.
    ///
    /// - Parameters:
    ///   - grant: What is shown to the token endpoint.
    ///   - key: Whose tokens they are and what for.
    ///   - settings: How they are kept.
    public func tokens(
        by grant: any Grant, key: TokenKey? = nil,
        settings: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings()
    ) -> RefreshingTokenSource {
        RefreshingTokenSource(GrantAcquisition(client: self, grant: grant), key: key, settings: settings)
    }
}

extension Authenticator where Self == TokenAuthenticator {
    /// The token of a source, renewed as needed, and once more after a 401.
    public static func oauth(_ source: any TokenSource) -> TokenAuthenticator {
        TokenAuthenticator(source)
    }
}
#endif
