#if Secrets
import Crypto
import CryptoExtras
import TesseraCore
import TesseraTesting

@testable import TesseraSecrets

/// Google as one mock transport: token endpoint, STS, IAM, metadata server and Secret Manager.
struct GoogleScenario {
    let server = MockTransport()

    static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    static let access = "https://secretmanager.googleapis.com/v1/projects/p/secrets/s/versions/latest:access"

    static func answer(
        _ payload: String, checksum: UInt32? = nil, version: String = "7"
    ) -> JSONValue {
        let sum = checksum ?? CRC32C.checksum(payload.utf8)
        return [
            "name": .string("projects/1/secrets/s/versions/\(version)"),
            "payload": [
                "data": .string(String(decoding: Base64.encode(payload.utf8), as: UTF8.self)),
                "dataCrc32c": .string("\(sum)"),
            ],
        ]
    }

    static let token: JSONValue = ["access_token": "ya29.token-1", "expires_in": 3599, "token_type": "Bearer"]

    static func serviceAccount(_ change: [String: JSONValue] = [:]) throws -> JSONValue {
        let members: [String: JSONValue] = [
            "type": "service_account", "client_email": "robot@p.iam.gserviceaccount.com", "private_key_id": "k1",
            "private_key": .string(try key.get().pkcs8PEMRepresentation),
            "token_uri": "https://oauth2.googleapis.com/token",
        ]
        return .object(members.merging(change) { $1 })
    }

    static func externalAccount(_ source: JSONValue, _ change: [String: JSONValue] = [:]) -> JSONValue {
        let members: [String: JSONValue] = [
            "type": "external_account", "audience": "//iam.googleapis.com/pool",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": "https://sts.googleapis.com/v1/token", "credential_source": source,
        ]
        return .object(members.merging(change) { $1 })
    }

    static func secret(_ document: JSONValue) throws -> Secret {
        Secret(bytes: try JSONCoding().encode(document))
    }

    func manager(_ credentials: GoogleCredentials, location: String? = nil) throws -> GoogleSecretManager {
        try GoogleSecretManager(project: "p", location: location, credentials: credentials, transport: server)
    }

    /// What the manager gives for a document of credentials.
    func fetch(
        _ document: JSONValue, _ name: String = "s", trusting trusted: [String] = []
    ) async throws -> SecretValue {
        try await fetch(.json(.value(GoogleScenario.secret(document)), trustedEndpoints: trusted), name)
    }

    func fetch(_ credentials: GoogleCredentials, _ name: String = "s", location: String? = nil) async throws
        -> SecretValue
    {
        let runtime = Runtime.current
        let fetch = SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime)
        return try await manager(credentials, location: location).fetch(SecretReference(name), fetch)
    }
}
#endif
