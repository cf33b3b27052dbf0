#if Secrets
import TesseraCore

/// `credential_process` of a profile: a program that prints credentials.
///
/// It is named by its absolute path and started without a shell, as ``SecretCommand`` does it.
struct AWSProcessCredentials: AWSCredentialSource {
    let name = "credential process"
    private let selection: AWSProfileSelection

    /// The variables that the program sees besides `PATH`.
    private static let variables = [
        "HOME", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_CA_BUNDLE", "HTTPS_PROXY", "NO_PROXY",
    ]

    init(_ selection: AWSProfileSelection) {
        self.selection = selection
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let profile = selection.chosen.name
        guard let line = try selection.load()[profile]?["credential_process"] else {
            return .nothing("no credential_process")
        }
        guard let words = CommandWords.split(line), let path = words.first else {
            throw TesseraError(
                .misconfigured, "the credential_process of profile \(profile) is no command", remedy: "check its quotes"
            )
        }
        let command = try SecretCommand(
            path, arguments: Array(words.dropFirst()), environment: Self.variables)
        let output = try await command.fetch(SecretReference(""), search.fetch).secret
        let document = try output.withExposedBytes {
            try AWSCredentialDocument(Array($0), of: "the credential_process")
        }
        guard document.version == 1 else {
            throw TesseraError(
                .secretUnavailable,
                "the credential_process of profile \(profile) printed a document of another version",
                remedy: "it has to say \"Version\": 1")
        }
        return .found(try document.credentials(of: "the credential_process"))
    }
}
#endif
