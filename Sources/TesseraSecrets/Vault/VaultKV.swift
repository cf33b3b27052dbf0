#if Secrets
import HTTPTypes
import Tessera
public import TesseraCore
public import TesseraOAuth

/// The secrets of a key-value engine, version 2, of HashiCorp Vault or OpenBao.
///
/// ```swift
/// let vault = try VaultKV("https://vault.example.com", auth: .kubernetes(role: "billing"))
/// let password = vault.secret("prod/database", member: "password")
/// ```
///
/// A secret there is an object: without `member` the whole of it is read, as JSON. A version is pinned by its number.
/// Redirects of standby nodes are not followed.
public struct VaultKV: SecretManager {
    /// `vault`.
    public let name = "vault"
    /// Where the engine is mounted.
    public let mount: String
    private let server: VaultServer
    private let access: VaultTokens

    /// The secrets of one engine.
    ///
    /// - Parameters:
    ///   - address: The server's URL. `https`, or `http` on loopback.
    ///   - mount: Where the engine is mounted.
    ///   - namespace: The namespace of engine and login, for servers that have such.
    ///   - auth: How this program proves who it is.
    ///   - tokens: How the token of a login is kept.
    ///   - transport: Sends the requests; nil for the default one.
    /// - Throws: ``TesseraCore/TesseraError`` when the address cannot be accepted.
    public init(
        _ address: String, mount: String = "secret", namespace: String? = nil, auth: VaultAuthentication,
        tokens: RefreshingTokenSource.Settings = RefreshingTokenSource.Settings(), transport: (any Transport)? = nil
    ) throws {
        self.mount = mount
        server = try VaultServer(address, namespace: namespace, transport: transport)
        access = VaultTokens(auth, at: server, tokens)
    }

    /// The tokens of the login, for a `TokenRefresher` that renews them while nobody reads; nil without a login.
    public var tokens: RefreshingTokenSource? {
        if case .login(let source) = access { source } else { nil }
    }

    /// Fetches a secret: the object that is stored under a name, as JSON.
    public func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        let session = try server.session(deadline: context.deadline, context.runtime)
        let use = TokenUse(
            deadline: context.deadline, runtime: context.runtime, transport: session.transport)
        let shown = try await OwnCredentials.needed(by: name) { try await access.token(use) }
        var response = try await read(reference, session, shown.token)
        if response.status.code == 403,
            let other = try await OwnCredentials.needed(
                by: name, { try await access.token(after: shown, use) { try await VaultKV.isAlive($0, session) } })
        {
            response = try await read(reference, session, other.token)
        }
        return try value(of: response, reference)
    }

    private func read(
        _ reference: SecretReference, _ session: Session, _ token: Secret
    ) async throws -> Session.Response {
        var query: QueryItems = [:]
        if let version = reference.version {
            guard version.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(version), number > 0
            else {
                throw TesseraError(
                    .misconfigured, "\(version) is no version of a secret in Vault",
                    remedy: "versions are numbers from 1")
            }
            query.append("version", number)
        }
        return try await session.get(
            VaultServer.target(mount, "data", reference.name), query: query, auth: .use(.vaultToken(token)),
            expecting: .only([200, 403, 404]))
    }

    /// Whether the server knows the token: every token with the policy `default` may ask that of itself.
    private static func isAlive(_ token: Secret, _ session: Session) async throws -> Bool {
        try await session.get(
            "/v1/auth/token/lookup-self", auth: .use(.vaultToken(token)), expecting: .only([200, 403])
        ).status.code == 200
    }

    private func value(of response: Session.Response, _ reference: SecretReference) throws -> SecretValue {
        let version = try? response.json(VaultAnswer.Version.self)
        switch response.status.code {
        case 403:
            throw VaultAnswer.error(
                .secretUnavailable, "Vault does not let this program read \(reference) at \(mount)",
                remedy: "allow read on \(mount)/data/\(reference.name) in a policy of its role", of: response)
        case 404:
            throw missing(version?.data?.metadata, reference, response)
        default:
            // Another engine, or version 1 of this one, answers with another form.
            guard let metadata = version?.data?.metadata,
                let object = JSONSlice.object(at: ["data", "data"], in: response.body)
            else {
                throw VaultAnswer.error(
                    .secretUnavailable, "what Vault holds as \(reference) at \(mount) is no secret of KV version 2",
                    remedy: "check the mount and its version", of: response)
            }
            return SecretValue(Secret(bytes: object), version: metadata.version.map { String($0) })
        }
    }

    private func missing(
        _ metadata: VaultAnswer.Version.Metadata?, _ reference: SecretReference, _ response: Session.Response
    ) -> TesseraError {
        if metadata?.destroyed == true {
            return VaultAnswer.error(
                .secretUnavailable, "this version of \(reference) at \(mount) was destroyed",
                remedy: "write it anew, or name another version", of: response)
        }
        if metadata?.deletionTime?.isEmpty == false {
            return VaultAnswer.error(
                .secretUnavailable, "this version of \(reference) at \(mount) was deleted",
                remedy: "undelete it, or name another version", of: response)
        }
        return VaultAnswer.error(
            .secretUnavailable, "Vault has no secret \(reference) at \(mount)",
            remedy: "check the name, the mount and the namespace", of: response)
    }
}
#endif
