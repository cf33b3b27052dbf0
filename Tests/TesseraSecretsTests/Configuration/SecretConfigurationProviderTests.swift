#if Configuration
import Configuration
import Synchronization
import TesseraConfiguration
import TesseraCore
import TesseraTesting
import Testing

/// A secret that can be rotated.
private final class HeldSecret: SecretSource {
    private let value: Mutex<Secret?>

    init(_ value: String?) {
        self.value = Mutex(value.map { Secret.fixture($0) })
    }

    func rotate(to next: String) {
        value.withLock { $0 = Secret.fixture(next) }
    }

    func secret() async throws -> Secret {
        guard let secret = value.withLock({ $0 }) else { throw TesseraError(.secretUnavailable, "there is none") }
        return secret
    }
}

/// What a reader tells of each access.
private final class Accesses: AccessReporter {
    private let texts = Mutex<[String]>([])
    var all: String { texts.withLock { $0.joined(separator: "\n") } }

    func report(_ event: AccessEvent) {
        texts.withLock { $0.append("\(event)") }
    }
}

@Suite struct `Secret configuration provider` {
    @Test func `a secret is read by its key, and marked as one in every report`() async throws {
        let accesses = Accesses()
        let provider = SecretConfigurationProvider(["database.password": HeldSecret("s3cr3t-of-the-database")])
        try await provider.prefetch()
        let config = ConfigReader(provider: provider, accessReporter: accesses)
        #expect(config.string(forKey: "database.password") == "s3cr3t-of-the-database")
        #expect(config.string(forKey: "database.user") == nil)
        #expect(accesses.all.contains("database.password"))
        #expect(!accesses.all.contains("s3cr3t"))
        #expect(!"\(provider)".contains("s3cr3t"))
    }

    @Test func `fetching sees a rotation, reading gives what was fetched last`() async throws {
        let source = HeldSecret("first-secret")
        let config = ConfigReader(provider: SecretConfigurationProvider(["api.token": source]))
        let first = try await config.fetchRequiredString(forKey: "api.token")
        #expect(first == "first-secret")
        source.rotate(to: "second-secret")
        #expect(config.string(forKey: "api.token") == "first-secret")
        let second = try await config.fetchRequiredString(forKey: "api.token")
        #expect(second == "second-secret")
        #expect(config.string(forKey: "api.token") == "second-secret")
    }

    @Test func `reading before anything was fetched is an error that says what to do`() {
        let config = ConfigReader(provider: SecretConfigurationProvider(["api.token": HeldSecret("first-secret")]))
        let error = #expect(throws: TesseraError.self) { try config.requiredString(forKey: "api.token") }
        #expect(error?.code == .secretUnavailable)
        #expect(error?.remedy?.contains("prefetch") == true)
    }

    @Test func `a secret is text or bytes, and nothing else`() async throws {
        let provider = SecretConfigurationProvider(["api.token": HeldSecret("12345678")])
        try await provider.prefetch()
        let config = ConfigReader(provider: provider)
        #expect(try config.requiredBytes(forKey: "api.token") == Array("12345678".utf8))
        #expect(throws: TesseraError.self) { try config.requiredInt(forKey: "api.token") }
    }

    @Test func `a source that has none ends the prefetch with its error`() async {
        let provider = SecretConfigurationProvider(["api.token": HeldSecret(nil)])
        let error = await #expect(throws: TesseraError.self) { try await provider.prefetch() }
        #expect(error?.code == .secretUnavailable)
    }
}
#endif
