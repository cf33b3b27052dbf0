#if Secrets
import TesseraCore

/// Several places for AWS credentials, asked one after another until one gives some.
///
/// A place that is configured and fails ends the search: what comes behind it belongs to somebody else.
public struct AWSCredentialChain: AWSCredentialSource {
    /// `chain`.
    public let name = "chain"
    /// The places, in the order in which they are asked.
    public let sources: [any AWSCredentialSource]

    /// A chain of the given places.
    public init(_ sources: [any AWSCredentialSource]) {
        self.sources = sources
    }

    /// The places of the AWS SDKs, in the order of botocore: environment, a role of the profile, web identity, single
    /// sign-on, shared credentials file, credential process, config file, container, instance.
    ///
    /// - Parameters:
    ///   - profile: The profile; nil for the one that `AWS_PROFILE` names, or `default`. With one that is named here,
    ///     credentials in variables are not looked at.
    ///   - environment: The variables.
    public static func standard(profile: String? = nil, environment: AWSEnvironment = .process) -> AWSCredentialChain {
        let selection = AWSProfileSelection(name: profile, environment: environment)
        let variables: [any AWSCredentialSource] = profile == nil ? [AWSEnvironmentCredentials(environment)] : []
        return AWSCredentialChain(
            variables + [AWSRoleCredentials(selection)] + ofProfile(selection)
                + [AWSContainerCredentials(environment), AWSInstanceCredentials(environment)])
    }

    /// The places that one profile may name, apart from a role that is assumed with others' credentials.
    static func ofProfile(_ selection: AWSProfileSelection) -> [any AWSCredentialSource] {
        [
            AWSWebIdentityCredentials(selection), AWSSingleSignOnCredentials(selection),
            AWSProfileCredentials(selection, in: .credentials), AWSProcessCredentials(selection),
            AWSProfileCredentials(selection, in: .config),
        ]
    }

    /// The credentials of the first place that has some.
    public func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        var reasons: [String] = []
        for source in sources {
            do {
                switch try await source.find(search) {
                case .found(let credentials): return .found(credentials)
                case .nothing(let reason): reasons.append("\(source.name): \(reason)")
                }
            } catch let error as TesseraError {
                let before = reasons.isEmpty ? "" : " (before it: \(reasons.joined(separator: "; ")))"
                throw TesseraError(
                    error.code, "AWS credentials, \(source.name): \(error.message)\(before)", remedy: error.remedy,
                    details: error.details)
            }
        }
        return .nothing(reasons.joined(separator: "; "))
    }
}
#endif
