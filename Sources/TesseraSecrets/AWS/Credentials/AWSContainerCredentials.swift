#if Secrets
import HTTPTypes
import TesseraCore

/// The credentials of a container's task or pod: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` at ECS's address, or
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI` at one of ``AWSMetadataEndpoint``.
struct AWSContainerCredentials: AWSCredentialSource {
    let name = "container"
    private let environment: AWSEnvironment

    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    init(_ environment: AWSEnvironment) {
        self.environment = environment
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        guard let url = try url() else { return .nothing("no \(Self.relative)") }
        let session = try AWSMetadataEndpoint.session(url, search, timeout: .seconds(2), attempts: 3)
        let auth: AuthenticationOverride = try await authorization().map { .use($0) } ?? .anonymous
        let answer = try await session.get(
            RequestTarget(absolute: url), headers: ["Accept": "application/json"], auth: auth)
        return .found(
            try AWSCredentialDocument(answer.body, of: "the container's endpoint")
                .credentials(of: "the container's endpoint"))
    }

    private func url() throws -> AbsoluteURL? {
        if let path = environment[Self.relative] {
            guard path.hasPrefix("/") else {
                throw TesseraError(.misconfigured, "\(Self.relative) is no path", remedy: "it begins with a slash")
            }
            return try AWSMetadataEndpoint.checked("http://169.254.170.2\(path)", .container, namedBy: Self.relative)
        }
        return try environment[Self.full].map {
            try AWSMetadataEndpoint.checked($0, .container, namedBy: Self.full)
        }
    }

    /// The file is read each time: whoever writes it renews it.
    private func authorization() async throws -> StaticAuthenticator? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            return .apiKey(try await FileSecretSource(path).secret(), header: .authorization)
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { .apiKey(Secret($0), header: .authorization) }
    }
}
#endif
