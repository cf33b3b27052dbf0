#if Secrets
import TesseraCore

/// A role for a token of somebody else, such as a pod's service account: `AWS_WEB_IDENTITY_TOKEN_FILE` and
/// `AWS_ROLE_ARN`, or `web_identity_token_file` and `role_arn` of a profile.
struct AWSWebIdentityCredentials: AWSCredentialSource {
    let name = "web identity"
    private let selection: AWSProfileSelection

    init(_ selection: AWSProfileSelection) {
        self.selection = selection
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let profile = try selection.load()[selection.chosen.name] ?? [:]
        let value = { (member: String, variable: String) -> String? in
            // A profile that the program names goes before the variables.
            (selection.name == nil ? selection.environment[variable] : nil) ?? profile[member]
        }
        guard let path = value("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE") else {
            return .nothing("no AWS_WEB_IDENTITY_TOKEN_FILE")
        }
        guard let role = value("role_arn", "AWS_ROLE_ARN") else {
            throw TesseraError(
                .misconfigured, "there is a web identity's token and no role for it", remedy: "set AWS_ROLE_ARN too")
        }
        // Read each time: whoever writes the file renews it.
        let token = try await FileSecretSource(path).secret()
        let wanted = AWSSecurityTokenService.Role(
            name: role, session: value("role_session_name", "AWS_ROLE_SESSION_NAME"))
        return .found(try await AWSSecurityTokenService(selection, search).assume(wanted, withWebIdentity: token))
    }
}
#endif
