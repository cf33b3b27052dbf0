import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Informational answers (RFC 9110 §15.2), and the one that a request can wait for.
    static let interimChecks: [TransportCheck] = [
        TransportCheck(
            "several informational answers of several kinds are skipped, in a stream too",
            server: answering(
                String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Hint: 1\r\n\r\n", count: 8)
                    + "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 Other\r\n\r\n" + ok("final"))
        ) { transport, server in
            for _ in 1...2 {
                let reply = try await transport.send(server.request())
                try require("the status", reply.head.status.code, is: 200)
                try require("the body", reply.text, is: "final")
                try require("X-Hint", reply.head.headerFields[field("X-Hint", "").name], is: nil)
            }
            let streamed = try await transport.stream(server.request()) { stream in
                try require("the status", stream.head.status.code, is: 200)
                return try await stream.collected()
            }
            try require("the streamed body", streamed, is: Array("final".utf8))
            try require("the connections", server.log.connections, is: 1)
        },
        TransportCheck(
            "an informational answer without a final one is a disconnection",
            server: answeringFirst { connection in
                try connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            }
        ) { transport, server in
            try await requireFailure([.disconnected], phase: [.head], progress: .sent) {
                try await transport.send(server.request())
            }
            try require("the requests", server.log.requests.count, is: 1)
        },
        TransportCheck(
            "a flood of informational answers ends in bounded time and memory",
            server: answeringFirst { connection in
                let hints = [UInt8](
                    String(
                        repeating: "HTTP/1.1 103 Early Hints\r\nX: \(String(repeating: "x", count: 1000))\r\n\r\n",
                        count: 64
                    ).utf8)
                while true { try connection.write(hints) }
            }
        ) { transport, server in
            try await requireEnd(and: .seconds(5)) {
                try await requireFailure(
                    [.limitExceeded, .protocolViolation, .timeout], phase: [.head], progress: .sent
                ) {
                    try await transport.send(server.request(within: .seconds(2)))
                }
            }
            try await requireFreshConnection(transport, server)
        },
        expecting("100 and then 200", answers: "HTTP/1.1 100 Continue\r\n\r\n", body: true) { connection in
            try connection.readRest()
            try connection.write(ok("done"))
        },
        TransportCheck(
            "417 to an expectation is delivered",
            server: { connection in
                while let request = try connection.readHead() {
                    guard request.method == "POST" else { return try connection.write(ok()) }
                    try connection.write(
                        "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
                    _ = try connection.waitForClose(within: .seconds(3))
                }
            }
        ) { transport, server in
            let reply = try await requireEnd(and: .seconds(3)) {
                try await transport.send(
                    server.request(
                        method: .post, fields: [field("Expect", "100-continue")], body: .bytes(Array("body".utf8))))
            }
            try require("the status", reply.head.status.code, is: 417)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a body whose expectation is not answered comes after a while (RFC 9110 §10.1.1)",
            server: { connection in
                while try connection.readRequest() != nil { try connection.write(ok("done")) }
            }
        ) { transport, server in
            let reply = try await requireEnd(and: .seconds(5)) {
                try await transport.send(
                    server.request(
                        method: .post, fields: [field("Expect", "100-continue")], body: .bytes(Array("body".utf8))))
            }
            try require("the body", reply.text, is: "done")
            try require("the request's body", try only(server.log).body, is: Array("body".utf8))
        },
    ]

    private static func expecting(
        _ what: String, answers first: String, body: Bool, then rest: @escaping @Sendable (RawConnection) throws -> Void
    ) -> TransportCheck {
        TransportCheck(
            "\(what) to an expectation: the whole body arrives",
            server: { connection in
                while try connection.readHead() != nil {
                    try connection.write(first)
                    try rest(connection)
                }
            }
        ) { transport, server in
            for _ in 1...2 {
                let reply = try await transport.send(
                    server.request(
                        method: .post, fields: [field("Expect", "100-continue")], body: .bytes(Array("body".utf8))))
                try require("the body", reply.text, is: "done")
            }
            try require("the bodies", server.log.requests.map(\.body), is: [Array("body".utf8), Array("body".utf8)])
        }
    }
}
