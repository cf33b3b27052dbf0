import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Connections that fail: which failure, in which phase, and how far the request got.
    static let failureChecks: [TransportCheck] =
        [
            TransportCheck("a refused connection is unreachable, and nothing was sent") { transport in
                let port = try RawServer.closedPort()
                guard let origin = Origin(scheme: .http, host: "127.0.0.1", port: port) else { return }
                try await requireFailure([.unreachable], phase: [.connect], progress: .nothingSent) {
                    try await transport.send(.contract(origin))
                }
            },
            TransportCheck("a name that does not resolve is unreachable, and nothing was sent") { transport in
                guard let origin = Origin(scheme: .http, host: "nobody.invalid") else { return }
                try await requireFailure([.unreachable], phase: [.resolve, .connect], progress: .nothingSent) {
                    try await transport.send(.contract(origin))
                }
            },
            cut("a body cut before its Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .body),
            cut(
                "a chunked body cut within a chunk",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf", .body),
            cut(
                "a chunked body cut between chunks",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", .body),
            cut(
                "a chunked body cut before its last line",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n", .body),
            cut("a head that is cut", "HTTP/1.1 200 OK\r\nContent-Le", .head),
            cut("a connection closed before any answer", "", .head),
            reset("a body with a reset", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .body),
        ]
        + [.get, .post, .put].map { method in
            TransportCheck(
                "\(method.rawValue) is not sent again after a reset",
                server: { connection in
                    guard try connection.readRequest() != nil else { return }
                    connection.reset()
                }
            ) { transport, server in
                let body: OutgoingBody = method == .get ? .none : .bytes(Array("once".utf8))
                try await requireFailure([.disconnected], phase: [.head, .write], progress: .sent) {
                    try await transport.send(server.request(method: method, body: body))
                }
                // A retry comes after a pause, if it comes.
                _ = await server.wait(atMost: .milliseconds(250)) { $0.requests.count > 1 }
                try require("the requests", server.log.requests.count, is: 1)
            }
        }
        + [
            TransportCheck(
                "the bytes of a failed request are counted", requires: .countsSentBytes,
                server: { connection in _ = try connection.readRequest() }
            ) { transport, server in
                let failure = try await requireFailure([.disconnected], progress: .sent) {
                    try await transport.send(server.request(method: .post, body: .bytes([1, 2, 3])))
                }
                try require("the progress", failure.progress, is: .sent(bytes: server.log.bytesReceived))
            }
        ]

    private static func cut(_ what: String, _ answer: String, _ phase: TransportFailure.Phase) -> TransportCheck {
        broken("\(what) is a disconnection, and the request was sent", phase) { connection in
            try connection.write(answer)
        }
    }

    private static func reset(_ what: String, _ answer: String, _ phase: TransportFailure.Phase) -> TransportCheck {
        broken("\(what) is a disconnection, and the request was sent", phase) { connection in
            try connection.write(answer)
            // A reset overtakes bytes that have not been read yet, and would end the head too.
            try connection.pause(.milliseconds(200))
            connection.reset()
        }
    }

    private static func broken(
        _ name: String, _ phase: TransportFailure.Phase,
        _ answer: @escaping @Sendable (RawConnection) throws -> Void
    ) -> TransportCheck {
        TransportCheck(name, server: answeringFirst(with: answer)) { transport, server in
            try await requireFailure([.disconnected], phase: [phase], progress: .sent) {
                try await transport.send(server.request())
            }
            try require("the requests", server.log.requests.count, is: 1)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        }
    }
}
