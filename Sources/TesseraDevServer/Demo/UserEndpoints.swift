#if CLI
import HTTPTypes
import Hummingbird

/// `GET /users/{id}` and `GET /users/me`.
struct UserEndpoints: Sendable {
    let state: ServerState

    func user(_ request: Request, context: DemoRequestContext) throws -> Response {
        let users = state.configuration.boundedUsers
        guard
            let text = context.parameters.get("id"),
            let id = BoundedNumber.parse(text, in: 0...Int.max),
            id >= 1, id <= users
        else {
            throw Problem(.notFound, detail: "There is no such user.", outcome: "not_found")
        }
        return Answer.json(DemoUser(id: id))
    }

    /// The client behind the token, as a user.
    func me(_ request: Request, context: DemoRequestContext) throws -> Response {
        guard let grant = context.grant else {
            throw BearerChallenge.missing.problem(outcome: "missing_token")
        }
        let user = DemoUser(id: 1)
        return Answer.json(
            Me(
                id: user.id, name: user.name, email: user.email, clientID: grant.clientID,
                scope: grant.scope.joined(separator: " ")))
    }

    private struct Me: Encodable {
        var id: Int
        var name: String
        var email: String
        var clientID: String
        var scope: String

        enum CodingKeys: String, CodingKey {
            case id, name, email, scope
            case clientID = "client_id"
        }
    }
}
#endif
