#if Secrets
import TesseraCore
import TesseraJOSE
import TesseraOAuth

/// An application that proves to its tenant who it is.
struct AzureClient: Sendable {
    enum Proof: Sendable {
        case secret(any SecretSource)
        /// A PEM text with a certificate and its RSA key.
        case certificate(any SecretSource)
        /// A token of another issuer.
        case federatedToken(any SecretSource)

        var name: String {
            switch self {
            case .secret: "client secret"
            case .certificate: "client certificate"
            case .federatedToken: "workload identity"
            }
        }
    }

    var tenant: AzureTenant
    var id: String
    var proof: Proof

    func tokens(
        for resource: String, transport: (any Transport)?, settings: RefreshingTokenSource.Settings
    ) throws -> RefreshingTokenSource {
        let client = try OAuthClient(
            issuer: tenant.issuer, id: id, authentication: authentication, tokenEndpoint: tenant.tokenEndpoint,
            transport: transport)
        return client.clientCredentials(scope: ["\(resource)/.default"], settings: settings)
    }

    private var authentication: ClientAuthentication {
        switch proof {
        case .secret(let source): return .secretPost(source)
        case .federatedToken(let source): return .assertion(source)
        case .certificate(let source):
            var options = ClientAssertionOptions()
            options.namesCertificate = true
            // Entra ID wants its token endpoint here, and lets assertions live as long in its own libraries.
            options.audience = .url(tenant.tokenEndpoint)
            options.lifetime = .seconds(600)
            return .privateKeyJWT(source, algorithm: .ps256, options: options)
        }
    }
}
#endif
