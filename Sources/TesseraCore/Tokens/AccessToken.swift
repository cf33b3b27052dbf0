/// An access token with what is known of its life (RFC 6749 §1.4).
public struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// The token itself.
    public let value: Secret
    /// When it expires on the monotonic clock; nil when the server did not say.
    public let expiry: MonotonicInstant?
    /// How long it lived when it was issued; nil when the server did not say.
    public let lifetime: Duration?
    /// The scope that was granted; empty when the server did not say.
    public let scope: Set<String>
    /// Counts the tokens of one source, from 1.
    public let generation: UInt64
    /// The origins it may go to; nil means the base origin of the session that sends it.
    public let origins: OriginSet?
    /// The token as a header, encoded once.
    package let credential: Credential

    /// A token of the given parts.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/malformedCredential`` when it cannot stand in a header.
    public init(
        _ value: Secret, expiry: MonotonicInstant? = nil, lifetime: Duration? = nil, scope: Set<String> = [],
        generation: UInt64 = 1, origins: OriginSet? = nil
    ) throws {
        self.value = value
        self.expiry = expiry
        self.lifetime = lifetime
        self.scope = scope
        self.generation = generation
        self.origins = origins
        credential = try .bearer(value, origins: origins, generation: generation)
    }

    /// The tag of the token, and its generation.
    public var description: String { "AccessToken(\(value), generation \(generation))" }
    /// A mirror of the generation.
    public var customMirror: Mirror { Mirror(self, children: ["generation": generation]) }
}
