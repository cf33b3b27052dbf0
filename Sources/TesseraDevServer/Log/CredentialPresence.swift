#if CLI
import HTTPTypes

/// Whether a request brings a credential along, right or wrong.
enum CredentialPresence {
    private static let fields: Set<String> = ["authorization", "proxy-authorization", "cookie", "x-api-key"]

    private static let queryItems: Set<String> = [
        "access_token", "token", "api_key", "apikey", "client_secret", "refresh_token",
    ]

    /// What the endpoints of RFC 6749, RFC 7521 and RFC 7636 take in a body.
    private static let formFields: Set<String> = [
        "access_token", "token", "refresh_token", "client_secret", "client_assertion", "assertion", "code",
        "code_verifier", "password",
    ]

    static func isSeen(in head: HTTPRequest) -> Bool {
        head.headerFields.contains { isCredential(field: $0.name) }
            || QueryItems(head).items.contains { isCredential(queryItem: $0.name) }
    }

    static func isSeen(in form: FormBody) -> Bool {
        form.names.contains { formFields.contains($0.lowercased()) }
    }

    static func isCredential(field name: HTTPField.Name) -> Bool { fields.contains(name.canonicalName) }

    static func isCredential(queryItem name: String) -> Bool { queryItems.contains(name.lowercased()) }
}
#endif
