#if Secrets
import TesseraCore

/// The JSON document in which containers, instances and credential processes give credentials.
struct AWSCredentialDocument: Decodable {
    private var accessKeyID: String?
    private var secretAccessKey: String?
    private var token: String?
    private var sessionToken: String?
    private var expiration: String?
    /// Of the metadata of instances: `Success`, or what is wrong.
    private var code: String?
    /// Of credential processes: 1.
    private(set) var version: Int?

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
        case code = "Code"
        case version = "Version"
    }

    /// - Throws: With code `secretUnavailable`, without a word of the document.
    init(_ bytes: [UInt8], of place: String) throws {
        do {
            self = try JSONCoding().decode(AWSCredentialDocument.self, from: bytes)
        } catch {
            throw TesseraError(
                .secretUnavailable, "\(place) gave no JSON document of credentials", underlying: error)
        }
    }

    /// - Throws: With code `secretUnavailable` when a part is missing, `malformedCredential` when one is none.
    func credentials(of place: String) throws -> AWSCredentials {
        guard code ?? "Success" == "Success", let accessKeyID, let secretAccessKey else {
            throw TesseraError(.secretUnavailable, "\(place) gave a document without credentials")
        }
        let expiry = expiration.map { AWSTime.parse($0) }
        guard expiry != .some(nil) else {
            throw TesseraError(.secretUnavailable, "\(place) gave credentials whose expiry is no time")
        }
        return try AWSCredentials(
            accessKeyID: accessKeyID, secretAccessKey: Secret(secretAccessKey),
            sessionToken: (sessionToken ?? token).map { Secret($0) }, expiry: expiry ?? nil)
    }
}
#endif
