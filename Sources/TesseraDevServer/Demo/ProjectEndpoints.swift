#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /projects`, and `GET`, `PATCH`, `DELETE` of `/projects/{id}`.
///
/// A `POST` honours `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the first request with a key answers
/// 201, each later one 200 with the same project, one with another body 422.
struct ProjectEndpoints: Sendable {
    private static let maximumName = 200
    private static let maximumKey = 255

    let state: ServerState

    func create(_ request: Request, context: DemoRequestContext) async throws -> Response {
        let name = try await Self.name(in: request)
        let key = request.headers.value(of: "Idempotency-Key")
        guard (key ?? "").utf8.count <= Self.maximumKey else {
            throw Problem(.badRequest, detail: "The Idempotency-Key is too long.", outcome: "invalid_request")
        }
        let client = context.grant?.clientID ?? ""
        switch state.projects.create(name: name, client: client, idempotencyKey: key) {
        case .created(let project):
            context.note.outcome = "created"
            return Answer.json(project, status: .created, fields: [.location: "/projects/\(project.id)"])
        case .replayed(let project):
            context.note.outcome = "replayed"
            return Answer.json(project, fields: [.location: "/projects/\(project.id)"])
        case .conflict:
            throw Problem(
                .unprocessableContent, detail: "The Idempotency-Key was used with another body.",
                outcome: "key_reused")
        case .full:
            throw Problem(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                detail: "The demo holds no more projects.", outcome: "full")
        }
    }

    func read(_ request: Request, context: DemoRequestContext) throws -> Response {
        guard let project = state.projects.project(try Self.id(in: context)) else { throw Self.unknown }
        return Answer.json(project)
    }

    func update(_ request: Request, context: DemoRequestContext) async throws -> Response {
        let id = try Self.id(in: context)
        guard let project = state.projects.rename(id, to: try await Self.name(in: request)) else { throw Self.unknown }
        return Answer.json(project)
    }

    func delete(_ request: Request, context: DemoRequestContext) throws -> Response {
        guard state.projects.delete(try Self.id(in: context)) else { throw Self.unknown }
        return Answer.empty(.noContent)
    }

    private static var unknown: Problem {
        Problem(.notFound, detail: "There is no such project.", outcome: "not_found")
    }

    private static func id(in context: DemoRequestContext) throws(Problem) -> Int {
        guard let text = context.parameters.get("id"), let id = BoundedNumber.parse(text, in: 0...Int.max) else {
            throw unknown
        }
        return id
    }

    private static func name(in request: Request) async throws -> String {
        let body = Array(try await request.body.collect(upTo: BodyLimit.maximum).readableBytesView)
        guard let draft = JSON.decode(Draft.self, from: body) else {
            throw Problem(.badRequest, detail: "The body is no JSON object with a name.", outcome: "invalid_json")
        }
        guard !draft.name.isEmpty, draft.name.utf8.count <= maximumName else {
            throw Problem(.badRequest, detail: "A name has 1 to \(maximumName) bytes.", outcome: "invalid_name")
        }
        return draft.name
    }

    private struct Draft: Decodable {
        var name: String
    }
}
#endif
