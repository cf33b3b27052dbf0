#if Secrets
import TesseraCore

/// `role_arn` of a profile, assumed with the credentials of its `source_profile` or `credential_source`.
struct AWSRoleCredentials: AWSCredentialSource {
    let name = "role"
    private let selection: AWSProfileSelection
    /// The profiles that led here.
    private let visited: [String]

    init(_ selection: AWSProfileSelection) {
        self.init(selection, visited: [])
    }

    private init(_ selection: AWSProfileSelection, visited: [String]) {
        self.selection = selection
        self.visited = visited
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let profile = selection.chosen.name
        let profiles = try selection.load()
        guard let values = profiles[profile], let role = values["role_arn"], values["web_identity_token_file"] == nil
        else { return .nothing("no role_arn in profile \(profile)") }
        guard values["mfa_serial"] == nil else {
            throw TesseraError(
                .misconfigured,
                "the profile \(profile) asks for a code of a device (mfa_serial), which a program has not",
                remedy: "name a profile with temporary credentials, for example from aws sts get-session-token")
        }
        let source: any AWSCredentialSource
        switch (values["source_profile"], values["credential_source"]) {
        case (let other?, nil): source = try profileSource(other, of: profile, profiles)
        case (nil, let place?): source = try placeSource(place, profile)
        default:
            throw TesseraError(
                .misconfigured,
                "the profile \(profile) has role_arn, and source_profile and credential_source both or neither",
                remedy: "name in one of them whose credentials assume the role")
        }
        guard case .found(let credentials) = try await source.find(search) else {
            throw TesseraError(
                .secretUnavailable, "no credentials are there to assume the role of profile \(profile)",
                remedy: "check its source_profile or credential_source")
        }
        let wanted = AWSSecurityTokenService.Role(
            name: role, session: values["role_session_name"], externalID: values["external_id"],
            seconds: values["duration_seconds"])
        return .found(try await AWSSecurityTokenService(selection, search).assume(wanted, with: credentials))
    }

    private func profileSource(
        _ other: String, of profile: String, _ profiles: AWSProfiles
    ) throws -> any AWSCredentialSource {
        guard let values = profiles[other] else {
            throw TesseraError(
                .misconfigured, "the source_profile \(other) of profile \(profile) stands in neither file",
                remedy: "check ~/.aws/config and ~/.aws/credentials")
        }
        let next = selection.other(other)
        // A profile with a key of its own may name itself: then the role is assumed with that key.
        if values["aws_access_key_id"] != nil || values["role_arn"] == nil || values["web_identity_token_file"] != nil {
            return AWSCredentialChain(AWSCredentialChain.ofProfile(next))
        }
        guard !visited.contains(other), other != profile, visited.count < 8 else {
            throw TesseraError(
                .misconfigured, "the profiles \((visited + [profile, other]).joined(separator: ", ")) lead in a circle",
                remedy: "let one of them have a key")
        }
        return AWSRoleCredentials(next, visited: visited + [profile])
    }

    private func placeSource(_ place: String, _ profile: String) throws -> any AWSCredentialSource {
        switch place.lowercased() {
        case "environment": return AWSEnvironmentCredentials(selection.environment)
        case "ecscontainer": return AWSContainerCredentials(selection.environment)
        case "ec2instancemetadata": return AWSInstanceCredentials(selection.environment)
        default:
            throw TesseraError(
                .misconfigured, "the profile \(profile) names no credential_source that there is",
                remedy: "Environment, EcsContainer and Ec2InstanceMetadata are")
        }
    }
}
#endif
