#if OAuth
import Synchronization
public import TesseraCore

/// Tokens of a client whose whole configuration is one secret: endpoint, id and secret change together or not at all.
final class ConfiguredClientAcquisition: TokenAcquisition {
    private struct State {
        var shown: Secret?
        var version: UInt64 = 0
    }

    private let source: any SecretSource
    private let grant: ClientCredentialsGrant
    private let transport: (any Transport)?
    private let state = Mutex(State())

    init(source: any SecretSource, grant: ClientCredentialsGrant, transport: (any Transport)?) {
        self.source = source
        self.grant = grant
        self.transport = transport
    }

    var credentialVersion: UInt64 { state.withLock { $0.version } }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let secret = try await source.secret()
        do {
            return try await obtain(with: secret, fetch)
        } catch let error as TesseraError where error.authorizationError == "invalid_client" {
            // RFC 6749 §5.2: the grant was not looked at. The server may know a rotated secret before we do.
            guard let newer = try? await source.secret(after: secret), newer != secret else { throw error }
            return try await obtain(with: newer, fetch)
        }
    }

    private func obtain(with secret: Secret, _ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        state.withLock { state in
            if let shown = state.shown, shown != secret { state.version &+= 1 }
            state.shown = secret
        }
        let client = try ClientConfiguration(secret).client(transport: transport)
        return try await TokenRequest(client: client, grant: grant).send(fetch)
    }
}

extension RefreshingTokenSource {
    /// Tokens for a client that one secret describes, as secret managers keep it:
    ///
    /// ```json
    /// {"token_url": "https://login.example.com/token", "client_id": "billing", "client_secret": "…"}
    /// ```
    ///
    /// ```swift
    /// let tokens = RefreshingTokenSource.clientCredentials(configuredBy: .environment("BILLING_CLIENT"))
    /// let api = try Session("https://api.example.com/v1", auth: .oauth(tokens), transport: transport)
    /// ```
    ///
    /// The secret is read before each request for a token. When the server refuses the client and the source says
    /// something new by then, the request is made once more: a rotation needs no restart, and no call fails of it.
    ///
    /// - Parameters:
    ///   - source: Where the secret comes from. `token_endpoint_auth_method` may name `client_secret_post` in it.
    ///   - scope: The scope to ask for; empty for the server's default.
    ///   - resource: The resource that the tokens are for (RFC 8707).
    ///   - transport: For the requests; nil to use that of the session which needs a token.
    ///   - settings: How tokens are kept.
    public static func clientCredentials(
        configuredBy source: any SecretSource, scope: [String] = [], resource: String? = nil,
        transport: (any Transport)? = nil, settings: Settings = Settings()
    ) -> RefreshingTokenSource {
        RefreshingTokenSource(
            ConfiguredClientAcquisition(
                source: source, grant: ClientCredentialsGrant(scope: scope, resource: resource), transport: transport),
            settings: settings)
    }
}
#endif
