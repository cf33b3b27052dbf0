#if Secrets
import TesseraCore
import TesseraOAuth

/// An application that proves to its tenant who it is.
struct AzureClient: Sendable {
    enum Proof: Sendable {
        case secret(any SecretSource)
        case assertion(any AzureAssertion)

        var name: String {
            switch self {
            case .secret: "client secret"
            case .assertion(let assertion): assertion.name
            }
        }
    }

    var tenant: AzureTenant
    var id: String
    var proof: Proof

    func tokens(
        for resource: String, transport: (any Transport)?, settings: RefreshingTokenSource.Settings
    ) throws -> RefreshingTokenSource {
        let scope = "\(resource)/.default"
        let grant: any Grant
        let authentication: ClientAuthentication
        switch proof {
        case .secret(let secret):
            grant = ClientCredentialsGrant(scope: [scope])
            authentication = .secretPost(secret)
        case .assertion(let assertion):
            grant = AssertedClientGrant(
                scope: scope, assertion: assertion, client: id, endpoint: tenant.tokenEndpoint)
            authentication = .publicClient
        }
        let client = try OAuthClient(
            issuer: tenant.issuer, id: id, authentication: authentication, tokenEndpoint: tenant.tokenEndpoint,
            transport: transport)
        return client.tokens(
            by: grant, key: .client(issuer: tenant.issuer, client: id, scope: [scope]), settings: settings)
    }
}

/// What stands for a client's secret (RFC 7521 §4.2).
protocol AzureAssertion: Sendable {
    var name: String { get }

    /// A JWT for one request.
    func assertion(client: String, endpoint: String) async throws -> Secret
}

/// Another issuer's token, as it is.
struct FederatedToken: AzureAssertion {
    let name = "workload identity"
    let source: any SecretSource

    func assertion(client: String, endpoint: String) async throws -> Secret { try await source.secret() }
}

/// Client credentials (RFC 6749 §4.4) with an assertion for the client's authentication (RFC 7523 §2.2).
struct AssertedClientGrant: Grant {
    let scope: String
    let assertion: any AzureAssertion
    let client: String
    let endpoint: String

    /// The answer to a request spends nothing: each makes a new token.
    var isRepeatable: Bool { true }

    func parameters() async throws -> QueryItems {
        let assertion = try await assertion.assertion(client: client, endpoint: endpoint)
        return [
            "grant_type": "client_credentials", "scope": scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion.withExposedBytes { String(decoding: $0, as: UTF8.self) },
        ]
    }
}
#endif
