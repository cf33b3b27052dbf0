import HTTPTypes
import TesseraCore

extension TransportContract {
    private static let deadline = Duration.milliseconds(400)
    /// Timers may be a little early by another clock; a busy machine makes anything late.
    private static let earliest = Duration.milliseconds(380)
    private static let latest = Duration.milliseconds(2400)

    /// The deadline ends every wait (invariant 7).
    static let deadlineChecks: [TransportCheck] = [
        late("silence before the head", .head) { connection in
            try connection.pause(.seconds(4))
        },
        late("silence in the body", .body) { connection in
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            try connection.pause(.seconds(4))
        },
        late("a head that drips", .head) { connection in
            try connection.write("HTTP/1.1 200 OK\r\nX-Drip: ")
            try connection.write(String(repeating: "x", count: 400), inPiecesOf: 1, every: .milliseconds(10))
        },
        late("a body that drips", .body) { connection in
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            try connection.write(String(repeating: "x", count: 400), inPiecesOf: 1, every: .milliseconds(10))
        },
        late("a row of informational answers", .head) { connection in
            for _ in 1...200 {
                try connection.write("HTTP/1.1 102 Processing\r\n\r\n")
                try connection.pause(.milliseconds(20))
            }
        },
        TransportCheck(
            "a server that does not read the body is left at the deadline",
            server: { connection in
                _ = try connection.readHead()
                try connection.pause(.seconds(4))
            }
        ) { transport, server in
            let body = OutgoingBody.bytes([UInt8](repeating: 0x78, count: 33_554_432))
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [.write, .head], progress: .sent) {
                    try await transport.send(server.request(method: .post, body: body, within: deadline))
                }
            }
        },
        TransportCheck("a deadline that has passed sends nothing", server: answering(ok())) { transport, server in
            try await requireFailure([.timeout], progress: .nothingSent) {
                try await transport.send(server.request(within: .milliseconds(-10)))
            }
            try require("the requests", server.log.requests.count, is: 0)
        },
        TransportCheck(
            "the head of a streamed answer is bound by the deadline, its body is not",
            server: { connection in
                while let request = try connection.readRequest() {
                    if request.target == "/late" { try connection.pause(.seconds(4)) }
                    try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
                    try connection.pause(.milliseconds(700))
                    try connection.write("lf")
                }
            }
        ) { transport, server in
            let body = try await transport.stream(server.request(within: deadline)) { try await $0.collected() }
            try require("the body", body, is: Array("half".utf8))
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [.head], progress: .sent) {
                    try await transport.stream(server.request("/late", within: deadline)) { try await $0.collected() }
                }
            }
        },
        TransportCheck(
            "the idle limit ends the silence of a streamed body", requires: .phaseTimeouts,
            server: { connection in
                _ = try connection.readRequest()
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                try connection.pause(.seconds(4))
            }
        ) { transport, server in
            var request = server.request()
            request.phases.idle = deadline
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [.body], progress: .sent) {
                    try await transport.stream(request) { try await $0.collected() }
                }
            }
        },
    ]

    private static func late(
        _ what: String, _ phase: TransportFailure.Phase, _ answer: @escaping @Sendable (RawConnection) throws -> Void
    ) -> TransportCheck {
        TransportCheck("\(what) is ended by the deadline", server: answeringFirst(with: answer)) { transport, server in
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [phase], progress: .sent) {
                    try await transport.send(server.request(within: deadline))
                }
            }
            try require("the requests", server.log.requests.count, is: 1)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
            try require("the connection of the next request", server.log.requests.last?.connection, is: 1)
        }
    }
}

extension TransportStream {
    /// The whole body.
    func collected() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await nextChunk() { bytes += chunk }
        return bytes
    }
}
