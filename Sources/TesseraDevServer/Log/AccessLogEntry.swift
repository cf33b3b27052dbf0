#if CLI
/// One answered request, as the server saw it; it never holds a secret, a token or a query.
public struct AccessLogEntry: Codable, Sendable, Equatable {
    /// When the answer was decided: ISO 8601, UTC, milliseconds.
    public var time: String
    /// `primary` or `second`.
    public var origin: String
    /// The method, `OTHER` when it is none of RFC 9110 section 9 or `PATCH`.
    public var method: String
    /// The path without its query; a segment that could hold a secret reads `[removed]`.
    public var path: String
    /// The status code of the answer.
    public var status: Int
    /// The scheme of the `Authorization` field: `none`, `basic`, `bearer` or `other`.
    public var authorization: String
    /// Whether the request brought any credential along: `Authorization`, `Proxy-Authorization`, `Cookie` or
    /// `X-Api-Key`, a query item such as `access_token`, or a form field such as `client_secret`.
    public var carriesCredential: Bool
    /// The client, when the request named one that this server knows.
    public var clientID: String?
    /// The grant type of a token request, `other` when unknown.
    public var grantType: String?
    /// What became of the request, in one word: `ok`, `issued`, `invalid_client`, `expired_token`, `cut`, `redirected`,
    /// `rate_limited`, …
    public var outcome: String

    /// Creates an entry.
    public init(
        time: String,
        origin: String,
        method: String,
        path: String,
        status: Int,
        authorization: String,
        carriesCredential: Bool,
        clientID: String? = nil,
        grantType: String? = nil,
        outcome: String
    ) {
        self.time = time
        self.origin = origin
        self.method = method
        self.path = path
        self.status = status
        self.authorization = authorization
        self.carriesCredential = carriesCredential
        self.clientID = clientID
        self.grantType = grantType
        self.outcome = outcome
    }

    /// The entry as one line of JSON (RFC 8259), keys sorted, without a line end.
    public var jsonLine: String { String(decoding: JSON.encode(self), as: UTF8.self) }

    private enum CodingKeys: String, CodingKey {
        case time, origin, method, path, status, authorization, outcome
        case carriesCredential = "carries_credential"
        case clientID = "client_id"
        case grantType = "grant_type"
    }
}
#endif
