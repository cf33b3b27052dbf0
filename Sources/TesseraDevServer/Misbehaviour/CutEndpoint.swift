#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /cut?times=N&key=K`: declares the length of the whole body, sends half and drops the connection, the first N
/// times for the key, then sends all; without `times` it always cuts.
struct CutEndpoint: Sendable {
    /// Thrown while a body is written, which makes the server drop the connection.
    private struct Cut: Error {}

    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        let body = JSON.encode(DemoUser.list(offset: 0, limit: 20, of: 20))
        if let times = try query.times(), !state.failures.fails(query.key(for: "cut"), times: times) {
            return Answer.bytes(body, type: "application/json")
        }
        context.note.outcome = "cut"
        let half = ByteBuffer(bytes: body.prefix(body.count / 2))
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: body.count) { writer in
                try await writer.write(half)
                throw Cut()
            })
    }
}
#endif
