#if Secrets
import TesseraCore
import TesseraTesting

@testable import TesseraSecrets

extension SecretManager {
    /// Fetches within twenty seconds of the task's own clock.
    func fetch(_ name: String, version: String? = nil) async throws -> SecretValue {
        let runtime = Runtime.current
        return try await fetch(
            SecretReference(name, version: version),
            SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
    }
}

extension Secret {
    /// The bytes as text, for comparisons in tests.
    var exposedText: String { withExposedBytes { String(decoding: $0, as: UTF8.self) } }
}
#endif
