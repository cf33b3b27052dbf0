/// What happens in the life of a source's tokens. Closed, and free of tokens, subjects and URLs.
///
/// A token that is held and fresh is handed out without an event.
public enum TokenEvent: Sendable, Hashable, Codable {
    /// A token was obtained.
    public struct Obtained: Sendable, Hashable, Codable {
        /// The tag that stands for the token, keyed anew in each process.
        public var tag: String
        /// Its generation in its source.
        public var generation: UInt64
        /// How long it lives; nil when the server did not say.
        public var lifetime: Duration?
        /// The requests that it took; zero when another process had obtained it.
        public var requests: Int
        /// How long it took.
        public var duration: Duration
        /// Whether it is the token that was held before, or one that lives no longer.
        public var isUnchanged: Bool

        /// An event of the given parts.
        public init(
            tag: String, generation: UInt64, lifetime: Duration?, requests: Int, duration: Duration, isUnchanged: Bool
        ) {
            self.tag = tag
            self.generation = generation
            self.lifetime = lifetime
            self.requests = requests
            self.duration = duration
            self.isUnchanged = isUnchanged
        }
    }

    /// No token could be obtained.
    public struct Failed: Sendable, Hashable, Codable {
        /// What kind of failure it was.
        public var code: TesseraError.Code
        /// The server's error code, if it is one of RFC 6749 §5.2, RFC 8628 §3.5 or RFC 8707 §2; others are left out.
        public var authorizationError: String?
        /// Whether asking again is pointless until the credential or the configuration changes.
        public var isRefusal: Bool
        /// Whether those who asked go on with the token that is held.
        public var isOldTokenServed: Bool
        /// The wait before the next request; nil when only a change ends it.
        public var wait: Duration?
        /// How long it took.
        public var duration: Duration

        /// An event of the given parts.
        public init(
            code: TesseraError.Code, authorizationError: String?, isRefusal: Bool, isOldTokenServed: Bool,
            wait: Duration?, duration: Duration
        ) {
            self.code = code
            self.authorizationError = authorizationError
            self.isRefusal = isRefusal
            self.isOldTokenServed = isOldTokenServed
            self.wait = wait
            self.duration = duration
        }
    }

    /// Why somebody stopped waiting for a token that is on its way.
    public enum Departure: String, Sendable, Hashable, Codable, CaseIterable {
        /// Its task was cancelled.
        case cancelled
        /// Its call's time was over.
        case deadline
    }

    /// A token is being obtained.
    case requested(TokenOccasion)
    /// A token was obtained.
    case obtained(Obtained)
    /// No token could be obtained.
    case failed(Failed)
    /// A request for a token took longer than it may; those who waited were sent away.
    case overdue
    /// A resource refused a token.
    case rejected(generation: UInt64, TokenRejection)
    /// Somebody stopped waiting.
    case left(Departure)
    /// A request was not made, because there were too many of late.
    case throttled(wait: Duration)
    /// The token that was held was given up on request.
    case invalidated
}

/// Why a token is obtained.
public enum TokenOccasion: String, Sendable, Hashable, Codable, CaseIterable {
    /// There was none.
    case first
    /// The token that is held is in its advisory window.
    case aging
    /// The token that was held is in its mandatory window or has expired.
    case stale
    /// A resource refused the token that was held.
    case rejected
    /// The token that was held was given up on request.
    case invalidated
}

/// Whose tokens an event is about, without saying who.
public struct TokenSourceName: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Who the tokens belong to.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The client itself.
        case client
        /// A person.
        case user
        /// Unknown: the source has no key.
        case other
    }

    /// Who the tokens belong to; closed, so safe as a metric's label.
    public var kind: Kind
    /// Tells sources apart within one process: a keyed hash. For logs, not for metrics.
    public var tag: String

    /// The name of a source with the given key.
    public init(_ key: TokenKey?) {
        kind = key.map { $0.subject == nil ? .client : .user } ?? .other
        guard let key else {
            tag = "[key:none]"
            return
        }
        var hasher = Hasher()
        hasher.combine(key)
        let digits = String(UInt64(truncatingIfNeeded: hasher.finalize()) >> 24, radix: 16)
        tag = "[key:" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + "]"
    }

    /// Kind and tag.
    public var description: String { "\(kind.rawValue) \(tag)" }
}

/// Sees the events of token sources: a value with a closure, called outside of locks, on whatever task caused them.
public struct TokenObserver: Sendable {
    /// Called for each event; must not wait.
    public var observe: @Sendable (_ event: TokenEvent, _ source: TokenSourceName) -> Void

    /// An observer that calls `observe`.
    public init(_ observe: @escaping @Sendable (_ event: TokenEvent, _ source: TokenSourceName) -> Void) {
        self.observe = observe
    }
}
