#if Secrets
public import TesseraCore

/// What happens to a secret of a manager: the audit trail of its readers. Holds names, never values.
public enum SecretEvent: Sendable, Hashable, Codable {
    /// How a reader was served.
    public enum Freshness: String, Sendable, Hashable, Codable, CaseIterable {
        /// With a secret within its lifetime.
        case fresh
        /// With one beyond its lifetime, because the manager did not answer.
        case stale
    }

    /// Somebody got the secret.
    case read(Freshness, version: String?)
    /// The manager gave the secret.
    case fetched(version: String?, isChanged: Bool, duration: Duration)
    /// The manager did not give it.
    case failed(TesseraError.Code, duration: Duration)
}

/// Sees the events of secrets: a value with a closure, called outside of locks, on whatever task caused them.
public struct SecretObserver: Sendable {
    /// Called for each event with the manager's name and the secret's; must not wait.
    public var observe: @Sendable (_ event: SecretEvent, _ manager: String, _ secret: SecretReference) -> Void

    /// An observer that calls `observe`.
    public init(
        _ observe: @escaping @Sendable (_ event: SecretEvent, _ manager: String, _ secret: SecretReference) -> Void
    ) {
        self.observe = observe
    }
}
#endif
