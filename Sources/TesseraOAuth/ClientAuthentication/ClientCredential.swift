#if OAuth
import TesseraCore

/// What one request shows of the client.
struct ClientCredential {
    enum Form {
        case basic(Secret)
        case post(Secret)
        case assertion(Secret)
        case id
        case nothing
    }

    let id: String
    /// What the client's source said: a secret, a key or a token.
    let secret: Secret?
    let form: Form

    /// What goes into the header; bound to the endpoint's origin by the session that sends it.
    var authenticator: StaticAuthenticator? {
        guard case .basic(let secret) = form else { return nil }
        return .basic(user: FormEncoding.text(id), password: FormEncoding.secret(secret))
    }

    /// What goes into the body.
    func addParameters(to items: inout QueryItems) {
        switch form {
        case .basic, .nothing:
            return
        case .id:
            items.append("client_id", id)
        case .post(let secret):
            items.append("client_id", id)
            items.append("client_secret", secret.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        case .assertion(let token):
            items.append("client_id", id)
            items.append("client_assertion_type", ClientAssertion.type)
            items.append("client_assertion", token.withExposedBytes { String(decoding: $0, as: UTF8.self) })
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
#endif
