/// An access token with what is known of its life (RFC 6749 §1.4).
///
/// One reference wide, so that handing out a token that is held costs no allocation.
public struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
    private final class Storage: Sendable {
        let value: Secret
        let expiry: MonotonicInstant?
        let lifetime: Duration?
        let scope: Set<String>
        let credential: Credential

        init(
            value: Secret, expiry: MonotonicInstant?, lifetime: Duration?, scope: Set<String>, credential: Credential
        ) {
            self.value = value
            self.expiry = expiry
            self.lifetime = lifetime
            self.scope = scope
            self.credential = credential
        }
    }

    private let storage: Storage

    /// A token of the given parts.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/malformedCredential`` when it cannot stand in a header.
    public init(
        _ value: Secret, expiry: MonotonicInstant? = nil, lifetime: Duration? = nil, scope: Set<String> = [],
        generation: UInt64 = 1, origins: OriginSet? = nil
    ) throws {
        storage = Storage(
            value: value, expiry: expiry, lifetime: lifetime, scope: scope,
            credential: try .bearer(value, origins: origins, generation: generation))
    }

    private init(_ token: AccessToken, generation: UInt64) {
        var credential = token.credential
        credential.generation = generation
        storage = Storage(
            value: token.value, expiry: token.expiry, lifetime: token.lifetime, scope: token.scope,
            credential: credential)
    }

    /// The token itself.
    public var value: Secret { storage.value }
    /// When it expires on the monotonic clock; nil when the server did not say.
    public var expiry: MonotonicInstant? { storage.expiry }
    /// How long it lived when it was issued; nil when the server did not say.
    public var lifetime: Duration? { storage.lifetime }
    /// The scope that was granted; empty when the server did not say.
    public var scope: Set<String> { storage.scope }
    /// Counts the tokens of one source; it grows with each new one.
    public var generation: UInt64 { storage.credential.generation }
    /// The origins it may go to; nil means the base origin of the session that sends it.
    public var origins: OriginSet? { storage.credential.origins }
    /// The token as a header, encoded once.
    package var credential: Credential { storage.credential }

    /// The same token as another generation of its source.
    package func numbered(_ generation: UInt64) -> AccessToken {
        AccessToken(self, generation: generation)
    }

    /// Whether having this token instead of `other` gains no time: the same one again, or one that ends when it does.
    ///
    /// Servers count in whole seconds, so two answers about one expiry may differ by two of them.
    package func gainsNothing(over other: AccessToken) -> Bool {
        if value == other.value { return true }
        guard let expiry, let otherExpiry = other.expiry else { return false }
        return otherExpiry.duration(to: expiry) < .seconds(2)
    }

    /// The tag of the token, and its generation.
    public var description: String { "AccessToken(\(value), generation \(generation))" }
    /// A mirror of the generation.
    public var customMirror: Mirror { Mirror(self, children: ["generation": generation]) }
}
