#if Secrets
import TesseraCore

/// A JSON document of credentials, member by member as Google writes them.
struct GoogleCredentialFile: Decodable {
    struct Source: Decodable {
        struct Format: Decodable {
            var type: String?
            var subjectTokenFieldName: String?

            enum CodingKeys: String, CodingKey {
                case type
                case subjectTokenFieldName = "subject_token_field_name"
            }
        }

        var file: String?
        var url: String?
        var headers: [String: String]?
        var format: Format?
        var environmentID: String?
        var executable: Anything?
        var certificate: Anything?

        enum CodingKeys: String, CodingKey {
            case file, url, headers, format, executable, certificate
            case environmentID = "environment_id"
        }
    }

    struct Impersonation: Decodable {
        var tokenLifetimeSeconds: Int64?

        enum CodingKeys: String, CodingKey {
            case tokenLifetimeSeconds = "token_lifetime_seconds"
        }
    }

    /// A member of which only matters that it is there.
    struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    var type: String
    var clientEmail: String?
    var privateKey: String?
    var privateKeyID: String?
    var tokenURI: String?
    var clientID: String?
    var clientSecret: String?
    var refreshToken: String?
    var audience: String?
    var subjectTokenType: String?
    var tokenURL: String?
    var impersonationURL: String?
    var impersonation: Impersonation?
    var source: Source?
    var workforceProject: String?

    enum CodingKeys: String, CodingKey {
        case type, audience
        case clientEmail = "client_email"
        case privateKey = "private_key"
        case privateKeyID = "private_key_id"
        case tokenURI = "token_uri"
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case refreshToken = "refresh_token"
        case subjectTokenType = "subject_token_type"
        case tokenURL = "token_url"
        case impersonationURL = "service_account_impersonation_url"
        case impersonation = "service_account_impersonation"
        case source = "credential_source"
        case workforceProject = "workforce_pool_user_project"
    }

    /// - Throws: With code `misconfigured`, and without a word of the document.
    init(_ secret: Secret) throws(TesseraError) {
        do {
            self = try secret.withExposedBytes { try JSONCoding().decode(GoogleCredentialFile.self, from: Array($0)) }
        } catch {
            throw TesseraError(
                .misconfigured, "Google's credentials are no JSON object with a type",
                remedy: "give the whole file as Google's console or gcloud wrote it")
        }
    }
}
#endif
