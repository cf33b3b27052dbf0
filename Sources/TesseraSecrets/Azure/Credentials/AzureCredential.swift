#if Secrets
public import TesseraCore
public import TesseraOAuth

/// Who a program is at Azure.
///
/// ```swift
/// let credential = try AzureCredential.clientSecret(
///     tenant: "00000000-0000-0000-0000-000000000001", client: "billing", secret: .file("/run/secrets/azure"))
/// let storage = try Session(
///     "https://billing.blob.core.windows.net", auth: .oauth(credential.tokens(for: "https://storage.azure.com")),
///     transport: transport)
/// ```
public struct AzureCredential: Sendable, CustomStringConvertible, CustomReflectable {
    enum Kind: Sendable {
        case client(AzureClient)
        case managedIdentity(ManagedIdentity)
    }

    let kind: Kind

    /// An application with a secret.
    ///
    /// - Parameters:
    ///   - tenant: The tenant's GUID or domain.
    ///   - client: The application's id.
    ///   - secret: Its secret, asked for before each request for a token.
    ///   - authority: The cloud.
    /// - Throws: ``TesseraCore/TesseraError`` when the tenant is none.
    public static func clientSecret(
        tenant: String, client: String, secret: any SecretSource, authority: AzureAuthority = .publicCloud
    ) throws -> AzureCredential {
        AzureCredential(
            kind: .client(
                AzureClient(tenant: try AzureTenant(tenant, at: authority), id: client, proof: .secret(secret))))
    }

    /// An application with a certificate that it signs its own tokens with (PS256, named by the certificate's SHA-256).
    ///
    /// - Parameters:
    ///   - tenant: The tenant's GUID or domain.
    ///   - client: The application's id.
    ///   - certificate: A PEM text with the certificate and its RSA key, unencrypted; asked for before each request for a
    ///     token.
    ///   - authority: The cloud.
    /// - Throws: ``TesseraCore/TesseraError`` when the tenant is none.
    public static func clientCertificate(
        tenant: String, client: String, certificate: any SecretSource, authority: AzureAuthority = .publicCloud
    ) throws -> AzureCredential {
        AzureCredential(
            kind: .client(
                AzureClient(
                    tenant: try AzureTenant(tenant, at: authority), id: client,
                    proof: .certificate(certificate))))
    }

    /// A workload with a token of another issuer that the application trusts, for example of Kubernetes.
    ///
    /// - Parameters:
    ///   - tenant: The tenant's GUID or domain.
    ///   - client: The application's id.
    ///   - token: The other issuer's token, asked for before each request for a token.
    ///   - authority: The cloud.
    /// - Throws: ``TesseraCore/TesseraError`` when the tenant is none.
    public static func workloadIdentity(
        tenant: String, client: String, token: any SecretSource, authority: AzureAuthority = .publicCloud
    ) throws -> AzureCredential {
        AzureCredential(
            kind: .client(
                AzureClient(
                    tenant: try AzureTenant(tenant, at: authority), id: client,
                    proof: .federatedToken(token))))
    }

    /// The identity that Azure gives a machine, a function, a container or, with Azure Arc, a server elsewhere.
    ///
    /// - Parameter client: The id of a user-assigned identity; nil for the machine's own.
    /// - Throws: ``TesseraCore/TesseraError`` when the environment names a place that no token is asked for at.
    public static func managedIdentity(client: String? = nil) throws -> AzureCredential {
        AzureCredential(
            kind: .managedIdentity(
                ManagedIdentity(
                    endpoint: try ManagedIdentityEndpoint(ProcessEnvironment.value), client: client, passedOver: [])))
    }

    /// Where the credential gets its tokens; nil when the machine itself gives them.
    var authority: AzureTenant? {
        if case .client(let client) = kind { client.tenant } else { nil }
    }

    /// Tokens for a resource, for example `https://vault.azure.net`.
    ///
    /// - Parameters:
    ///   - resource: The resource's identifier, without `/.default`.
    ///   - transport: For the requests; nil to use that of the session which needs a token.
    ///   - settings: How tokens are kept.
    /// - Throws: ``TesseraCore/TesseraError`` when the credential cannot be used.
    public func tokens(
        for resource: String, transport: (any Transport)? = nil,
        settings: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings()
    ) throws -> RefreshingTokenSource {
        switch kind {
        case .client(let client):
            return try client.tokens(for: resource, transport: transport, settings: settings)
        case .managedIdentity(let identity):
            return RefreshingTokenSource(
                ManagedIdentityAcquisition(identity: identity, resource: resource, transport: transport),
                key: .client(issuer: identity.endpoint.name, client: identity.client ?? "", resource: resource),
                settings: settings)
        }
    }

    /// What kind of credential it is.
    public var description: String {
        switch kind {
        case .client(let client): client.proof.name
        case .managedIdentity(let identity): "managed identity (\(identity.endpoint.name))"
        }
    }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
