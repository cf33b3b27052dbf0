#if Secrets
import TesseraCore

/// What a program shows to a secret manager, as opposed to the secrets that the manager keeps.
enum OwnCredentials {
    /// Runs what needs the program's own credentials. That they are missing is no word of the manager on the secret that
    /// it is asked for: `secretUnavailable` would end the use of a kept copy (``SecretManager/fetch(_:_:)``).
    static func needed<Result>(
        by manager: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as TesseraError where error.code == .secretUnavailable {
            throw TesseraError(
                .misconfigured, "the credentials for \(manager) cannot be had: \(error.message)", remedy: error.remedy,
                details: error.details)
        }
    }
}
#endif
