#if CLI
import HTTPTypes
import Hummingbird

/// Answers 421 (RFC 9110 section 15.5.20) to requests for any host but the loopback names.
///
/// A page whose name was rebound to 127.0.0.1 reaches this server from the user's browser, but with its own `Host`.
struct HostCheck: RouterMiddleware {
    typealias Context = DemoRequestContext

    func handle(
        _ request: Request,
        context: DemoRequestContext,
        next: @concurrent (Request, DemoRequestContext) async throws -> Response
    ) async throws -> Response {
        guard Self.isAllowed(request.head, port: context.localPort) else {
            throw Problem(
                .misdirectedRequest, detail: "This server answers to its loopback names only.", outcome: "wrong_host")
        }
        return try await next(request, context)
    }

    private static func isAllowed(_ head: HTTPRequest, port: Int?) -> Bool {
        guard let port, let authority = head.authority else { return false }
        // HTTPTypes takes the first `Host`; a second one stays among the fields.
        if let host = HTTPField.Name("Host"), head.headerFields[host] != nil { return false }
        // An absolute-form target arrives here as its path alone (the codec drops the rest), so `Host` decides for it
        // too; `*` and an authority-form target are nothing this server has.
        guard head.path?.utf8.first == UInt8(ascii: "/") else { return false }
        return authority == "127.0.0.1:\(port)" || authority == "localhost:\(port)" || authority == "[::1]:\(port)"
    }
}
#endif
