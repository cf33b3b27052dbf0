#if CLI
import Hummingbird

/// `/delay/{milliseconds}`: answers after that time, at most a minute.
struct DelayEndpoint: Sendable {
    func respond(to request: Request, context: DemoRequestContext) async throws -> Response {
        guard let delay = BoundedNumber.parse(context.parameters.get("milliseconds") ?? "", in: 0...60_000) else {
            throw Problem(.badRequest, detail: "The delay is no number.", outcome: "invalid_query")
        }
        try await Task.sleep(for: .milliseconds(delay), clock: .continuous)
        return Answer.json(["delayed_ms": delay])
    }
}
#endif
