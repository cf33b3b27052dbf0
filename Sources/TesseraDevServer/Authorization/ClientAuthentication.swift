#if CLI
import HTTPTypes

/// The client id and secret of a token request, by one of the two methods of RFC 6749 section 2.3.1.
struct ClientAuthentication: Sendable {
    var clientID: String
    var clientSecret: String

    init(fields: HTTPFields, form: FormBody) throws(TokenEndpointError) {
        switch AuthorizationField(fields) {
        case .absent:
            guard let clientID = form["client_id"] else {
                throw TokenEndpointError(.invalidClient, "The request has no client authentication.")
            }
            self.clientID = clientID
            // RFC 6749 section 2.3.1: an empty secret may be left out.
            clientSecret = form["client_secret"] ?? ""
        case .basic(let token68):
            guard let credentials = BasicCredentials(token68: token68) else {
                throw TokenEndpointError(.invalidClient, "The Basic credentials are malformed.")
            }
            // RFC 6749 section 2.3: no more than one method per request.
            guard !form.contains("client_secret") else {
                throw TokenEndpointError(.invalidRequest, "The client authenticates in two ways at once.")
            }
            guard form["client_id"] == nil || form["client_id"] == credentials.clientID else {
                throw TokenEndpointError(.invalidRequest, "The header and the body name different clients.")
            }
            clientID = credentials.clientID
            clientSecret = credentials.clientSecret
        case .bearer, .other:
            throw TokenEndpointError(.invalidClient, "The authentication scheme is not supported.")
        case .malformed:
            throw TokenEndpointError(.invalidRequest, "The Authorization field is malformed.")
        }
    }

    /// Whether a registered client has this secret.
    func isValid(among clients: [String: String]) -> Bool {
        guard let expected = clients[clientID] else {
            // As long as for a known client, so that the duration does not tell which ids exist.
            _ = ConstantTime.matches(presented: clientSecret, expected: Self.decoy)
            return false
        }
        return ConstantTime.matches(presented: clientSecret, expected: expected)
    }

    private static let decoy = RandomToken.make()
}
#endif
