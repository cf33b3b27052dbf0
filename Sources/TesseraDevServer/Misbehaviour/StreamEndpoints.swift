#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /stream?chunks=N&interval=ms` (one JSON text a line) and `GET /sse?events=N&interval=ms` (server-sent events).
struct StreamEndpoints: Sendable {
    private static let counts = 0...10_000
    /// Milliseconds.
    private static let intervals = 0...10_000

    func lines(_ request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        return Self.stream(
            count: try query.number("chunks", default: 10, in: Self.counts),
            interval: try query.number("interval", default: 0, in: Self.intervals),
            type: "application/x-ndjson"
        ) { "{\"chunk\":\($0)}\n" }
    }

    func events(_ request: Request, context: DemoRequestContext) throws -> Response {
        let query = QueryItems(request.head)
        return Self.stream(
            count: try query.number("events", default: 10, in: Self.counts),
            interval: try query.number("interval", default: 0, in: Self.intervals),
            type: "text/event-stream"
        ) { "id: \($0)\nevent: tick\ndata: {\"event\":\($0)}\n\n" }
    }

    private static func stream(
        count: Int, interval: Int, type: String, part: @escaping @Sendable (Int) -> String
    ) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                for number in 1..<(count + 1) {
                    if number > 1, interval > 0 {
                        try await Task.sleep(for: .milliseconds(interval), clock: .continuous)
                    }
                    try await writer.write(ByteBuffer(string: part(number)))
                }
                try await writer.finish(nil)
            })
    }
}
#endif
