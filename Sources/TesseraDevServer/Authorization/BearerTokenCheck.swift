#if CLI
import HTTPTypes
import Hummingbird

/// Lets requests with a valid access token through (RFC 6750), and, where that is allowed, those with `?public=true`.
struct BearerTokenCheck: RouterMiddleware {
    typealias Context = DemoRequestContext

    let state: ServerState
    /// Whether `?public=true` skips the check.
    let allowsPublic: Bool

    func handle(
        _ request: Request,
        context: DemoRequestContext,
        next: @concurrent (Request, DemoRequestContext) async throws -> Response
    ) async throws -> Response {
        if allowsPublic, QueryItems(request.head).flag("public") { return try await next(request, context) }
        var context = context
        context.grant = try grant(for: request.headers, note: context.note)
        return try await next(request, context)
    }

    private func grant(for fields: HTTPFields, note: RequestNote) throws(Problem) -> AccessGrant {
        switch AuthorizationField(fields) {
        case .absent:
            throw BearerChallenge.missing.problem(outcome: "missing_token")
        case .basic, .other:
            throw BearerChallenge.missing.problem(outcome: "wrong_scheme")
        case .malformed:
            throw BearerChallenge.invalidRequest(description: "The Authorization field is malformed.")
                .problem(outcome: "malformed_token")
        case .bearer(let token):
            switch state.tokens.status(of: String(token)) {
            case .valid(let grant):
                note.clientID = grant.clientID
                return grant
            case .expired(let grant):
                note.clientID = grant.clientID
                throw BearerChallenge.invalidToken(description: "The access token expired.")
                    .problem(outcome: "expired_token")
            case .unknown:
                throw BearerChallenge.invalidToken(description: "The access token is unknown.")
                    .problem(outcome: "unknown_token")
            }
        }
    }
}
#endif
