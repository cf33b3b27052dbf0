#if Secrets
import Crypto
import HTTPTypes
import TesseraCore

/// A role for the login that `aws sso login` left in `~/.aws/sso/cache`.
///
/// The login itself is not renewed here: its owner logs in.
struct AWSSingleSignOnCredentials: AWSCredentialSource {
    let name = "single sign-on"
    private let selection: AWSProfileSelection

    init(_ selection: AWSProfileSelection) {
        self.selection = selection
    }

    func find(_ search: AWSCredentialSearch) async throws -> AWSCredentialFinding {
        let profile = selection.chosen.name
        let profiles = try selection.load()
        guard var values = profiles[profile], values["sso_role_name"] != nil || values["sso_account_id"] != nil else {
            return .nothing("no sso_role_name in profile \(profile)")
        }
        let session = values["sso_session"]
        if let session {
            guard let shared = profiles.sessions[session] else {
                throw TesseraError(
                    .misconfigured, "the sso-session \(session) of profile \(profile) is not in the config file")
            }
            values.merge(shared) { _, new in new }
        }
        guard let role = values["sso_role_name"], let account = values["sso_account_id"],
            let start = values["sso_start_url"], let region = values["sso_region"]
        else {
            throw TesseraError(
                .misconfigured,
                "the profile \(profile) lacks one of sso_role_name, sso_account_id, sso_start_url, sso_region",
                remedy: "run aws configure sso --profile \(profile)")
        }
        let login = "run aws sso login --profile \(profile)"
        let token = try cachedToken(of: session ?? start, login, search.runtime.wallTime())
        let url = try AWSEndpoint.url(.singleSignOn, region: try AWSEndpoint.checked(region), selection)
        let answer = try await SecretEndpoint.session(url, search.transport, search.fetch).get(
            "/federation/credentials", query: ["role_name": role, "account_id": account],
            auth: .use(.apiKey(token, header: .ssoBearerToken)), expecting: .any)
        guard answer.status.code == 200 else {
            let isRefused = (400..<500).contains(answer.status.code) && answer.status.code != 429
            throw TesseraError(
                isRefused ? .secretUnavailable : .httpStatus,
                "single sign-on gave no credentials for the role \(role): status \(answer.status.code)", remedy: login)
        }
        return .found(try JSONCoding().decode(RoleAnswer.self, from: answer.body).roleCredentials.credentials())
    }

    /// The file is named by a hash of the session's name, or of the start URL where there is no session.
    private func cachedToken(of key: String, _ login: String, _ now: Timestamp) throws -> Secret {
        let digest = Insecure.SHA1.hash(data: Array(key.utf8)).map { $0 }
        let name = String(decoding: Hexadecimal.encode(digest, digits: "0123456789abcdef"), as: UTF8.self)
        guard let path = selection.environment.file("sso/cache/\(name).json"), SecretFile.identity(of: path) != nil,
            let token = try? JSONCoding().decode(
                CachedToken.self, from: SecretFile.read(path, limit: Secret.longest).bytes)
        else {
            throw TesseraError(.secretUnavailable, "nobody has logged in to \(key)", remedy: login)
        }
        guard let expiry = AWSTime.parse(token.expiresAt), expiry > now else {
            throw TesseraError(.secretUnavailable, "the login to \(key) has expired", remedy: login)
        }
        return Secret(token.accessToken)
    }

    private struct CachedToken: Decodable {
        var accessToken: String
        var expiresAt: String
    }

    private struct RoleAnswer: Decodable {
        struct Credentials: Decodable {
            var accessKeyId: String
            var secretAccessKey: String
            var sessionToken: String
            /// In milliseconds since 1970.
            var expiration: Int64

            func credentials() throws -> AWSCredentials {
                try AWSCredentials(
                    accessKeyID: accessKeyId, secretAccessKey: Secret(secretAccessKey),
                    sessionToken: Secret(sessionToken), expiry: Timestamp(secondsSinceEpoch: expiration / 1000))
            }
        }

        var roleCredentials: Credentials
    }
}
#endif
