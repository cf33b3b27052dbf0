#if Secrets
import HTTPTypes
public import TesseraCore
import TesseraOAuth

/// Google Cloud Secret Manager.
///
/// ```swift
/// let secrets = try GoogleSecretManager(project: "billing-prod")
/// let password = secrets.secret("database", member: "password")
/// ```
///
/// A secret's name is its id, or `projects/P/secrets/S/versions/V`; without a version it is `latest`. Each payload is
/// checked against the CRC-32C that comes with it.
public struct GoogleSecretManager: SecretManager {
    /// `google-secret-manager`.
    public var name: String { "google-secret-manager" }
    private let project: String?
    private let location: String?
    private let quotaProject: String?
    private let endpoint: String
    private let tokens: any TokenSource
    private let transport: (any Transport)?

    /// A manager that is asked with the given credentials.
    ///
    /// - Parameters:
    ///   - project: The id or number of the project whose secrets are meant by their id alone.
    ///   - location: The region of secrets that stay in one, for example `europe-west3`; nil for those that do not.
    ///   - credentials: Who asks.
    ///   - quotaProject: The project that the requests are counted on, where it is not that of the credentials.
    ///   - endpoint: The API's origin; nil for Google's.
    ///   - transport: For all requests; nil for the default transport.
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when `location` is
    ///   no name of a region.
    public init(
        project: String? = nil, location: String? = nil, credentials: GoogleCredentials = .applicationDefault(),
        quotaProject: String? = nil, endpoint: String? = nil, transport: (any Transport)? = nil
    ) throws {
        if let location {
            // It becomes part of a host name.
            guard !location.isEmpty, location.utf8.allSatisfy({ $0.isLowerLetterOrDigit || $0 == UInt8(ascii: "-") })
            else { throw TesseraError(.misconfigured, "the location of Google Secret Manager is no name of a region") }
        }
        self.project = project
        self.location = location
        self.quotaProject = quotaProject
        self.endpoint =
            endpoint ?? location.map { "https://secretmanager.\($0).rep.googleapis.com" }
            ?? "https://secretmanager.googleapis.com"
        self.transport = transport
        tokens = credentials.tokens(transport: transport)
    }

    /// Accesses one version of a secret.
    public func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        let name = try GoogleSecretName(reference, project: project, location: location)
        let session = try SecretEndpoint.session(endpoint, transport, context, auth: .oauth(tokens)) { settings in
            if let quotaProject { settings.headers["x-goog-user-project"] = quotaProject }
        }
        let response = try await session.get(name.target, expecting: .any)
        guard response.status.code == 200 else { throw refusal(response, reference) }
        return try response.json(GoogleSecretAnswer.self).value(reference)
    }

    private func refusal(_ response: Session.Response, _ reference: SecretReference) -> TesseraError {
        let status = response.status.code
        var details = TesseraError.Details()
        details.status = response.status
        details.history = response.history
        let code = (try? response.json(GoogleRefusal.self))?.code.map { " (\($0))" } ?? ""
        let message = "Google Secret Manager answered the question for \(reference) with status \(status)\(code)"
        switch status {
        case 403:
            return TesseraError(
                .secretUnavailable, message, remedy: "grant roles/secretmanager.secretAccessor on the secret",
                details: details)
        case 404:
            return TesseraError(
                .secretUnavailable, message, remedy: "check project, name and version", details: details)
        case 400:
            // FAILED_PRECONDITION: the version is disabled or destroyed.
            return TesseraError(
                .secretUnavailable, message, remedy: "check that the version is enabled", details: details)
        case 401:
            return TesseraError(.unauthorized, message, remedy: "check the credentials", details: details)
        case 429:
            return TesseraError(
                .rateLimited, message, remedy: "keep secrets longer, or raise the quota", details: details)
        default:
            return TesseraError(.httpStatus, message, remedy: "try again later", details: details)
        }
    }
}

extension UInt8 {
    fileprivate var isLowerLetterOrDigit: Bool { (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) }
}
#endif
