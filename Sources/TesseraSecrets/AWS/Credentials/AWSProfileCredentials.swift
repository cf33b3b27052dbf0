#if Secrets
import TesseraCore

/// `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token` of a profile, in one of the two files.
struct AWSProfileCredentials: AWSCredentialSource {
    private let selection: AWSProfileSelection
    private let file: AWSProfiles.File

    init(_ selection: AWSProfileSelection, in file: AWSProfiles.File) {
        self.selection = selection
        self.file = file
    }

    var name: String { "\(file.rawValue) file" }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let profile = selection.chosen.name
        guard let values = try selection.load().profile(profile, in: file) else {
            return .nothing("no profile \(profile)")
        }
        guard let id = values["aws_access_key_id"] else { return .nothing("no key in profile \(profile)") }
        guard let secret = values["aws_secret_access_key"] else {
            throw TesseraError(
                .misconfigured, "the profile \(profile) has aws_access_key_id and no aws_secret_access_key",
                remedy: "write both or none")
        }
        return .found(
            try AWSCredentials(
                accessKeyID: id, secretAccessKey: Secret(secret),
                sessionToken: values["aws_session_token"].map { Secret($0) }))
    }
}
#endif
