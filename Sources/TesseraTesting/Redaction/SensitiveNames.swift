/// The names under which secrets travel: header fields, query items, form fields and JSON members.
struct SensitiveNames: Sendable {
    private var headers: Set<String>
    private var members: Set<String>
    /// Names that are secrets in a query or a form only: a JSON member `code` is an error's more often than a login's.
    private var parameters: Set<String>

    /// The registered names (RFC 9110, 6265, 6749, 7009, 7521, 7523, 8628, 9449, 9126) and those in wide use.
    static let standard = SensitiveNames(
        headers: [
            "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token",
            "x-csrf-token", "x-xsrf-token", "x-amz-security-token", "x-goog-iam-authorization-token", "x-vault-token",
            "private-token", "dpop", "authentication-info",
        ],
        members: [
            "access_token", "refresh_token", "id_token", "id_token_hint", "client_secret", "client_assertion",
            "assertion", "subject_token", "actor_token", "password", "passwd", "pwd", "secret", "token", "api_key",
            "apikey", "api-key", "code_verifier", "device_code", "user_code", "device_secret", "session_token",
            "registration_access_token", "private_key", "accesstoken", "refreshtoken", "idtoken", "clientsecret",
            "x-amz-signature", "x-amz-security-token", "x-goog-signature", "secretaccesskey", "sessiontoken",
            "mfa_token", "x-amz-credential",
        ],
        parameters: ["code", "sig", "signature", "key", "request_uri", "otp", "pin", "state", "auth"])

    private init(headers: Set<String>, members: Set<String>, parameters: Set<String>) {
        self.headers = headers
        self.members = members
        self.parameters = parameters
    }

    /// These names and further ones, for header fields and members alike.
    func adding(_ names: some Sequence<String>) -> SensitiveNames {
        let lower = names.map { $0.lowercased() }
        return SensitiveNames(
            headers: headers.union(lower), members: members.union(lower), parameters: parameters)
    }

    /// Whether the values of a header field are secrets.
    func holdsSecret(header name: String) -> Bool { headers.contains(name.lowercased()) }

    /// Whether the value of a query item or form field is a secret.
    func holdsSecret(parameter name: String) -> Bool {
        holdsSecret(member: name) || parameters.contains(name.lowercased())
    }

    /// Whether the value of a JSON member is a secret.
    func holdsSecret(member name: String) -> Bool { members.contains(name.lowercased()) }
}
