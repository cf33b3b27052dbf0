#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /bytes/{n}`: that many bytes, at most 64 MB; the byte at index i is i modulo 256.
struct BytesEndpoint: Sendable {
    private static let maximum = 64 << 20
    private static let piece = 64 << 10

    func respond(to request: Request, context: DemoRequestContext) throws -> Response {
        guard let count = BoundedNumber.parse(context.parameters.get("count") ?? "", in: 0...Self.maximum) else {
            throw Problem(.badRequest, detail: "The number of bytes is no number.", outcome: "invalid_query")
        }
        let piece = ByteBuffer(bytes: (0..<Self.piece).map { UInt8(truncatingIfNeeded: $0) })
        return Response(
            status: .ok,
            headers: [.contentType: "application/octet-stream"],
            body: ResponseBody(contentLength: count) { writer in
                var left = count
                while left >= Self.piece {
                    try await writer.write(piece)
                    left -= Self.piece
                }
                if left > 0, let rest = piece.getSlice(at: piece.readerIndex, length: left) {
                    try await writer.write(rest)
                }
                try await writer.finish(nil)
            })
    }
}
#endif
