import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Answers that are no HTTP: an error in bounded time, no crash, and the connection is not used again.
    static let malformedChecks: [TransportCheck] =
        brokenHeads + brokenLengths + [foldedHeader, bothLengths, endlessHead]

    private static let brokenHeads: [TransportCheck] =
        [
            malformed("noise instead of a status line", "\u{1}\u{2}\u{3} this is not HTTP\r\n\r\n"),
            malformed("a status line of another protocol", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a status of no digits", "HTTP/1.1 two OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a version of the future", "HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a header line without a colon", "HTTP/1.1 200 OK\r\nNoColon\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a header without a name", "HTTP/1.1 200 OK\r\n: value\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a blank in a header's name", "HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"),
            malformed("NUL in a header", "HTTP/1.1 200 OK\r\nX-Nul: a\u{0}b\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a bare CR in a header", "HTTP/1.1 200 OK\r\nX-Cr: a\rb\r\nContent-Length: 2\r\n\r\nok"),
            malformed("101 to a request without an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
            malformed(
                "a header of 1 MB", "HTTP/1.1 200 OK\r\nX-Long: \(String(repeating: "x", count: 1_048_576))\r\n\r\n"),
            malformed(
                "100,000 header fields",
                "HTTP/1.1 200 OK\r\n\(String(repeating: "X-A: 1\r\n", count: 100_000))Content-Length: 2\r\n\r\nok"),
        ]

    private static let brokenLengths: [TransportCheck] =
        [
            malformed("a negative Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok"),
            malformed("a Content-Length in words", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"),
            malformed("a Content-Length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok"),
            malformed(
                "a Content-Length beyond all integers",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nok"),
            malformed(
                "conflicting Content-Lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!"),
            malformed("a list of Content-Lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok!"),
            malformed("a chunk size that is none", chunked("xyz\r\nok\r\n0\r\n\r\n")),
            malformed("a negative chunk size", chunked("-2\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk size beyond all integers", chunked("fffffffffffffffffffff\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk longer than its size", chunked("2\r\nok, and more\r\n0\r\n\r\n")),
        ]

    private static func chunked(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }

    static func malformed(_ what: String, _ answer: String) -> TransportCheck {
        TransportCheck("\(what) is an error", server: malformedFirst(answer)) { transport, server in
            try await requireEnd(and: .seconds(3)) {
                try await requireFailure(
                    [.protocolViolation, .limitExceeded, .disconnected], phase: [.head, .body], progress: .sent
                ) {
                    try await transport.send(server.request())
                }
            }
            try await requireFreshConnection(transport, server)
        }
    }

    /// Keeps the connection open after the bytes: an error that needs the connection's end is none.
    static func malformedFirst(_ answer: String) -> @Sendable (RawConnection) throws -> Void {
        answeringFirst { connection in
            try connection.write(answer)
            _ = try connection.waitForClose(within: .seconds(5))
        }
    }

    static func requireFreshConnection(_ transport: any Transport, _ server: RawServer) async throws {
        try require("the requests", server.log.requests.count, is: 1)
        try require("the next body", try await transport.send(server.request()).text, is: "ok")
        try require("the connection of the next request", server.log.requests.last?.connection, is: 1)
    }

    /// RFC 9112 §5.2 lets a client replace a fold by blanks; a line break must not get into a value.
    private static let foldedHeader = TransportCheck(
        "a folded header is unfolded or an error, never a line break in a value",
        server: malformedFirst("HTTP/1.1 200 OK\r\nX-Fold: a\r\n\tb\r\nContent-Length: 2\r\n\r\nok")
    ) { transport, server in
        do {
            let reply = try await transport.send(server.request(within: .seconds(3)))
            try require(
                reply.head.headerFields.allSatisfy { !$0.value.utf8.contains { $0 == 13 || $0 == 10 } },
                "values without line breaks", saw: "one with")
            try require("the body", reply.text, is: "ok")
        } catch let failure as TransportFailure {
            try require("the kind of failure", failure.kind, is: .protocolViolation)
            try await requireFreshConnection(transport, server)
        }
    }

    /// RFC 9112 §6.1: chunked wins or it is an error, and either way the connection is not to be trusted afterwards.
    private static let bothLengths = TransportCheck(
        "Content-Length beside chunked is an error, or chunked and the connection's end",
        server: malformedFirst(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
    ) { transport, server in
        do {
            let reply = try await transport.send(server.request(within: .seconds(3)))
            try require("the body", reply.text, is: "ok")
        } catch let failure as TransportFailure {
            try require("the kind of failure", failure.kind, is: .protocolViolation)
        }
        try await requireFreshConnection(transport, server)
    }

    /// The referee counts what the transport took before it gave up: that much, and no more, it can have kept.
    private static let endlessHead = TransportCheck(
        "a head that never ends is given up within bounded memory",
        server: answeringFirst { connection in
            try connection.write("HTTP/1.1 200 OK\r\n")
            let lines = [UInt8](
                String(repeating: "X-Endless: \(String(repeating: "x", count: 80))\r\n", count: 512).utf8)
            for _ in 0..<2048 { try connection.write(lines) }
        }
    ) { transport, server in
        try await requireEnd(and: .seconds(4)) {
            try await requireFailure(
                [.limitExceeded, .protocolViolation, .disconnected], phase: [.head], progress: .sent
            ) {
                try await transport.send(server.request())
            }
        }
        let taken = server.log.bytesSent
        try require(taken < 33_554_432, "less than 32 MB taken, the system's buffers included", saw: "\(taken) bytes")
        try await requireFreshConnection(transport, server)
    }
}
