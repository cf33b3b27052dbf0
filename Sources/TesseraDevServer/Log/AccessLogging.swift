#if CLI
import HTTPTypes
import Hummingbird

/// The outermost step of every request: turns failures into answers and writes the access log.
struct AccessLogging: RouterMiddleware {
    typealias Context = DemoRequestContext

    let origin: OriginLabel
    let state: ServerState

    func handle(
        _ request: Request,
        context: DemoRequestContext,
        next: @concurrent (Request, DemoRequestContext) async throws -> Response
    ) async throws -> Response {
        let response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Self.problem(for: error)
            context.note.outcome = problem.outcome
            response = problem.response
        }
        state.log.append(entry(for: request, answered: response.status, note: context.note))
        return response
    }

    private static func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem:
            problem
        case is CancellationError:
            Problem(.serviceUnavailable, detail: "The server is stopping.", outcome: "stopped")
        case let error as any HTTPResponseError where error.status == .notFound:
            Problem(.notFound, detail: "There is no such resource, or not with this method.", outcome: "not_found")
        case let error as any HTTPResponseError:
            Problem(error.status, detail: "The request was refused.", outcome: "refused")
        default:
            Problem(.internalServerError, detail: "The server failed.", outcome: "failed")
        }
    }

    private func entry(for request: Request, answered status: HTTPResponse.Status, note: RequestNote) -> AccessLogEntry
    {
        let head = request.head
        return AccessLogEntry(
            time: WallClock.timestamp,
            origin: origin.rawValue,
            method: LoggedMethod.render(head.method),
            path: LoggedPath.render(head.path ?? "", hiding: state.configuration.clients.values),
            status: status.code,
            authorization: AuthorizationField.label(head.headerFields),
            carriesCredential: note.bodyCarriesCredential || CredentialPresence.isSeen(in: head),
            clientID: note.clientID,
            grantType: note.grantType,
            outcome: note.outcome ?? (status.code < 400 ? "ok" : "refused")
        )
    }
}
#endif
