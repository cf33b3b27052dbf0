#if OAuth
public import TesseraCore

/// How a client proves to the token endpoint who it is (RFC 6749 §2.3).
///
/// One method is used, never several in turn: probing sends one-time codes twice and hides the first error.
///
/// A secret that comes from a source is asked for before each request, so that one that was rotated is used at once. If
/// the server refuses the client (`invalid_client`), and the source says something new by then, the request is made once
/// more: nobody notices a rotation that reached the server first.
public struct ClientAuthentication: Sendable, CustomStringConvertible, CustomReflectable {
    enum Method: String {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
        case none
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

    /// The id alone, for clients without a secret (`none`).
    public static var publicClient: ClientAuthentication { ClientAuthentication(.none) }

    /// What the next request shows.
    ///
    /// - Throws: What the secret's source throws.
    func credential(id: String) async throws -> ClientCredential {
        ClientCredential(id: id, method: method, secret: try await secret?.current())
    }

    /// The method, by its name in the registry of RFC 7591.
    public var description: String { method.rawValue }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What one request shows of the client.
struct ClientCredential {
    let id: String
    let method: ClientAuthentication.Method
    let secret: Secret?

    /// What goes into the header; bound to the endpoint's origin by the session that sends it.
    var authenticator: StaticAuthenticator? {
        guard method == .basic, let secret else { return nil }
        return .basic(user: FormEncoding.text(id), password: FormEncoding.secret(secret))
    }

    /// What goes into the body.
    func addParameters(to items: inout QueryItems) {
        guard method != .basic else { return }
        items.append("client_id", id)
        guard let secret else { return }
        items.append("client_secret", secret.withExposedBytes { String(decoding: $0, as: UTF8.self) })
    }
}

/// `application/x-www-form-urlencoded` of a single value, which RFC 6749 §2.3.1 demands inside Basic.
enum FormEncoding {
    static func text(_ text: String) -> String {
        String(decoding: bytes(text.utf8), as: UTF8.self)
    }

    static func secret(_ secret: Secret) -> Secret {
        Secret(bytes: secret.withExposedBytes { bytes($0) })
    }

    private static func bytes(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        QueryItems.formEncoded(bytes)
    }
}
#endif
