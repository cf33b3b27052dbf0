#if OAuth
public import TesseraCore
public import TesseraJOSE

/// How a client proves to the token endpoint who it is (RFC 6749 §2.3).
///
/// One method is used, never several in turn: probing sends one-time codes twice and hides the first error.
///
/// A secret that comes from a source is asked for before each request, so that one that was rotated is used at once. If
/// the server refuses the client (`invalid_client`), and the source says something new by then, the request is made once
/// more: nobody notices a rotation that reached the server first.
public struct ClientAuthentication: Sendable, CustomStringConvertible, CustomReflectable {
    enum Method {
        case basic
        case post
        case publicClient
        case unidentified
        /// A token that somebody else signed.
        case assertion
        case signed(ClientAssertion)
    }

    let method: Method
    let secret: ClientSecret?

    private init(_ method: Method, _ source: (any SecretSource)? = nil) {
        self.method = method
        secret = source.map { ClientSecret($0) }
    }

    /// Id and secret in `Authorization`, each form-encoded first (`client_secret_basic`, RFC 6749 §2.3.1).
    public static func secretBasic(_ secret: Secret) -> ClientAuthentication { .secretBasic(.value(secret)) }

    /// The same, with a secret that may change while the program runs.
    ///
    /// ```swift
    /// let login = try OAuthClient(
    ///     issuer: "https://login.example.com", id: "billing", authentication: .secretBasic(.environment("CLIENT_SECRET")))
    /// ```
    public static func secretBasic(_ source: any SecretSource) -> ClientAuthentication {
        ClientAuthentication(.basic, source)
    }

    /// Id and secret in the body (`client_secret_post`).
    public static func secretPost(_ secret: Secret) -> ClientAuthentication { .secretPost(.value(secret)) }

    /// The same, with a secret that may change while the program runs.
    public static func secretPost(_ source: any SecretSource) -> ClientAuthentication {
        ClientAuthentication(.post, source)
    }

    /// An assertion signed for each request (`private_key_jwt`, RFC 7523 §2.2), so that the server has no secret to lose.
    ///
    /// ```swift
    /// let login = try OAuthClient(
    ///     issuer: "https://login.example.com", id: "billing",
    ///     authentication: .privateKeyJWT(
    ///         .file("/run/secrets/signing-key.pem"), algorithm: .es256, options: ClientAssertionOptions(keyID: "2027-01")))
    /// ```
    ///
    /// - Parameters:
    ///   - key: The private key in PEM, as ``TesseraJOSE/JWSSigningKey`` reads it; what is wrong with it is thrown when a
    ///     token is asked for.
    ///   - algorithm: What it signs with.
    ///   - options: The header, the audience and the lifetime.
    public static func privateKeyJWT(
        _ key: any SecretSource, algorithm: JWSAlgorithm, options: ClientAssertionOptions = ClientAssertionOptions()
    ) -> ClientAuthentication {
        ClientAuthentication(.signed(ClientAssertion(algorithm, options)), key)
    }

    /// A token that a platform signed for this workload, shown as client assertion (RFC 7523 §2.2): a Kubernetes service
    /// account's, a CI job's. It is asked for before each request.
    public static func assertion(_ token: any SecretSource) -> ClientAuthentication {
        ClientAuthentication(.assertion, token)
    }

    /// The id alone, for clients without a secret (`none`).
    public static var publicClient: ClientAuthentication { ClientAuthentication(.publicClient) }

    /// Nothing, not even the id, for grants that say themselves who asks (RFC 7521 §4.1).
    public static var unidentified: ClientAuthentication { ClientAuthentication(.unidentified) }

    /// Whether each request shows something else than the one before, so that none is sent twice as it is.
    var isMadeAnew: Bool {
        switch method {
        case .basic, .post, .publicClient, .unidentified: false
        case .assertion, .signed: true
        }
    }

    /// What the next request of `client` shows.
    ///
    /// - Throws: What the secret's source throws, and what is wrong with a key.
    func credential(of client: OAuthClient, _ runtime: Runtime) async throws -> ClientCredential {
        let secret = try await secret?.current()
        return ClientCredential(id: client.id, secret: secret, form: try form(secret, client, runtime))
    }

    private func form(_ secret: Secret?, _ client: OAuthClient, _ runtime: Runtime) throws -> ClientCredential.Form {
        switch (method, secret) {
        case (.basic, let secret?): .basic(secret)
        case (.post, let secret?): .post(secret)
        case (.assertion, let token?): .assertion(token)
        case (.signed(let assertion), let key?):
            .assertion(try assertion.sign(with: key, client: client, runtime: runtime))
        case (.unidentified, _): .nothing
        default: .id
        }
    }

    /// The method, by its name in the registry of RFC 7591 where it has one.
    public var description: String {
        switch method {
        case .basic: "client_secret_basic"
        case .post: "client_secret_post"
        case .publicClient: "none"
        case .unidentified: "unidentified"
        case .assertion: "client_assertion"
        case .signed: "private_key_jwt"
        }
    }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
