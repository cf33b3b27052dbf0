#if OAuth
public import TesseraCore

/// One token in exchange for another (RFC 8693 §2.1).
public struct TokenExchangeGrant: Grant {
    /// What a token is, by the URNs of RFC 8693 §3.
    public enum TokenType: Sendable, Hashable {
        /// An access token.
        case accessToken
        /// An ID token.
        case idToken
        /// A JWT.
        case jwt
        /// Another type, by its URI.
        case other(String)

        /// The URI.
        public var uri: String {
            switch self {
            case .accessToken: "urn:ietf:params:oauth:token-type:access_token"
            case .idToken: "urn:ietf:params:oauth:token-type:id_token"
            case .jwt: "urn:ietf:params:oauth:token-type:jwt"
            case .other(let uri): uri
            }
        }
    }

    /// Where the token comes from that is exchanged; asked before each request.
    public var subjectToken: any SecretSource
    /// What it is.
    public var subjectTokenType: TokenType
    /// What is asked for; nil to leave it to the server.
    public var requestedTokenType: TokenType?
    /// The logical name of the service that the new token is for.
    public var audience: String?
    /// The URI of the service that the new token is for (RFC 8707).
    public var resource: String?
    /// The scope to ask for; empty for the server's default.
    public var scope: [String]

    /// A grant for the given token.
    public init(
        subjectToken: any SecretSource, type: TokenType, requesting requested: TokenType? = nil,
        audience: String? = nil, resource: String? = nil, scope: [String] = []
    ) {
        self.subjectToken = subjectToken
        subjectTokenType = type
        requestedTokenType = requested
        self.audience = audience
        self.resource = resource
        self.scope = scope
    }

    /// True: the subject token stays valid (RFC 8693 §2).
    public var isRepeatable: Bool { true }

    /// The parameters of RFC 8693 §2.1 that are set.
    public func parameters() async throws -> QueryItems {
        var items: QueryItems = ["grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"]
        if let audience { items.append("audience", audience) }
        if let resource { items.append("resource", resource) }
        if let requestedTokenType { items.append("requested_token_type", requestedTokenType.uri) }
        if !scope.isEmpty { items.append("scope", scope.joined(separator: " ")) }
        let token = try await subjectToken.secret()
        items.append("subject_token", token.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        items.append("subject_token_type", subjectTokenType.uri)
        return items
    }
}
#endif
