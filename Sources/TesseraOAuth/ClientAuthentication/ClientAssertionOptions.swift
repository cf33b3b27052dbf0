#if OAuth
import TesseraCore
public import TesseraJOSE

/// How a client signs the assertions that it shows instead of a secret (RFC 7523 §2.2).
public struct ClientAssertionOptions: Sendable {
    /// Whom an assertion is for (`aud`). Never taken from metadata: a document could otherwise make the client sign for
    /// another server, which it then plays the client to.
    public enum Audience: Sendable, Hashable {
        /// The issuer identifier, as RFC 7523bis demands.
        case issuer
        /// A URL by its name, for servers that want that of their token endpoint. It must be on an origin of the client's
        /// issuer, token endpoint or trusted endpoints.
        case url(String)
    }

    /// The header besides `alg`: `kid`, most of all.
    public var header = JWSHeader()
    /// Whether the header names the certificate beside the key (`x5t` and `x5t#S256`), as Microsoft Entra ID asks.
    public var namesCertificate = false
    /// Whom it is for.
    public var audience = Audience.issuer
    /// How long an assertion is good for, from 1 s to an hour. Each request has one of its own.
    public var lifetime = Duration.seconds(60)

    /// The options that the documentation names, with the key's id in the header.
    public init(keyID: String? = nil) {
        header.keyID = keyID
    }
}
#endif
