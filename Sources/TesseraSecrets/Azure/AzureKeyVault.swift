#if Secrets
import HTTPTypes
import Tessera
public import TesseraCore
import TesseraOAuth

/// The secrets of an Azure Key Vault.
///
/// ```swift
/// let vault = try AzureKeyVault("https://billing.vault.azure.net", credential: .fromEnvironment())
/// let password = vault.secret("database-password")
/// ```
///
/// The vault is asked once without a token, as Azure's own libraries do: it answers with a challenge that names the
/// resource and the authorization server. A challenge for anything but the vault's own domain and the credential's own
/// authority is refused, and no token is sent.
public struct AzureKeyVault: SecretManager {
    /// `azure-key-vault`.
    public let name = "azure-key-vault"
    /// The version of the vault's interface that is spoken.
    public let apiVersion: String
    private let access: KeyVaultAccess
    private let url: String
    private let transport: (any Transport)?
    private let allowsOutdated: Bool

    /// The secrets of one vault.
    ///
    /// - Parameters:
    ///   - url: The vault's URL, for example `https://billing.vault.azure.net`. `https` only.
    ///   - credential: Who this program is.
    ///   - resource: What tokens are asked for; nil for the vault's domain, for example `https://vault.azure.net`. Needed
    ///     where the vault is reached by another name than Azure's own.
    ///   - apiVersion: The version of the vault's interface.
    ///   - allowsOutdated: Whether a secret is given out before its activation and after its expiry. Azure itself does.
    ///   - transport: Sends the requests; nil for the default one.
    /// - Throws: ``TesseraCore/TesseraError`` when the URL or the resource cannot be accepted.
    public init(
        _ url: String, credential: AzureCredential, resource: String? = nil, apiVersion: String = "7.4",
        allowsOutdated: Bool = false, transport: (any Transport)? = nil
    ) throws {
        let vault = try AbsoluteURL(url)
        guard vault.origin.scheme == .https else {
            throw TesseraError(
                .insecureTransport, "the vault at \(vault.origin) is not https", remedy: "use its https URL")
        }
        guard vault.path == "/", vault.query == nil else {
            throw TesseraError(
                .misconfigured, "the URL of the vault at \(vault.origin) has a path or a query",
                remedy: "give the vault's own URL, and the secret's name to secret(_:)")
        }
        self.url = vault.origin.description
        self.apiVersion = apiVersion
        self.transport = transport
        self.allowsOutdated = allowsOutdated
        access = try KeyVaultAccess(
            KeyVaultResource(vault: vault.origin, given: resource), credential, transport: transport)
    }

    /// Fetches the value of a secret.
    public func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        let secret = try await details(reference, context)
        let rest = allowsOutdated ? nil : secret.expiry.map { context.runtime.wallTime().duration(to: $0) }
        return SecretValue(secret.value, version: secret.version, lifetime: rest)
    }

    /// Fetches a secret with what the vault knows about it.
    ///
    /// - Throws: As ``fetch(_:_:)`` does.
    public func details(_ reference: SecretReference, _ context: SecretFetch) async throws -> AzureSecret {
        var target: RequestTarget = "/secrets/\(reference.name)"
        if let version = reference.version { target = "/secrets/\(reference.name)/\(version)" }
        let query: QueryItems = ["api-version": apiVersion]
        let session = try SecretEndpoint.session(url, transport, context, auth: access)
        if !access.isKnown {
            // The challenge is learned with a request that holds no credential.
            do {
                _ = try await session.get(target, query: query, auth: .anonymous, expecting: .only([]))
            } catch let error as TesseraError where error.code == .unauthorized {
                try access.learn(error.challenges)
            }
        }
        let response = try await OwnCredentials.needed(by: name) {
            try await session.get(target, query: query, expecting: .only([200, 403, 404]))
        }
        guard response.status.code == 200 else { throw AzureSecret.refusal(reference, response) }
        let secret = try AzureSecret(response, reference)
        if !allowsOutdated { try secret.check(reference, at: context.runtime.wallTime()) }
        return secret
    }
}
#endif
