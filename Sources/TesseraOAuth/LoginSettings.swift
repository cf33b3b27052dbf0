#if OAuth
import TesseraCore

/// How a person's login is kept and renewed.
public struct LoginSettings: Sendable {
    /// What the authorization server does with refresh tokens.
    public var profile = ProviderProfile.strict
    /// The scope of the access tokens to ask for; empty for all that the login has.
    public var scope: [String] = []
    /// The resource that the access tokens are for (RFC 8707).
    public var resource: String?
    /// Keeps a rotating refresh token in a store that forgets: what the store loses is a login lost.
    public var allowsVolatileStore = false
    /// Hands out access tokens of a renewal that could not be stored, instead of an error. The source says
    /// ``LoginTokenSource/isUnsaved`` meanwhile, and stores the login as soon as it can; if the process ends before, a
    /// new login is needed.
    public var servesUnstored = false
    /// Lets the tokens that are handed in take the place of a stored login that was tampered with, copied or rolled back.
    /// Set it after a person logged in anew, never for tokens that the program kept itself.
    public var replacesUnreadable = false
    /// Lets tokens of another person take the place of the login that is stored under the same name, which is an error
    /// otherwise: somebody may have been made to log in with another's account. Both are known from their ID tokens. Set it
    /// after the person was asked.
    public var replacesOtherAccount = false
    /// How access tokens are held in this process.
    public var tokens = RefreshingTokenSource.Settings()
    /// What is done with the login, step by step.
    package var journal = RotationJournal.none
    package var limits = RotationLimits()

    /// The settings that the documentation names.
    public init() {}
}
#endif
