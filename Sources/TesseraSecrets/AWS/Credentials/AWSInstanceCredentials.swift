#if Secrets
import HTTPTypes
import TesseraCore

/// The credentials of an instance's role, from its metadata, version 2: a session token first, then the role, then its
/// credentials. Version 1, which answers whoever can make the machine send a GET, is not spoken.
struct AWSInstanceCredentials: AWSCredentialSource {
    let name = "instance"
    private let environment: AWSEnvironment

    private static let endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT"

    init(_ environment: AWSEnvironment) {
        self.environment = environment
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        guard !environment.isTrue("AWS_EC2_METADATA_DISABLED") else { return .nothing("AWS_EC2_METADATA_DISABLED") }
        let isVersion6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let url = try AWSMetadataEndpoint.checked(
            environment[Self.endpoint] ?? (isVersion6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"), .instance,
            namedBy: Self.endpoint)
        let session = try AWSMetadataEndpoint.session(
            url, search, timeout: .seconds(number("AWS_METADATA_SERVICE_TIMEOUT", 1...60)),
            attempts: number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1...10))
        do {
            return .found(try await ask(session))
        } catch let error as TesseraError where Self.isAbsence(error) {
            return .nothing("\(url.origin) gives none")
        }
    }

    private func ask(_ session: Session) async throws -> AWSCredentials {
        let token = try await session.send(
            CallRequest(.put, "/latest/api/token", headers: ["X-aws-ec2-metadata-token-ttl-seconds": "21600"]))
        let auth = AuthenticationOverride.use(.apiKey(Secret(bytes: token.body), header: .metadataToken))
        let roles = try await session.get("/latest/meta-data/iam/security-credentials/", auth: auth)
        guard let role = roles.text.split(whereSeparator: \.isNewline).first else {
            throw TesseraError(.secretUnavailable, "the instance has no role")
        }
        let answer = try await session.get("/latest/meta-data/iam/security-credentials/\(role)", auth: auth)
        return try AWSCredentialDocument(answer.body, of: "the instance's metadata")
            .credentials(of: "the instance's metadata")
    }

    /// Most machines are no instance, and most instances have no role: then there is nobody, or nothing, to ask.
    private static func isAbsence(_ error: TesseraError) -> Bool {
        switch error.code {
        case .connection, .timeout, .httpStatus, .forbidden, .unauthorized, .protocolViolation, .secretUnavailable: true
        default: false
        }
    }

    private func number(_ variable: String, _ range: ClosedRange<Int>) -> Int {
        environment[variable].flatMap { Int($0) }.map { min(max($0, range.lowerBound), range.upperBound) }
            ?? range.lowerBound
    }
}
#endif
