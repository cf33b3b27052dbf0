#if CLI
import HTTPTypes
import Hummingbird

/// `/status/{code}?times=N&key=K&retry-after=S`: answers with the code, the first N times for the key, then with 200;
/// without `times` always. Codes from 200 to 599.
struct StatusEndpoint: Sendable {
    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        guard let code = BoundedNumber.parse(context.parameters.get("code") ?? "", in: 200...599) else {
            throw Problem(.badRequest, detail: "The status code is no number.", outcome: "invalid_query")
        }
        if let times = try query.times(), !state.failures.fails(query.key(for: "status \(code)"), times: times) {
            return Answer.json(["status": 200])
        }
        var fields = HTTPFields()
        if query["retry-after"] != nil {
            // RFC 9110 section 10.2.3, as a number of seconds.
            fields.set("Retry-After", to: String(try query.number("retry-after", default: 0, in: 0...86_400)))
        }
        if code == 401 {
            // RFC 9110 section 15.5.2: a 401 has a challenge.
            fields[.wwwAuthenticate] = BearerChallenge.invalidToken(description: "Refused on request.").fieldValue
        }
        let status = HTTPResponse.Status(code: code)
        context.note.outcome = code < 400 ? "ok" : "failed_on_request"
        guard code != 204, code != 205, code != 304 else { return Answer.empty(status, fields: fields) }
        guard code >= 400 else { return Answer.json(["status": code], status: status, fields: fields) }
        return Problem(status, detail: "Answered on request.", outcome: "failed_on_request", fields: fields).response
    }
}
#endif
