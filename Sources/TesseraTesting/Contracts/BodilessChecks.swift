import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Answers that have no body whatever their fields say (RFC 9112 §6.3), and bytes that follow them all the same.
    static let bodilessChecks: [TransportCheck] = [
        silent(.get, "HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n", status: 204, with: "a Content-Length"),
        silent(.head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", status: 200, with: "chunked"),
        silent(
            .get, "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", status: 304, with: "chunked"),
        silent(.head, "HTTP/1.1 404 Not Found\r\n\r\n", status: 404, with: "no length"),
        stray(.head, "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n", "the body of an answer to HEAD"),
        stray(.get, "HTTP/1.1 204 No Content\r\n\r\n", "the body of a 204"),
        stray(.get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 44\r\n\r\n", "the body of a 304"),
        stray(.get, ok(""), "an answer behind an empty one"),
        TransportCheck(
            "the end of the server's half of a connection ends a body without framing at once",
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                try connection.write("HTTP/1.1 200 OK\r\n\r\nuntil the end")
                connection.closeWriting()
                guard try connection.waitForClose(within: .seconds(4)) else {
                    throw RawServerFailure("the client kept a connection whose other half was over")
                }
            }
        ) { transport, server in
            try await requireEnd(and: .seconds(3)) {
                try require("the body", try await transport.send(server.request()).text, is: "until the end")
            }
            _ = await server.wait(atMost: .seconds(3)) { $0.closedByClient.contains(0) }
        },
        TransportCheck(
            "a connection whose server said its last word is not used again",
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                try connection.write(ok())
                connection.closeWriting()
                guard try connection.readRequest() == nil else {
                    throw RawServerFailure("a request came on a connection that the server had ended")
                }
            }
        ) { transport, server in
            for _ in 1...3 {
                try require("the body", try await transport.send(server.request()).text, is: "ok")
                let open = server.log.connections - 1
                _ = await server.wait(atMost: .seconds(1)) { $0.closedByClient.contains(open) }
            }
        },
        TransportCheck(
            "trailers are no header fields", server: answering(trailing)
        ) { transport, server in
            for _ in 1...2 {
                let reply = try await transport.send(server.request())
                try require("the body", reply.text, is: "ok")
                for name in ["Set-Cookie", "X-Trailer"] {
                    try require(name, reply.head.headerFields[field(name, "").name], is: nil)
                }
            }
            try require("the connections", server.log.connections, is: 1)
        },
        TransportCheck(
            "a length in the trailers changes nothing, or is an error",
            server: answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 1\r\n\r\n")
        ) { transport, server in
            for _ in 1...2 {
                do {
                    let reply = try await transport.send(server.request(within: .seconds(3)))
                    try require("the body", reply.text, is: "ok")
                } catch let failure as TransportFailure {
                    try require("the kind of failure", failure.kind, is: .protocolViolation)
                }
            }
        },
    ]

    private static let trailing =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n2\r\nok\r\n0\r\n"
        + "Set-Cookie: a=b\r\nX-Trailer: 1\r\n\r\n"

    private static func silent(
        _ method: HTTPRequest.Method, _ answer: String, status: Int, with what: String
    ) -> TransportCheck {
        TransportCheck("\(method.rawValue) answered by \(status) with \(what) has no body", server: answering(answer)) {
            transport, server in
            for _ in 1...2 {
                let reply = try await requireEnd(and: .seconds(2)) {
                    try await transport.send(server.request(method: method, within: .seconds(3)))
                }
                try require("the status", reply.head.status.code, is: status)
                try require("the body", reply.body, is: [])
            }
        }
    }

    /// The stray bytes are a whole answer, so that a transport which kept them would deliver them.
    private static func stray(_ method: HTTPRequest.Method, _ answer: String, _ what: String) -> TransportCheck {
        TransportCheck(
            "\(what) is not the next request's answer",
            server: answeringFirst { connection in
                try connection.write(answer + ok("poisoned"))
                _ = try connection.waitForClose(within: .seconds(2))
            }
        ) { transport, server in
            do {
                let reply = try await transport.send(server.request(method: method))
                try require("the body", reply.body, is: [])
            } catch let failure as TransportFailure {
                try require("the kind of failure", failure.kind, is: .protocolViolation)
            }
            _ = await server.wait(atMost: .milliseconds(300)) { $0.closedByClient.contains(0) }
            do {
                try require("the next body", try await transport.send(server.request("/next")).text, is: "ok")
            } catch let failure as TransportFailure {
                try require("the kind of failure", failure.kind, is: .disconnected)
            }
        }
    }
}
