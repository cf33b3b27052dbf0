/// Where a secret comes from: the environment, a file, a secret manager.
///
/// Asked each time the secret is needed, so that a rotated one is seen; a source that is slow keeps its own copy.
public protocol SecretSource: Sendable {
    /// The secret as it is now.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/secretUnavailable``, or `CancellationError`.
    func secret() async throws -> Secret

    /// The secret after `rejected` was refused by whoever it was shown to: a source that keeps a copy looks whether
    /// there is another one by now.
    ///
    /// - Returns: The secret as it is now, which may be `rejected` still.
    /// - Throws: As ``secret()`` does.
    func secret(after rejected: Secret) async throws -> Secret
}

extension SecretSource {
    /// What ``secret()`` says: right for sources that keep no copy.
    public func secret(after rejected: Secret) async throws -> Secret { try await secret() }
}

/// A secret that the program already has.
public struct FixedSecretSource: SecretSource {
    private let value: Secret

    /// A source of the given secret.
    public init(_ value: Secret) {
        self.value = value
    }

    /// The secret.
    public func secret() async throws -> Secret { value }
}

/// A secret in an environment variable, read when it is asked for.
public struct EnvironmentSecretSource: SecretSource {
    /// The variable.
    public let name: String

    /// A source that reads the variable `name`.
    public init(_ name: String) {
        self.name = name
    }

    /// The variable's value, without one line break at its end.
    public func secret() async throws -> Secret { try Secret(environment: name) }
}

extension SecretSource where Self == FixedSecretSource {
    /// A secret that the program already has.
    public static func value(_ secret: Secret) -> FixedSecretSource { FixedSecretSource(secret) }
}

extension SecretSource where Self == EnvironmentSecretSource {
    /// The secret in an environment variable.
    public static func environment(_ name: String) -> EnvironmentSecretSource { EnvironmentSecretSource(name) }
}
