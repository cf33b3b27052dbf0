import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Connections that fail: which failure, in which phase, and how far the request got.
    static let failureChecks: [TransportCheck] = unreachableChecks + cutChecks + resetChecks

    private static let unreachableChecks: [TransportCheck] = [
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
    ]

    private static let cutChecks: [TransportCheck] = [
        cut("a body cut before its Content-Length", "Content-Length: 100\r\n\r\nhalf", .body),
        cut("a chunked body cut within a chunk", "Transfer-Encoding: chunked\r\n\r\n20\r\nhalf", .body),
        cut("a chunked body cut between chunks", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", .body),
        cut("a chunked body cut before its last line", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n", .body),
        cut("a head that is cut", "Content-Le", .head),
        broken("a connection closed before any answer", .head) { _ in },
        broken("a body with a reset", .body) { connection in
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            // A reset overtakes bytes that have not been read yet, and would end the head too.
            try connection.pause(.milliseconds(200))
            connection.reset()
        },
        TransportCheck(
            "the bytes of a failed request are counted", requires: .countsSentBytes,
            server: { connection in _ = try connection.readRequest() }
        ) { transport, server in
            let failure = try await requireFailure([.disconnected], progress: .sent) {
                try await transport.send(server.request(method: .post, body: .bytes([1, 2, 3])))
            }
            try require("the progress", failure.progress, is: .sent(bytes: server.log.bytesReceived))
        },
    ]

    private static let resetChecks: [TransportCheck] = [HTTPRequest.Method.get, .post, .put].map { method in
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

    private static func cut(_ what: String, _ rest: String, _ phase: TransportFailure.Phase) -> TransportCheck {
        broken(what, phase) { connection in try connection.write("HTTP/1.1 200 OK\r\n\(rest)") }
    }

    private static func broken(
        _ what: String, _ phase: TransportFailure.Phase,
        _ answer: @escaping @Sendable (RawConnection) throws -> Void
    ) -> TransportCheck {
        let name = "\(what) is a disconnection, and the request was sent"
        return TransportCheck(name, server: answeringFirst(with: answer)) { transport, server in
            try await requireFailure([.disconnected], phase: [phase], progress: .sent) {
                try await transport.send(server.request())
            }
            try require("the requests", server.log.requests.count, is: 1)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        }
    }
}
