#if Secrets
import HTTPTypes
import Tessera
import TesseraCore

/// What answers of the Vault API hold.
enum VaultAnswer {
    /// The answer to a login, a renewal or an unwrapping.
    struct Auth: Decodable {
        struct Token: Decodable {
            var clientToken: String
            /// In seconds; 0 for a token that does not expire.
            var leaseDuration: Int64
            var renewable: Bool?

            private enum CodingKeys: String, CodingKey {
                case clientToken = "client_token"
                case leaseDuration = "lease_duration"
                case renewable
            }
        }

        var auth: Token
    }

    struct SecretID: Decodable {
        struct Body: Decodable {
            var secretID: String

            private enum CodingKeys: String, CodingKey { case secretID = "secret_id" }
        }

        var data: Body
    }

    /// The answer of a KV version 2 engine about one version of a secret. The secret itself is not decoded.
    struct Version: Decodable {
        struct Body: Decodable { var metadata: Metadata? }

        struct Metadata: Decodable {
            var version: Int64?
            var destroyed: Bool?
            var deletionTime: String?

            private enum CodingKeys: String, CodingKey {
                case version, destroyed
                case deletionTime = "deletion_time"
            }
        }

        var data: Body?
    }

    private struct Errors: Decodable { var errors: [String] }

    /// An error made of an answer: status, history and the server's own words, redacted, go along.
    static func error(
        _ code: TesseraError.Code, _ message: String, remedy: String, of response: Session.Response
    ) -> TesseraError {
        var details = TesseraError.Details()
        details.status = response.status
        details.history = response.history
        let words = (try? response.json(Errors.self))?.errors.first
        details.problem = words.map { Problem(detail: PrintableText.redactedLine($0, limit: 300)) }
        return TesseraError(code, message, remedy: remedy, details: details)
    }
}
#endif
