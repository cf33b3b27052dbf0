public import TesseraCore

/// How a client proves to the token endpoint who it is (RFC 6749 §2.3).
///
/// One method is used, never several in turn: probing sends one-time codes twice and hides the first error.
public enum ClientAuthentication: Sendable {
    /// Id and secret in `Authorization`, each form-encoded first (`client_secret_basic`, RFC 6749 §2.3.1).
    case secretBasic(Secret)
    /// Id and secret in the body (`client_secret_post`).
    case secretPost(Secret)
    /// The id alone, for clients without a secret (`none`).
    case publicClient

    /// What goes into the header; bound to the endpoint's origin by the session that sends it.
    func authenticator(id: String) -> StaticAuthenticator? {
        guard case .secretBasic(let secret) = self else { return nil }
        return .basic(user: FormEncoding.text(id), password: FormEncoding.secret(secret))
    }

    /// What goes into the body.
    func addParameters(id: String, to items: inout QueryItems) {
        switch self {
        case .secretBasic: break
        case .publicClient: items.append("client_id", id)
        case .secretPost(let secret):
            items.append("client_id", id)
            items.append("client_secret", secret.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        }
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
