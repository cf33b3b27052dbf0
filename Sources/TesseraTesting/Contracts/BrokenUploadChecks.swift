import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Bodies that are not what was announced. The server must not take the part for the whole.
    static let brokenUploadChecks: [TransportCheck] = [
        broken("a writer that throws in the middle of an announced body") {
            OutgoingBody.stream(length: 1000, write: throwing)
        },
        broken("a writer that throws in the middle of a chunked body") {
            OutgoingBody.stream(length: nil, write: throwing)
        },
        broken("a writer that throws at once") {
            OutgoingBody.stream(length: nil) { _ in throw WriterError() }
        },
        broken("a body shorter than announced") {
            OutgoingBody.stream(length: 1000) { writer in try await writer.write("short") }
        },
        broken("a body longer than announced", mayArrive: 4) {
            OutgoingBody.stream(length: 4) { writer in
                try await writer.write("four")
                try await writer.write(" and more")
            }
        },
        broken("a piece longer than announced", mayArrive: 4) {
            OutgoingBody.stream(length: 4) { writer in try await writer.write("four and more") }
        },
    ]

    @Sendable private static func throwing(_ writer: BodyWriter) async throws {
        try await writer.write("half")
        throw WriterError()
    }

    private struct WriterError: Error {}

    /// - Parameter length: How many bytes of the body may make a complete request at the server: those announced are
    ///   sent before the next one shows that there are more.
    private static func broken(
        _ what: String, mayArrive length: Int? = nil, _ body: @escaping @Sendable () -> OutgoingBody
    ) -> TransportCheck {
        TransportCheck(
            "\(what) is a failure of the body, and no request for the server",
            server: { connection in
                while try connection.readRequest() != nil {
                    // Late enough for the transport to notice what its writer does.
                    try connection.pause(.milliseconds(150))
                    try connection.write(ok())
                }
            }
        ) { transport, server in
            let failure = try await requireEnd(and: .seconds(3)) {
                try await requireFailure([.bodyFailed]) {
                    try await transport.send(server.request(method: .post, body: body(), within: .seconds(5)))
                }
            }
            if failure.progress == .nothingSent {
                try require("the bytes at the server after nothingSent", server.log.bytesReceived, is: 0)
            }
            _ = try await transport.send(server.request("/next"))
            let posts = server.log.requests.filter { $0.method == "POST" && $0.isComplete }
            try require(
                posts.allSatisfy { $0.body.count == length }, "no complete POST but of \(length ?? -1) bytes",
                saw: "\(posts.map(\.body.count))")
            try require("the posts", server.log.requests.filter { $0.method == "POST" }.count <= 1, is: true)
            try require(server.log.requests.contains { $0.target == "/next" }, "the next request", saw: "none")
        }
    }
}
