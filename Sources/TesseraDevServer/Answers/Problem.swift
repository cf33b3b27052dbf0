#if CLI
import HTTPTypes
import Hummingbird

/// A failure an endpoint throws, answered as problem details (RFC 9457).
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    var detail: String
    /// The word for the access log.
    var outcome: String
    var fields: HTTPFields

    init(_ status: HTTPResponse.Status, detail: String, outcome: String, fields: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.outcome = outcome
        self.fields = fields
    }

    /// The `application/problem+json` answer.
    var response: Response {
        // RFC 9457 section 4.2.1: with `about:blank` the title is the status phrase.
        let body = Body(type: "about:blank", title: status.reasonPhrase, status: status.code, detail: detail)
        return Answer.bytes(JSON.encode(body), type: "application/problem+json", status: status, fields: fields)
    }

    private struct Body: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
    }
}
#endif
