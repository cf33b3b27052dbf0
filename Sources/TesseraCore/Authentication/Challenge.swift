/// One challenge of a `WWW-Authenticate` field (RFC 9110 §11.6.1).
public struct Challenge: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The scheme in lower case, for example `bearer`.
    public var scheme: String
    /// The parameters by lower-case name; the first of a repeated name counts.
    public var parameters: [String: String]
    /// The token68 form, where a scheme uses it instead of parameters.
    public var token68: String?

    /// A challenge of the given parts.
    public init(scheme: String, parameters: [String: String] = [:], token68: String? = nil) {
        self.scheme = scheme
        self.parameters = parameters
        self.token68 = token68
    }

    /// The `error` parameter of a bearer challenge (RFC 6750 §3), for example `invalid_token`.
    public var error: String? { parameters["error"] }

    /// Scheme and error code only: the rest is a peer's free text.
    public var description: String {
        PrintableText.redactedLine(error.map { "\(scheme) error=\($0)" } ?? scheme, limit: 80)
    }
}
