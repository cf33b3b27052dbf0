#if Secrets
import HTTPTypes
public import TesseraCore

/// AWS Secrets Manager.
///
/// ```swift
/// let secrets = try AWSSecretsManager(region: "eu-west-1")
/// let password = secrets.secret("prod/database", member: "password")
/// ```
///
/// A secret is named by its name or its ARN, a version by its stage (`AWSPREVIOUS`) or its id. What is fetched, text or
/// bytes, is kept as ``ManagedSecret`` keeps it. Credentials come from where the AWS SDKs find them, see
/// ``AWSCredentialChain/standard(profile:environment:)``.
public struct AWSSecretsManager: SecretManager {
    /// `aws-secrets-manager`.
    public let name = "aws-secrets-manager"
    /// The region that is asked.
    public let region: String
    private let url: String
    private let signer: AWSAuthenticator
    private let credentials: AWSCredentialProvider
    private let transport: (any Transport)?
    private let backoff = RetryPolicy.aws.backoff

    /// The manager of one account in one region.
    ///
    /// - Parameters:
    ///   - region: The region; nil for that of `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
    ///   - profile: The profile; nil for the one that `AWS_PROFILE` names, or `default`.
    ///   - credentials: Who signs; nil for what the AWS SDKs would use.
    ///   - endpoint: Another URL than AWS's, for example of a VPC endpoint; nil for what `AWS_ENDPOINT_URL_SECRETS_MANAGER`,
    ///     `AWS_ENDPOINT_URL` or the profile say, or AWS's. `https`, or this machine.
    ///   - environment: The variables.
    ///   - transport: Nil for the default transport.
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when there is no
    ///   region, ``TesseraCore/TesseraError/Code/insecureTransport`` for an endpoint without TLS.
    public init(
        region: String? = nil, profile: String? = nil, credentials: AWSCredentialProvider? = nil,
        endpoint: String? = nil, environment: AWSEnvironment = .process, transport: (any Transport)? = nil
    ) throws {
        let selection = AWSProfileSelection(name: profile, environment: environment)
        guard let region = try region.map({ try AWSEndpoint.checked($0) }) ?? AWSEndpoint.region(selection) else {
            throw TesseraError(
                .misconfigured, "no AWS region is named", remedy: "pass region:, or set AWS_REGION")
        }
        self.region = region
        self.credentials =
            credentials
            ?? AWSCredentialProvider(AWSCredentialChain.standard(profile: profile, environment: environment))
        self.transport = transport
        url = try AWSEndpoint.url(.secretsManager, region: region, override: endpoint, selection)
        signer = AWSAuthenticator(
            AWSSignatureV4(service: "secretsmanager", region: region), credentials: self.credentials)
    }

    /// Fetches a secret (`GetSecretValue`).
    ///
    /// A throttled request is repeated twice, and one that was signed with a key which is refused once, if there is
    /// another key by then.
    public func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        let session = try SecretEndpoint.session(url, transport, context, auth: signer)
        let use = TokenUse(deadline: context.deadline, runtime: context.runtime, transport: session.transport)
        var throttled = 0
        var mayRenew = true
        while true {
            let (generation, answer) = try await OwnCredentials.needed(by: name) {
                (
                    try await credentials.current(for: use).generation,
                    try await session.post(
                        "/",
                        .bytes(try JSONCoding().encode(Question(reference)), contentType: "application/x-amz-json-1.1"),
                        headers: ["X-Amz-Target": "secretsmanager.GetSecretValue"], expecting: .any)
                )
            }
            guard answer.status.code != 200 else { return try Answer.value(of: answer, reference) }
            let code = AWSErrorCode(of: answer)
            switch code?.kind {
            case .throttling where throttled < 2:
                throttled += 1
                let now = context.runtime.now()
                let wait = backoff.wait(before: throttled, random: context.runtime.random())
                guard now.advanced(by: wait) < context.deadline else { throw error(answer, code, reference) }
                try await context.runtime.sleep(now.advanced(by: wait))
            case .credentials where mayRenew:
                mayRenew = false
                guard try await credentials.reject(generation: generation, for: use) else {
                    throw error(answer, code, reference)
                }
            default: throw error(answer, code, reference)
            }
        }
    }

    private func error(
        _ answer: Session.Response, _ code: AWSErrorCode?, _ reference: SecretReference
    ) -> TesseraError {
        var details = TesseraError.Details()
        details.status = answer.status
        details.history = answer.history
        let what =
            "\(name) in \(region) did not give \(reference): \(code?.description ?? "status \(answer.status.code)")"
        switch code?.kind {
        case .unavailable:
            return TesseraError(
                .secretUnavailable, what,
                remedy: "check the name, and secretsmanager:GetSecretValue and kms:Decrypt for it",
                details: details)
        case .credentials:
            return TesseraError(
                .unauthorized, what, remedy: "check the AWS credentials, and the clock", details: details)
        case .throttling:
            return TesseraError(.rateLimited, what, remedy: "keep secrets longer, or ask less often", details: details)
        case .other, nil:
            let isForbidden = answer.status.code == 403
            return TesseraError(isForbidden ? .secretUnavailable : .httpStatus, what, details: details)
        }
    }

    private struct Question: Encodable {
        var secretID: String
        var versionID: String?
        var versionStage: String?

        private enum CodingKeys: String, CodingKey {
            case secretID = "SecretId"
            case versionID = "VersionId"
            case versionStage = "VersionStage"
        }

        /// Ids of versions are UUIDs, or whatever token of 32 to 64 characters made them; stages are shorter words.
        init(_ reference: SecretReference) {
            secretID = reference.name
            guard let version = reference.version else { return }
            if (32...64).contains(version.utf8.count) { versionID = version } else { versionStage = version }
        }
    }

    private struct Answer: Decodable {
        var text: String?
        var binary: String?
        var version: String?

        private enum CodingKeys: String, CodingKey {
            case text = "SecretString"
            case binary = "SecretBinary"
            case version = "VersionId"
        }

        static func value(of response: Session.Response, _ reference: SecretReference) throws -> SecretValue {
            let answer = try response.json(Answer.self)
            if let text = answer.text { return SecretValue(Secret(text), version: answer.version) }
            guard let bytes = answer.binary.flatMap({ Base64.decode(Array($0.utf8)) }) else {
                throw TesseraError(.secretUnavailable, "the secret \(reference) has neither text nor bytes")
            }
            return SecretValue(Secret(bytes: bytes), version: answer.version)
        }
    }
}
#endif
