#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the request's body, at most 1 MB of it, before any endpoint sees the request; 413 beyond.
struct BodyLimit: RouterMiddleware {
    typealias Context = DemoRequestContext

    /// Bytes.
    static let maximum = 1 << 20

    func handle(
        _ request: Request,
        context: DemoRequestContext,
        next: @concurrent (Request, DemoRequestContext) async throws -> Response
    ) async throws -> Response {
        if let length = request.headers[.contentLength] {
            guard let length = BoundedNumber.parse(length, in: 0...Int.max), length <= Self.maximum else {
                throw Self.tooLarge
            }
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.maximum)
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge
        }
        if MediaType.isForm(request.headers[.contentType]), let form = try? FormBody(Array(body.readableBytesView)) {
            context.note.bodyCarriesCredential = CredentialPresence.isSeen(in: form)
        }
        return try await next(request, context)
    }

    private static var tooLarge: Problem {
        Problem(.contentTooLarge, detail: "A request body may have \(maximum) bytes.", outcome: "too_large")
    }
}

/// The media type of a `Content-Type` field (RFC 9110 section 8.3.1).
enum MediaType {
    static func isForm(_ contentType: String?) -> Bool {
        let type = (contentType ?? "").prefix { $0 != ";" && $0 != " " }
        return type.lowercased() == "application/x-www-form-urlencoded"
    }
}
#endif
