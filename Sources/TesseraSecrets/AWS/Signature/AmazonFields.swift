#if Secrets
import HTTPTypes

/// Header fields of AWS.
extension HTTPField.Name {
    static let amzDate = amazon("X-Amz-Date")
    static let amzSecurityToken = amazon("X-Amz-Security-Token")
    static let amzContentSHA256 = amazon("X-Amz-Content-Sha256")
    static let metadataToken = amazon("X-Aws-Ec2-Metadata-Token")
    static let ssoBearerToken = amazon("X-Amz-Sso_bearer_token")

    /// All of the above are names; the fallback is never taken.
    private static func amazon(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .authorization }
}
#endif
