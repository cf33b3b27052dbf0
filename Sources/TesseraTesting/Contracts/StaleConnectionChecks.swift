import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Connections that the server gives up at the moment of the next request (RFC 9112 §9.3.1). Nobody can tell then
    /// whether it was processed: what may be repeated may go out once more, and nothing else.
    static let staleConnectionChecks: [TransportCheck] = [
        TransportCheck(
            "a GET on a connection that the server gives up is sent at most once more",
            server: givingUp(freshToo: false)
        ) { transport, server in
            _ = try await transport.send(server.request("/first"))
            try await requireAnswerOrDisconnection(transport, server, server.request("/second"))
            let times = server.log.requests.count { $0.target == "/second" }
            try require(times <= 2, "/second at most twice", saw: "\(times) times")
        },
        TransportCheck(
            "a GET whose second connection is given up too is not sent a third time", server: givingUp(freshToo: true)
        ) { transport, server in
            _ = try await transport.send(server.request("/first"))
            try await requireFailure([.disconnected], phase: [.head, .write], progress: .sent) {
                try await transport.send(server.request("/second"))
            }
            _ = await server.wait(atMost: .milliseconds(250)) { $0.requests.count > 3 }
            let times = server.log.requests.count { $0.target == "/second" }
            try require(times <= 2, "/second at most twice", saw: "\(times) times")
        },
        once("a POST", .post) { .bytes(Array("once".utf8)) },
        once("a PATCH", .patch) { .bytes(Array("once".utf8)) },
        TransportCheck(
            "a written body is asked for once, whatever becomes of its connection", server: givingUp(freshToo: false)
        ) { transport, server in
            let calls = Tally()
            let body = OutgoingBody.stream(length: 4) { writer in
                calls.add()
                try await writer.write("once")
            }
            _ = try await transport.send(server.request("/first"))
            try await requireAnswerOrDisconnection(
                transport, server, server.request("/second", method: .put, body: body))
            try require("the calls of the writer", calls.count, is: 1)
        },
        TransportCheck(
            "a GET whose answer has begun is not sent again",
            server: { connection in
                while let request = try connection.readRequest() {
                    guard request.target == "/second" else { try connection.write(ok()); continue }
                    return try connection.write("HTTP/1.1 200 O")
                }
            }
        ) { transport, server in
            _ = try await transport.send(server.request("/first"))
            try await requireFailure([.disconnected], phase: [.head], progress: .sent) {
                try await transport.send(server.request("/second"))
            }
            _ = await server.wait(atMost: .milliseconds(250)) { $0.requests.count > 2 }
            try require("the requests", server.log.requests.map(\.target), is: ["/first", "/second"])
        },
        TransportCheck(
            "a POST after the server closed the idle connection arrives once, or not at all and honestly",
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                try connection.write(ok())
            }
        ) { transport, server in
            for number in 1...5 {
                let target = "/\(number)"
                do {
                    _ = try await transport.send(
                        server.request(target, method: .post, body: .bytes(Array("once".utf8))))
                    try require("the posts", server.log.requests.count { $0.target == target }, is: 1)
                } catch let failure as TransportFailure {
                    try require("the kind of failure", failure.kind, is: .disconnected)
                    let times = server.log.requests.count { $0.target == target }
                    try require(times <= (failure.progress == .nothingSent ? 0 : 1), "no second post", saw: "\(times)")
                }
            }
        },
    ]

    private static func once(
        _ what: String, _ method: HTTPRequest.Method, _ body: @escaping @Sendable () -> OutgoingBody
    ) -> TransportCheck {
        TransportCheck(
            "\(what) on a connection that the server gives up is not sent again", server: givingUp(freshToo: false)
        ) { transport, server in
            _ = try await transport.send(server.request("/first"))
            try await requireFailure([.disconnected], phase: [.head, .write], progress: .sent) {
                try await transport.send(server.request("/second", method: method, body: body()))
            }
            _ = await server.wait(atMost: .milliseconds(250)) { $0.requests.count > 2 }
            try require("the requests", server.log.requests.map(\.target), is: ["/first", "/second"])
        }
    }

    /// Answers the first request of the first connection, reads its second one and closes.
    ///
    /// - Parameter freshToo: Whether /second is given up on new connections as well.
    private static func givingUp(freshToo: Bool) -> @Sendable (RawConnection) throws -> Void {
        { connection in
            while let request = try connection.readRequest() {
                guard request.target == "/second", freshToo || connection.number == 0 else {
                    try connection.write(ok())
                    continue
                }
                return
            }
        }
    }

    private static func requireAnswerOrDisconnection(
        _ transport: any Transport, _ server: RawServer, _ request: TransportRequest
    ) async throws {
        do {
            try require("the body", try await transport.send(request).text, is: "ok")
        } catch let failure as TransportFailure {
            try require("the kind of failure", failure.kind, is: .disconnected)
            try require(failure.progress != .nothingSent, "sent: the server has read it", saw: "nothingSent")
        }
    }
}
