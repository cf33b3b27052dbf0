#if CLI
import HTTPTypes
import Hummingbird

/// `/rate-limit?key=K&limit=N&window=S`: 429 (RFC 6585 section 4) after N requests in S seconds.
struct RateLimitEndpoint: Sendable {
    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        let limit = try query.number("limit", default: 5, in: 0...1_000_000)
        let window = try query.number("window", default: 10, in: 1...3600)
        let usage = state.windows.use(query.key(for: "rate-limit"), limit: limit, window: window)

        var fields = HTTPFields()
        // draft-ietf-httpapi-ratelimit-headers, and the older names that most APIs have.
        fields.set("RateLimit-Policy", to: "\"demo\";q=\(limit);w=\(window)")
        fields.set("RateLimit", to: "\"demo\";r=\(usage.remaining);t=\(usage.reset)")
        fields.set("X-RateLimit-Limit", to: String(limit))
        fields.set("X-RateLimit-Remaining", to: String(usage.remaining))
        fields.set("X-RateLimit-Reset", to: String(WallClock.secondsSince1970 + usage.reset))
        guard usage.isAllowed else {
            fields.set("Retry-After", to: String(usage.reset))
            throw Problem(
                .tooManyRequests, detail: "The limit is \(limit) requests in \(window) seconds.",
                outcome: "rate_limited", fields: fields)
        }
        return Answer.json(["remaining": usage.remaining, "reset": usage.reset], fields: fields)
    }
}
#endif
