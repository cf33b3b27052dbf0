import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Where one message ends and the next begins (RFC 9112 §6 and §11.2): what two readers could read in two ways is
    /// refused, and what RFC 9112 lets a client repair is repaired in that one way only.
    static let framingChecks: [TransportCheck] =
        refusedHeads + refusedFraming + repairedAnswers + [
            reasonPhrase, unframedCoding, oldVersion, longExtensions, endlessTrailers,
        ]

    private static let refusedHeads: [TransportCheck] =
        [
            malformed("a blank before the status line", " HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a tab in the status line", "HTTP/1.1\t200 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("two blanks before the status", "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a blank in the status", "HTTP/1.1 2 00 OK\r\nContent-Length: 2\r\n\r\nok"),
            malformed(
                "a control byte in a header's name", "HTTP/1.1 200 OK\r\nX\u{1}Y: 1\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a header's name beyond ASCII", "HTTP/1.1 200 OK\r\nX\u{fc}: 1\r\nContent-Length: 2\r\n\r\nok"),
            malformed("a fold after the status line", "HTTP/1.1 200 OK\r\n X: 1\r\nContent-Length: 2\r\n\r\nok"),
            malformed("NUL in a header's name", "HTTP/1.1 200 OK\r\nX\u{0}Y: 1\r\nContent-Length: 2\r\n\r\nok"),
            malformed(
                "a bare CR that hides a header",
                "HTTP/1.1 200 OK\r\nX: a\rContent-Length: 9\r\nContent-Length: 2\r\n\r\nok"),
        ]

    private static let refusedFraming: [TransportCheck] =
        [
            malformed("a hexadecimal Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok"),
            malformed("two numbers in a Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 2 2\r\n\r\nok"),
            malformed("a chunk size with a sign", chunks("+2\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk size with a prefix", chunks("0x2\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk size of no digits", chunks("\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk size with NUL", chunks("2\u{0}\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk size of 2^64 + 2", chunks("10000000000000002\r\nok\r\n0\r\n\r\n")),
            malformed("a chunk without its line end", chunks("2\r\nok0\r\n\r\n")),
        ]

    /// Answers that RFC 9112 lets a client repair or refuse; both have the same body, and neither leaves bytes behind
    /// for the next answer.
    private static let repairedAnswers: [TransportCheck] =
        [
            repaired(
                "the same Content-Length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
            repaired("a list of equal Content-Lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
            repaired("line ends of bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
            repaired("one header line with a bare LF", "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\r\nok"),
            repaired("an empty line before the status line", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            repaired("a blank after a chunk size", chunks("2 \r\nok\r\n0\r\n\r\n")),
            repaired("a chunk size ended by bare LF", chunks("2\nok\r\n0\r\n\r\n")),
            repaired("an extension with a bare LF", chunks("2;a\nb\r\nok\r\n0\r\n\r\n")),
        ]

    private static func repaired(_ what: String, _ answer: String) -> TransportCheck {
        TransportCheck("\(what) is repaired in the one right way, or an error", server: answering(answer)) {
            transport, server in
            for _ in 1...2 {
                do {
                    let reply = try await transport.send(server.request(within: .seconds(3)))
                    try require("the body", reply.text, is: "ok")
                } catch let failure as TransportFailure {
                    try require("the kind of failure", failure.kind, is: .protocolViolation)
                }
            }
        }
    }

    /// RFC 9112 §4: a client should not look at it, so that it need not be refused.
    private static let reasonPhrase = TransportCheck(
        "NUL in the reason phrase is an error, or does not come through",
        server: answering("HTTP/1.1 200 O\u{0}K\r\nContent-Length: 2\r\n\r\nok")
    ) { transport, server in
        do {
            let reply = try await transport.send(server.request(within: .seconds(3)))
            try require("the body", reply.text, is: "ok")
            try require("NUL in the phrase", reply.head.status.reasonPhrase.utf8.contains(0), is: false)
        } catch let failure as TransportFailure {
            try require("the kind of failure", failure.kind, is: .protocolViolation)
        }
    }

    /// RFC 9112 §6.3: without chunked as the last coding the body of an answer ends with its connection.
    private static let unframedCoding = TransportCheck(
        "a Transfer-Encoding that does not end in chunked is an error, or the rest of the connection",
        server: { connection in
            guard try connection.readRequest() != nil else { return }
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        }
    ) { transport, server in
        do {
            let reply = try await transport.send(server.request(within: .seconds(3)))
            try require("the body", reply.text, is: "2\r\nok\r\n0\r\n\r\n")
        } catch let failure as TransportFailure {
            try require([.protocolViolation, .unsupported].contains(failure.kind), "an error", saw: "\(failure.kind)")
        }
    }

    private static let oldVersion = TransportCheck(
        "a connection of HTTP/1.0 is not used again, unless the server asks for it",
        server: answering("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
    ) { transport, server in
        for _ in 1...2 { try require("the body", try await transport.send(server.request()).text, is: "ok") }
        try require("the connections", server.log.connections, is: 2)
    }

    /// As in CVE-2023-39326: bytes that nobody counts because they are in no body.
    private static let longExtensions = TransportCheck(
        "a body of one byte per chunk with long extensions ends in bounded time",
        server: answeringFirst { connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = [UInt8]("1;\(String(repeating: "x", count: 16_000))\r\nx\r\n".utf8)
            while true { try connection.write(piece) }
        }
    ) { transport, server in
        try await requireEnd(and: .seconds(4)) {
            try await requireFailure([.limitExceeded, .protocolViolation, .timeout], phase: [.body], progress: .sent) {
                try await transport.send(
                    server.request(within: .seconds(1), limits: ResponseLimits(bodyBytes: 1_000_000_000)))
            }
        }
        try await requireFreshConnection(transport, server)
    }

    private static let endlessTrailers = TransportCheck(
        "trailers that never end are given up within bounded memory",
        server: answeringFirst { connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")
            let lines = [UInt8](String(repeating: "X-End: \(String(repeating: "x", count: 80))\r\n", count: 512).utf8)
            for _ in 0..<2048 { try connection.write(lines) }
        }
    ) { transport, server in
        try await requireEnd(and: .seconds(4)) {
            try await requireFailure([.limitExceeded, .protocolViolation, .disconnected], progress: .sent) {
                try await transport.send(server.request())
            }
        }
        let taken = server.log.bytesSent
        try require(taken < 33_554_432, "less than 32 MB taken, the system's buffers included", saw: "\(taken) bytes")
        try await requireFreshConnection(transport, server)
    }

    private static func chunks(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }
}
