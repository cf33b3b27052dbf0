#if Secrets
import TesseraCore

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and for temporary credentials `AWS_SESSION_TOKEN` and
/// `AWS_CREDENTIAL_EXPIRATION`.
struct AWSEnvironmentCredentials: AWSCredentialSource {
    let name = "environment"
    private let environment: AWSEnvironment

    init(_ environment: AWSEnvironment) {
        self.environment = environment
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        guard let id = environment["AWS_ACCESS_KEY_ID"] else { return .nothing("no AWS_ACCESS_KEY_ID") }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw TesseraError(
                .misconfigured, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not", remedy: "set both or none")
        }
        let text = environment["AWS_CREDENTIAL_EXPIRATION"]
        let expiry = text.flatMap { AWSTime.parse($0) }
        guard text == nil || expiry != nil else {
            throw TesseraError(
                .misconfigured, "AWS_CREDENTIAL_EXPIRATION is no time", remedy: "write it as 2026-01-31T12:00:00Z")
        }
        if let expiry, expiry <= search.runtime.wallTime() {
            throw TesseraError(
                .secretUnavailable, "the credentials in the environment have expired",
                remedy: "export new ones; AWS_CREDENTIAL_EXPIRATION says when they end")
        }
        return .found(
            try AWSCredentials(
                accessKeyID: id, secretAccessKey: Secret(secret),
                sessionToken: environment["AWS_SESSION_TOKEN"].map { Secret($0) }, expiry: expiry))
    }
}
#endif
