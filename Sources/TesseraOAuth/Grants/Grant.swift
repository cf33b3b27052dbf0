#if OAuth
public import TesseraCore

/// What a client shows to the token endpoint in exchange for a token (RFC 6749 §1.3). Open: write your own for an
/// extension grant (§4.5).
///
/// ```swift
/// struct PartnerGrant: Grant {
///     var isRepeatable: Bool { true }
///
///     func parameters() async throws -> QueryItems {
///         ["grant_type": "urn:example:partner", "partner": "blue"]
///     }
/// }
/// ```
public protocol Grant: Sendable {
    /// Whether the same request may be sent again when its answer was lost. False for codes and one-time tokens.
    var isRepeatable: Bool { get }
    /// Whether a request may follow one that may have arrived, though ``GrantRepeatability`` says that what its type of
    /// grant shows is spent: because ``parameters()`` shows something else each time, as an assertion that is signed for
    /// each request, or because this server spends nothing. No request is then sent twice as it is.
    var isIndependent: Bool { get }
    /// The form parameters, `grant_type` among them; client authentication is added by the library.
    func parameters() async throws -> QueryItems
}

extension Grant {
    /// False.
    public var isIndependent: Bool { false }
}

/// The client asks on its own behalf (RFC 6749 §4.4).
public struct ClientCredentialsGrant: Grant {
    /// The scope to ask for; empty for the server's default.
    public var scope: [String]
    /// The resource that the token is for (RFC 8707).
    public var resource: String?

    /// A grant for the given scope and resource.
    public init(scope: [String] = [], resource: String? = nil) {
        self.scope = scope
        self.resource = resource
    }

    /// True: each request makes a new token, and none is spent.
    public var isRepeatable: Bool { true }

    /// `grant_type`, and `scope` and `resource` where they are set.
    public func parameters() async throws -> QueryItems {
        var items: QueryItems = ["grant_type": "client_credentials"]
        if !scope.isEmpty { items.append("scope", scope.joined(separator: " ")) }
        if let resource { items.append("resource", resource) }
        return items
    }
}
#endif
