/// A secret that a pattern found.
public struct PatternMatch: Sendable, Equatable {
    /// The pattern.
    public var pattern: SecretPattern
    /// The places of the secret's bytes in the text; what names it, such as `Authorization: Bearer `, is not in it.
    public var range: Range<Int>
}
