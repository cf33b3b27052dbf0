#if Secrets
import HTTPTypes
import TesseraCore

/// The code of an error as AWS's services write it.
struct AWSErrorCode: Sendable, Hashable, CustomStringConvertible {
    /// What is to be done about an error.
    enum Kind: Sendable, Hashable {
        /// What was asked for is not there, or may not be had.
        case unavailable
        /// The key that signed is refused: another one may do.
        case credentials
        /// Another attempt may do, later.
        case throttling
        /// Anything else.
        case other
    }

    /// Letters, digits and dots only, at most 64: text of a peer that goes into messages.
    let description: String

    init?(_ raw: some StringProtocol) {
        // `com.amazonaws.secretsmanager#Code` and `Code:http://…`
        let name = raw.split(separator: "#").last?.split(separator: ":").first ?? ""
        guard (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: ".") })
        else { return nil }
        description = String(name)
    }

    /// Of an answer: in a field or a member of the JSON protocols, in an element of the others. Services answer in XML
    /// too where a request was refused before its protocol was looked at.
    init?(of answer: Session.Response) {
        let field = HTTPField.Name("x-amzn-ErrorType").flatMap { answer.headerFields[$0] }
        let member = { try? JSONCoding().decode(Document.self, from: answer.body) }
        guard let raw = field ?? member()?.type ?? AWSQueryAnswer(answer.body).text(of: "Code") else { return nil }
        self.init(raw)
    }

    var kind: Kind {
        switch description {
        case "ResourceNotFoundException", "AccessDeniedException", "AccessDenied", "DecryptionFailure",
            "InvalidRequestException", "InvalidParameterException", "ForbiddenException":
            .unavailable
        case "UnrecognizedClientException", "ExpiredTokenException", "ExpiredToken", "InvalidClientTokenId",
            "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure", "UnauthorizedException",
            "InvalidIdentityToken":
            .credentials
        case _ where RetryPolicy.aws.classifier.codes.contains(description): .throttling
        default: .other
        }
    }

    private struct Document: Decodable {
        var type: String?

        private enum CodingKeys: String, CodingKey {
            case type = "__type"
        }
    }
}
#endif
