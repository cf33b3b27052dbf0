#if Secrets
import TesseraCore
import TesseraJOSE
import TesseraOAuth

/// What a document of credentials asks to be done, checked whole before any of it is done.
enum GoogleCredentialPlan: Sendable {
    struct ServiceAccount: Sendable {
        var email: String
        var keyID: String?
        var key: Secret
        var tokenURL: AbsoluteURL
    }

    struct AuthorizedUser: Sendable {
        var clientID: String
        var clientSecret: Secret
        var refreshToken: Secret
        var tokenURL: AbsoluteURL
    }

    struct ExternalAccount: Sendable {
        var audience: String
        var subjectTokenType: String
        var subjectToken: GoogleSubjectToken.Place
        /// The member of a JSON document that holds the token; nil when there is nothing but the token.
        var subjectTokenMember: String?
        var tokenURL: AbsoluteURL
        var client: (id: String, secret: Secret)?
        var impersonation: (url: AbsoluteURL, lifetime: Duration)?
    }

    case serviceAccount(ServiceAccount)
    case authorizedUser(AuthorizedUser)
    case externalAccount(ExternalAccount)

    /// Google's own, for files that name none.
    static let tokenURL = "https://oauth2.googleapis.com/token"

    /// - Throws: With code `misconfigured`.
    init(_ file: GoogleCredentialFile, _ policy: GoogleEndpointPolicy) throws {
        switch file.type {
        case "service_account":
            self = .serviceAccount(
                ServiceAccount(
                    email: try file.require(\.clientEmail, "client_email"), keyID: file.privateKeyID,
                    key: Secret(try file.require(\.privateKey, "private_key")),
                    tokenURL: try policy.check(file.tokenURI ?? GoogleCredentialPlan.tokenURL, .token)))
        case "authorized_user":
            self = .authorizedUser(
                AuthorizedUser(
                    clientID: try file.require(\.clientID, "client_id"),
                    clientSecret: Secret(try file.require(\.clientSecret, "client_secret")),
                    refreshToken: Secret(try file.require(\.refreshToken, "refresh_token")),
                    tokenURL: try policy.check(file.tokenURI ?? GoogleCredentialPlan.tokenURL, .token)))
        case "external_account":
            self = .externalAccount(try ExternalAccount(file, policy))
        default:
            throw TesseraError(
                .misconfigured, "Google's credentials are of a type that is not known here",
                remedy: "use service_account, authorized_user or external_account")
        }
    }
}

extension GoogleCredentialPlan.ExternalAccount {
    fileprivate init(_ file: GoogleCredentialFile, _ policy: GoogleEndpointPolicy) throws {
        guard file.workforceProject == nil else {
            throw TesseraError(
                .misconfigured, "Google's credentials are a person's in a workforce pool",
                remedy: "use a workload pool for programs")
        }
        guard let source = file.source else { throw TesseraError.missing("credential_source", file.type) }
        audience = try file.require(\.audience, "audience")
        subjectTokenType = try file.require(\.subjectTokenType, "subject_token_type")
        tokenURL = try policy.check(file.require(\.tokenURL, "token_url"), .exchange)
        subjectToken = try GoogleSubjectToken.Place(source, policy)
        if source.format?.type == "json" {
            guard let member = source.format?.subjectTokenFieldName, !member.isEmpty else {
                throw TesseraError.missing("subject_token_field_name", file.type)
            }
            subjectTokenMember = member
        }
        client = file.clientID.flatMap { id in file.clientSecret.map { (id, Secret($0)) } }
        if let url = file.impersonationURL {
            // IAM allows an hour, and twelve where an organization says so.
            let seconds = file.impersonation?.tokenLifetimeSeconds ?? 3600
            impersonation = (try policy.check(url, .impersonation), .seconds(min(max(seconds, 600), 43_200)))
        }
    }
}

extension GoogleCredentialFile {
    fileprivate func require(_ member: KeyPath<GoogleCredentialFile, String?>, _ name: String) throws -> String {
        guard let value = self[keyPath: member], !value.isEmpty else { throw TesseraError.missing(name, type) }
        return value
    }
}

extension TesseraError {
    fileprivate static func missing(_ name: String, _ type: String) -> TesseraError {
        TesseraError(
            .misconfigured, "Google's credentials of type \(PrintableText.singleLine(type, limit: 40)) lack \(name)",
            remedy: "give the whole file as Google's console or gcloud wrote it")
    }
}
#endif
