#if Secrets
public import TesseraCore

/// How a program proves to Vault or OpenBao who it is.
///
/// ```swift
/// let vault = try VaultKV(
///     "https://vault.example.com", auth: .appRole(roleID: "billing", secretID: .file("/run/secrets/secret-id")))
/// ```
///
/// All but ``token(_:)`` are logins. The token that a login gives is renewed early, once for all who read, and replaced
/// by a new login when it cannot be renewed any more.
public struct VaultAuthentication: Sendable, CustomStringConvertible, CustomReflectable {
    /// A login at one mount: what it shows besides the credential, and the credential.
    struct Login: Sendable {
        var method: String
        var mount: String
        var parameters: [String: String]
        var credentialName: String
        var credential: any SecretSource
        /// Whether the credential is a token that stands for one, and is good for one exchange.
        var isWrapped = false
    }

    enum Method: Sendable {
        case token(any SecretSource)
        case login(Login)
    }

    let method: Method

    private init(_ method: Method) {
        self.method = method
    }

    /// A token that somebody else obtains and renews, for example Vault Agent in a file.
    ///
    /// The source is asked for each read. When the server refuses the token and the source says something new by then,
    /// the read is made once more.
    public static func token(_ source: any SecretSource) -> VaultAuthentication {
        VaultAuthentication(.token(source))
    }

    /// AppRole.
    ///
    /// - Parameters:
    ///   - roleID: The role's id, which is no secret by itself.
    ///   - secretID: The secret id.
    ///   - mount: Where the method is mounted.
    public static func appRole(
        roleID: String, secretID: any SecretSource, mount: String = "approle"
    ) -> VaultAuthentication {
        VaultAuthentication(.login(appRole(roleID, secretID, mount, isWrapped: false)))
    }

    /// AppRole with a secret id that was delivered in a wrapping token (response wrapping).
    ///
    /// The token is exchanged at the first login, and the secret id kept in memory. Should it have been exchanged
    /// before, the error says so: then somebody else has the secret id.
    ///
    /// - Parameters:
    ///   - roleID: The role's id.
    ///   - wrappedSecretID: The wrapping token.
    ///   - mount: Where the method is mounted.
    public static func appRole(
        roleID: String, wrappedSecretID: any SecretSource, mount: String = "approle"
    ) -> VaultAuthentication {
        VaultAuthentication(.login(appRole(roleID, wrappedSecretID, mount, isWrapped: true)))
    }

    /// A JWT of an issuer that the server trusts: of a CI system, of a cloud.
    ///
    /// - Parameters:
    ///   - role: The role to log in with.
    ///   - token: The JWT, asked for before each login.
    ///   - mount: Where the method is mounted.
    public static func jwt(role: String, token: any SecretSource, mount: String = "jwt") -> VaultAuthentication {
        VaultAuthentication(.login(jwt(role, token, mount, "jwt")))
    }

    /// The service account of a pod in Kubernetes.
    ///
    /// - Parameters:
    ///   - role: The role to log in with.
    ///   - token: The service account's token; read anew when the file changes, as Kubernetes rotates it.
    ///   - mount: Where the method is mounted.
    public static func kubernetes(
        role: String, token: any SecretSource = .file("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        mount: String = "kubernetes"
    ) -> VaultAuthentication {
        VaultAuthentication(.login(jwt(role, token, mount, "kubernetes")))
    }

    private static func appRole(
        _ roleID: String, _ secretID: any SecretSource, _ mount: String, isWrapped: Bool
    ) -> Login {
        Login(
            method: "approle", mount: mount, parameters: ["role_id": roleID], credentialName: "secret_id",
            credential: secretID, isWrapped: isWrapped)
    }

    private static func jwt(_ role: String, _ token: any SecretSource, _ mount: String, _ method: String) -> Login {
        Login(method: method, mount: mount, parameters: ["role": role], credentialName: "jwt", credential: token)
    }

    /// The method's name.
    public var description: String {
        switch method {
        case .token: "token"
        case .login(let login): login.method
        }
    }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
