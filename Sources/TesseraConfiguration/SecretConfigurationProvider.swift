#if Configuration
public import Configuration
import Synchronization
public import TesseraCore

/// Secrets as a provider of swift-configuration: each value is marked as a secret, so that access logs show none.
///
/// ```swift
/// let secrets = SecretConfigurationProvider(["database.password": manager.secret("prod/database", member: "password")])
/// try await secrets.prefetch()
/// let config = ConfigReader(providers: [secrets, EnvironmentVariablesProvider()])
/// let password = try config.requiredString(forKey: "database.password", isSecret: true)
/// ```
///
/// `fetch…` methods of a reader ask the source, which keeps a copy as its policy says; the others give what was fetched
/// last. What a reader returns is an ordinary string, which the process's ``TesseraCore/Redactor`` knows only as long as the
/// provider holds the secret.
public final class SecretConfigurationProvider: ConfigProvider {
    private let sources: [String: any SecretSource]
    private let fetched = Mutex<[String: Secret]>([:])
    /// The name in access reports.
    public let providerName: String

    /// A provider of the given secrets.
    ///
    /// - Parameters:
    ///   - sources: Where each secret comes from, by its key with dots between the components.
    ///   - name: The name in access reports.
    public init(_ sources: [String: any SecretSource], name: String = "tessera-secrets") {
        self.sources = sources
        providerName = name
    }

    /// Fetches all secrets, so that those can be read which are not fetched.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` of the first source that has none, or `CancellationError`.
    public func prefetch() async throws {
        for key in sources.keys.sorted() { _ = try await fetch(key) }
    }

    private func fetch(_ key: String) async throws -> Secret? {
        guard let source = sources[key] else { return nil }
        let secret = try await source.secret()
        fetched.withLock { $0[key] = secret }
        return secret
    }

    /// The secret that was fetched last.
    ///
    /// - Throws: ``TesseraCore/TesseraError`` when it was not fetched yet, and for types that a secret cannot have.
    public func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        try SecretSnapshot(providerName: providerName, names: Set(sources.keys), fetched: fetched.withLock { $0 })
            .value(forKey: key, type: type)
    }

    /// The secret as its source has it now.
    public func fetchValue(forKey key: AbsoluteConfigKey, type: ConfigType) async throws -> LookupResult {
        let name = SecretSnapshot.name(of: key)
        return LookupResult(
            encodedKey: name, value: try await fetch(name).map { try SecretSnapshot.value($0, as: type, name) })
    }

    /// The secret as its source has it now, once: secret managers do not tell of changes.
    public func watchValue<Return: ~Copyable>(
        forKey key: AbsoluteConfigKey, type: ConfigType,
        updatesHandler: (ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>) async throws -> Return
    ) async throws -> Return {
        _ = try await fetch(SecretSnapshot.name(of: key))
        return try await watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
    }

    /// What was fetched so far.
    public func snapshot() -> any ConfigSnapshot {
        SecretSnapshot(providerName: providerName, names: Set(sources.keys), fetched: fetched.withLock { $0 })
    }

    /// What was fetched so far, once.
    public func watchSnapshot<Return: ~Copyable>(
        updatesHandler: (ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>) async throws -> Return
    ) async throws -> Return {
        try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
    }
}

/// What was fetched at one time.
private struct SecretSnapshot: ConfigSnapshot {
    let providerName: String
    let names: Set<String>
    let fetched: [String: Secret]

    static func name(of key: AbsoluteConfigKey) -> String { key.components.joined(separator: ".") }

    func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        let name = SecretSnapshot.name(of: key)
        guard names.contains(name) else { return LookupResult(encodedKey: name, value: nil) }
        guard let secret = fetched[name] else {
            throw TesseraError.make(
                .secretUnavailable, "the secret \(name) was not fetched yet",
                remedy: "call prefetch() once, or read it with a fetch… method")
        }
        return LookupResult(encodedKey: name, value: try SecretSnapshot.value(secret, as: type, name))
    }

    static func value(_ secret: Secret, as type: ConfigType, _ name: String) throws -> ConfigValue {
        try secret.withExposedBytes { bytes in
            switch type {
            case .string:
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw TesseraError.make(
                        .secretUnavailable, "the secret \(name) is no text", remedy: "read its bytes")
                }
                return ConfigValue(.string(text), isSecret: true)
            case .bytes:
                return ConfigValue(.bytes(Array(bytes)), isSecret: true)
            default:
                throw TesseraError.make(
                    .secretUnavailable, "a secret cannot be read as \(type.rawValue)", remedy: "read it as a string")
            }
        }
    }
}

extension SecretConfigurationProvider: CustomStringConvertible, CustomReflectable {
    /// The name and the number of secrets.
    public var description: String { "\(providerName)[\(sources.count) secrets]" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
