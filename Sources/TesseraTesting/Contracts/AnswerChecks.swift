import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Answers as RFC 9112 has them.
    static let answerChecks: [TransportCheck] = [
        TransportCheck(
            "a body with a Content-Length is collected",
            server: answering("HTTP/1.1 201 Made\r\nX-A: 1\r\nx-b: 2\r\nX-A: 3\r\nContent-Length: 5\r\n\r\nhello")
        ) { transport, server in
            let reply = try await transport.send(server.request())
            try require("the status", reply.head.status.code, is: 201)
            try require("the body", reply.text, is: "hello")
            let given = reply.head.headerFields.filter { $0.name.canonicalName.hasPrefix("x-") }
            try require(
                "the fields in order", given.map { "\($0.name.canonicalName)=\($0.value)" },
                is: [
                    "x-a=1", "x-b=2", "x-a=3",
                ])
        },
        TransportCheck(
            "a chunked body is collected, extensions and trailers aside",
            server: answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;x=y\r\nhello\r\n0001\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n")
        ) { transport, server in
            for _ in 1...2 {
                try require("the body", try await transport.send(server.request()).text, is: "hello world")
            }
        },
        TransportCheck(
            "a body that ends with the connection is collected",
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                try connection.write("HTTP/1.1 200 OK\r\n\r\nuntil ")
                try connection.write("the end")
            }
        ) { transport, server in
            try require("the body", try await transport.send(server.request()).text, is: "until the end")
        },
        withoutBody(.head, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", status: 200),
        withoutBody(.get, "HTTP/1.1 204 No Content\r\n\r\n", status: 204),
        withoutBody(.get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n", status: 304),
        TransportCheck("an empty body is empty", server: answering(ok(""))) { transport, server in
            try require("the body", try await transport.send(server.request()).text, is: "")
        },
        TransportCheck(
            "a status without a name and a reason are delivered",
            server: answering("HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n")
        ) { transport, server in
            try require("the status", try await transport.send(server.request()).head.status.code, is: 299)
        },
        TransportCheck(
            "informational answers are skipped",
            server: answering(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok("final"))
        ) { transport, server in
            let reply = try await transport.send(server.request())
            try require("the status", reply.head.status.code, is: 200)
            try require("the body", reply.text, is: "final")
            try require("Link", reply.head.headerFields[field("Link", "").name], is: nil)
        },
        TransportCheck(
            "a redirect is delivered, not followed",
            server: { connection in
                while let request = try connection.readRequest() {
                    let isFirst = request.target == "/from"
                    try connection.write(
                        isFirst ? "HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n" : ok("followed"))
                }
            }
        ) { transport, server in
            let reply = try await transport.send(server.request("/from"))
            try require("the status", reply.head.status.code, is: 302)
            try require("the requests", server.log.requests.map(\.target), is: ["/from"])
        },
        TransportCheck(
            "an error of the server is an answer",
            server: answering("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 4\r\n\r\nbusy")
        ) { transport, server in
            let reply = try await transport.send(server.request())
            try require("the status", reply.head.status.code, is: 503)
            try require("the body", reply.text, is: "busy")
            try require("the number of requests", server.log.requests.count, is: 1)
        },
    ]

    private static func withoutBody(_ method: HTTPRequest.Method, _ answer: String, status: Int) -> TransportCheck {
        TransportCheck(
            "\(method.rawValue) answered by \(status) has no body, whatever the head says", server: answering(answer)
        ) { transport, server in
            for _ in 1...2 {
                let reply = try await transport.send(server.request(method: method, within: .seconds(3)))
                try require("the status", reply.head.status.code, is: status)
                try require("the body", reply.body, is: [])
            }
            try require("the connections", server.log.connections, is: 1)
        }
    }
}
