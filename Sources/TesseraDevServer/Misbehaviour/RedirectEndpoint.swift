#if CLI
import HTTPTypes
import Hummingbird

/// `/redirect?to=URL&status=302`: a redirect wherever one wants (RFC 9110 section 15.4).
struct RedirectEndpoint: Sendable {
    private static let statuses: Set<Int> = [301, 302, 303, 307, 308]
    private static let maximumTarget = 4096

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        // Visible ASCII only: what else there is in a URL would be header injection.
        guard let target = query["to"], !target.isEmpty, target.utf8.count <= Self.maximumTarget,
            target.utf8.allSatisfy({ UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 })
        else {
            throw Problem(.badRequest, detail: "The query item to is no URL.", outcome: "invalid_query")
        }
        let code = try query.number("status", default: 302, in: 300...399)
        guard Self.statuses.contains(code) else {
            throw Problem(.badRequest, detail: "The status is none of a redirect's.", outcome: "invalid_query")
        }
        context.note.outcome = "redirected"
        return Answer.empty(HTTPResponse.Status(code: code), fields: [.location: target])
    }
}
#endif
