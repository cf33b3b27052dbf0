#if Secrets
public import TesseraCore

/// A place that keeps secrets by name: AWS Secrets Manager, Google Secret Manager, Azure Key Vault, Vault.
///
/// A manager only fetches. What is kept and for how long, that one request serves all who ask, and what happens while the
/// manager is down is the business of ``ManagedSecret``:
///
/// ```swift
/// let secrets = try AWSSecretsManager(region: "eu-west-1")
/// let api = secrets.secret("prod/billing", member: "client_secret")
/// ```
public protocol SecretManager: Sendable {
    /// What the manager is called in errors and events, for example `aws-secrets-manager`.
    var name: String { get }

    /// Fetches one secret as it is now.
    ///
    /// - Throws: ``TesseraCore/TesseraError``: code ``TesseraCore/TesseraError/Code/secretUnavailable`` when the manager
    ///   says that there is no such secret or that it may not be read, what the wire threw otherwise.
    func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue
}

/// Which secret of a ``SecretManager`` is meant.
public struct SecretReference: Sendable, Hashable, CustomStringConvertible {
    /// The name, in the manager's own form.
    public var name: String
    /// The version, stage or alias, in the manager's own form; nil for the one that the manager calls current.
    public var version: String?

    /// The secret of the given name.
    public init(_ name: String, version: String? = nil) {
        self.name = name
        self.version = version
    }

    /// The name, and the version where one is pinned.
    public var description: String { version.map { "\(name)@\($0)" } ?? name }
}

/// What a manager fetches with.
public struct SecretFetch: Sendable {
    /// When the fetch must be over.
    public var deadline: MonotonicInstant
    /// Clock, randomness and waiting.
    public var runtime: Runtime

    /// A fetch that must be over at `deadline`.
    public init(deadline: MonotonicInstant, runtime: Runtime) {
        self.deadline = deadline
        self.runtime = runtime
    }
}

/// A secret as a manager gave it.
public struct SecretValue: Sendable {
    /// The secret.
    public var secret: Secret
    /// The manager's name for this version; no secret itself.
    public var version: String?
    /// How long it may be used, whatever the cache's policy says; nil where the manager sets no end.
    public var lifetime: Duration?

    /// A value of the given version.
    public init(_ secret: Secret, version: String? = nil, lifetime: Duration? = nil) {
        self.secret = secret
        self.version = version
        self.lifetime = lifetime
    }
}
#endif
