/// How a token source stands, for readiness probes: no token, no subject, no URL.
public struct TokenStatus: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Where a source is in the life of its tokens.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// No token that could be used, and nobody has asked for one.
        case empty
        /// No token that could be used; one is on its way.
        case obtaining
        /// No token that could be used, and it is too early for another request.
        case failing
        /// No token that could be used, and the authorization server refuses to give one.
        case refused
        /// A token that needs nothing.
        case fresh
        /// A token in its advisory window: the next who asks renews it.
        case aging
        /// A token in its mandatory window: the next who asks waits for a new one.
        case due
        /// A token that can still be used, while a new one is on its way.
        case renewing
        /// A token that can still be used; renewing it failed and is tried again later.
        case degraded
        /// The token was refused by a resource or given up; the next who asks obtains another.
        case rejected
        /// A request for a token takes longer than it may.
        case overdue
    }

    /// Where the source is.
    public var phase: Phase
    /// Whether somebody who asks now gets a token without waiting.
    public var isReady: Bool
    /// The generation of the token that is held; nil without one.
    public var generation: UInt64?
    /// The time until the token that is held expires; nil without one, or if it does not say.
    public var expiresIn: Duration?
    /// What the last failure was; nil when the last request succeeded.
    public var lastFailure: TesseraError.Code?
    /// The time until another request may be made after a failure; nil when it may be made now or nothing but a change
    /// of the credential ends the wait.
    public var nextAttemptIn: Duration?
    /// Whether it holds something that exists nowhere else yet, for example a login that could not be stored.
    public var isUnsaved: Bool

    /// A status of the given parts.
    public init(
        phase: Phase, isReady: Bool, generation: UInt64? = nil, expiresIn: Duration? = nil,
        lastFailure: TesseraError.Code? = nil, nextAttemptIn: Duration? = nil, isUnsaved: Bool = false
    ) {
        self.phase = phase
        self.isReady = isReady
        self.generation = generation
        self.expiresIn = expiresIn
        self.lastFailure = lastFailure
        self.nextAttemptIn = nextAttemptIn
        self.isUnsaved = isUnsaved
    }

    /// Phase, expiry and last failure in one line.
    public var description: String {
        var text = phase.rawValue
        if let expiresIn { text += ", expires in \(expiresIn.brief)" }
        if let lastFailure { text += ", last failure \(lastFailure.rawValue)" }
        if let nextAttemptIn { text += ", next attempt in \(nextAttemptIn.brief)" }
        return isUnsaved ? text + ", unsaved" : text
    }
}
