#if CLI
import HTTPTypes
import Hummingbird

/// Which endpoint answers what; both origins have the same routes.
enum Routes {
    static func router(origin: OriginLabel, state: ServerState) -> Router<DemoRequestContext> {
        let router = Router(context: DemoRequestContext.self, options: [.autoGenerateHeadEndpoints])
        // Middleware first: it applies to what is added after it.
        router.add(middleware: AccessLogging(origin: origin, state: state))
        router.add(middleware: HostCheck())
        router.add(middleware: BodyLimit())

        router.get("/health") { _, _ in Answer.empty(.noContent) }
        addAuthorization(to: router, state: state)
        addDemo(to: router.group().add(middleware: BearerTokenCheck(state: state, allowsPublic: false)), state: state)
        addMisbehaviour(
            to: router.group().add(middleware: BearerTokenCheck(state: state, allowsPublic: true)), state: state)
        return router
    }

    private static func addAuthorization(to router: Router<DemoRequestContext>, state: ServerState) {
        let token = TokenEndpoint(state: state)
        router.post("/token") { try await token.respond(to: $0, context: $1) }
        let metadata = MetadataEndpoint(state: state)
        router.get("/.well-known/oauth-authorization-server") { try metadata.respond(to: $0, context: $1) }
    }

    private static func addDemo(to group: RouterGroup<DemoRequestContext>, state: ServerState) {
        let pages = UserPages(state: state)
        group.get("/users") { try pages.respond(to: $0, context: $1) }
        let users = UserEndpoints(state: state)
        group.get("/users/me") { try users.me($0, context: $1) }
        group.get("/users/:id") { try users.user($0, context: $1) }

        let projects = ProjectEndpoints(state: state)
        group.post("/projects") { try await projects.create($0, context: $1) }
        group.get("/projects/:id") { try projects.read($0, context: $1) }
        group.patch("/projects/:id") { try await projects.update($0, context: $1) }
        group.delete("/projects/:id") { try projects.delete($0, context: $1) }

        group.get("/data") { _, _ in Answer.json(["message": "Hello from the demo API."]) }
    }

    private static func addMisbehaviour(to group: RouterGroup<DemoRequestContext>, state: ServerState) {
        let status = StatusEndpoint(state: state)
        let delay = DelayEndpoint()
        let redirect = RedirectEndpoint()
        let rateLimit = RateLimitEndpoint(state: state)
        let echo = EchoEndpoint()
        // With every method, because what a client may do again depends on it (RFC 9110 section 9.2.2).
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            group.on("/status/:code", method: method) { try status.respond(to: $0, context: $1) }
            group.on("/delay/:milliseconds", method: method) { try await delay.respond(to: $0, context: $1) }
            group.on("/redirect", method: method) { try redirect.respond(to: $0, context: $1) }
            group.on("/rate-limit", method: method) { try rateLimit.respond(to: $0, context: $1) }
            group.on("/echo", method: method) { try await echo.respond(to: $0, context: $1) }
        }
        let cut = CutEndpoint(state: state)
        group.get("/cut") { try cut.respond(to: $0, context: $1) }
        let streams = StreamEndpoints()
        group.get("/stream") { try streams.lines($0, context: $1) }
        group.get("/sse") { try streams.events($0, context: $1) }
        let bytes = BytesEndpoint()
        group.get("/bytes/:count") { try bytes.respond(to: $0, context: $1) }
    }
}
#endif
