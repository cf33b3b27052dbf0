#if Secrets
import Synchronization
import TesseraCore
import TesseraJOSE
import TesseraOAuth

/// A token from whatever the credentials turn out to be, looked at anew for each.
final class GoogleTokenAcquisition: TokenAcquisition {
    private struct State {
        var shown: Secret?
        var version: UInt64 = 0
    }

    private let credentials: GoogleCredentials
    private let scope: [String]
    private let transport: (any Transport)?
    private let state = Mutex(State())

    init(credentials: GoogleCredentials, scope: [String], transport: (any Transport)?) {
        self.credentials = credentials
        self.scope = scope
        self.transport = transport
    }

    var credentialVersion: UInt64 { state.withLock { $0.version } }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        do {
            return try await obtainToken(fetch)
        } catch let error as TesseraError where error.code == .secretUnavailable {
            // That code is a manager's word on the secret that it is asked for, and would end the use of a kept copy.
            throw TesseraError(
                .misconfigured, "Google's credentials cannot be read: \(error.message)", remedy: error.remedy,
                details: error.details)
        }
    }

    private func obtainToken(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let policy = try GoogleEndpointPolicy(trusting: credentials.trustedEndpoints)
        switch credentials.kind {
        case .json(let source): return try await obtain(from: source, policy, fetch)
        case .metadataServer(let account): return try await obtain(ofMachine: account, policy, fetch)
        case .applicationDefault:
            switch GoogleDefaultPlace.find(ProcessEnvironment.value, exists: { SecretFile.identity(of: $0) != nil }) {
            case .file(let path): return try await obtain(from: FileSecretSource(path), policy, fetch)
            case .metadataServer: return try await obtainOfMachineByDefault(policy, fetch)
            }
        }
    }

    private func transport(_ fetch: RefreshingTokenSource.Fetch) throws -> any Transport {
        try transport ?? fetch.transport ?? SecretEndpoint.defaultTransport()
    }

    // MARK: The metadata server

    private func obtain(
        ofMachine account: String, _ policy: GoogleEndpointPolicy, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        try await GoogleMetadataServer(host: ProcessEnvironment.value("GCE_METADATA_HOST"), policy)
            .token(account: account, scope: scope, transport(fetch), fetch)
    }

    private func obtainOfMachineByDefault(
        _ policy: GoogleEndpointPolicy, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        do {
            return try await obtain(ofMachine: "default", policy, fetch)
        } catch let error as TesseraError where error.code == .connection || error.code == .timeout {
            throw TesseraError(
                .tokenEndpointUnavailable,
                "there are no application default credentials, and no metadata server answers",
                remedy: "set GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login",
                underlying: error)
        }
    }

    // MARK: Documents

    private func obtain(
        from source: any SecretSource, _ policy: GoogleEndpointPolicy, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        let document = try await source.secret()
        state.withLock { state in
            if let shown = state.shown, shown != document { state.version &+= 1 }
            state.shown = document
        }
        let transport = try transport(fetch)
        switch try GoogleCredentialPlan(GoogleCredentialFile(document), policy) {
        case .serviceAccount(let account): return try await obtain(account, transport, fetch)
        case .authorizedUser(let user): return try await obtain(user, transport, fetch)
        case .externalAccount(let account):
            return try await GoogleExternalAccount(plan: account, scope: scope, transport: transport).obtain(fetch)
        }
    }

    private func obtain(
        _ account: GoogleCredentialPlan.ServiceAccount, _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        let key = try JWSSigningKey(pem: account.key, algorithm: .rs256)
        let scope = scope.joined(separator: " ")
        let grant = JWTBearerGrant {
            let now = fetch.runtime.wallTime()
            // RFC 7523 §3: for the server that gets it, so that no other can use it (threat A3).
            return try key.sign(
                JWTClaims(
                    issuer: account.email, audience: account.tokenURL.description, issuedAt: now,
                    expiresAt: now.advanced(by: .seconds(3600)), extra: ["scope": scope]),
                header: JWSHeader(keyID: account.keyID))
        }
        return try await OAuthClient(
            issuer: account.tokenURL.origin.description, id: "google", authentication: .unidentified,
            tokenEndpoint: account.tokenURL.description, transport: transport
        ).token(by: grant, fetch)
    }

    private func obtain(
        _ user: GoogleCredentialPlan.AuthorizedUser, _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        try await OAuthClient(
            issuer: user.tokenURL.origin.description, id: user.clientID, authentication: .secretPost(user.clientSecret),
            tokenEndpoint: user.tokenURL.description, transport: transport
        ).token(by: GoogleRefreshGrant(token: user.refreshToken, scope: scope), fetch)
    }
}

/// The refresh grant at Google (RFC 6749 §6). The refresh tokens of its users are not rotated, so a lost answer spends
/// nothing and nothing has to be stored.
private struct GoogleRefreshGrant: Grant {
    let token: Secret
    let scope: [String]

    var isRepeatable: Bool { true }
    var isIndependent: Bool { true }

    func parameters() async throws -> QueryItems {
        var items: QueryItems = ["grant_type": "refresh_token"]
        items.append("refresh_token", token.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        if !scope.isEmpty { items.append("scope", scope.joined(separator: " ")) }
        return items
    }
}
#endif
