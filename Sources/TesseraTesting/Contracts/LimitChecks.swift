import HTTPTypes
import TesseraCore

extension TransportContract {
    private static let body = String(repeating: "x", count: 1000)
    private static let endless = String(repeating: "1000\r\n\(String(repeating: "x", count: 4096))\r\n", count: 16)

    /// The limits of what a peer may send (invariant 7).
    static let limitChecks: [TransportCheck] = [
        TransportCheck("a body of exactly the limit is delivered", server: answering(ok(body))) { transport, server in
            let reply = try await transport.send(server.request(limits: ResponseLimits(bodyBytes: 1000)))
            try require("the body", reply.text, is: body)
        },
        tooLong("a body above the limit", isWhole: true) { connection in
            try connection.write(ok(body))
        },
        tooLong("an announced body above the limit that does not come") { connection in
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n\(body)")
        },
        tooLong("a chunked body above the limit", isWhole: true) { connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n\(body)\r\n0\r\n\r\n")
        },
        tooLong("an endless chunked body") { connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<1024 { try connection.write(endless) }
        },
        tooLong("an endless body without framing") { connection in
            try connection.write("HTTP/1.1 200 OK\r\n\r\n")
            for _ in 0..<1024 { try connection.write(endless) }
        },
        TransportCheck(
            "too many header fields", server: answering(ok("ok", String(repeating: "X-A: 1\r\n", count: 50)))
        ) { transport, server in
            let few = ResponseLimits(headerCount: 20)
            try await requireFailure([.limitExceeded], phase: [.head], progress: .sent) {
                try await transport.send(server.request(limits: few))
            }
            try await requireFailure([.limitExceeded], phase: [.head], progress: .sent) {
                try await transport.stream(server.request(limits: few)) { try await $0.collected() }
            }
            _ = try await transport.send(server.request(limits: ResponseLimits(headerCount: 60)))
        },
        TransportCheck(
            "header fields that are too long", server: answering(ok("ok", "X-A: \(body)\r\nX-B: \(body)\r\n"))
        ) { transport, server in
            try await requireFailure([.limitExceeded], phase: [.head], progress: .sent) {
                try await transport.send(server.request(limits: ResponseLimits(headerBytes: 1500)))
            }
            _ = try await transport.send(server.request(limits: ResponseLimits(headerBytes: 2500)))
        },
        TransportCheck(
            "header fields above the limit are given up while they arrive", requires: .headerLimits,
            server: { connection in
                _ = try connection.readRequest()
                try connection.write("HTTP/1.1 200 OK\r\n\(String(repeating: "X-A: \(body)\r\n", count: 10))")
                try connection.pause(.seconds(4))
            }
        ) { transport, server in
            for limits in [ResponseLimits(headerBytes: 4096), ResponseLimits(headerCount: 5)] {
                try await requireEnd(and: .seconds(2)) {
                    try await requireFailure([.limitExceeded], phase: [.head], progress: .sent) {
                        try await transport.send(server.request(limits: limits))
                    }
                }
            }
        },
    ]

    /// - Parameter isWhole: Whether the server sends the body to its end. Then the connection may be used again, and
    ///   otherwise it must not.
    private static func tooLong(
        _ what: String, isWhole: Bool = false, _ answer: @escaping @Sendable (RawConnection) throws -> Void
    ) -> TransportCheck {
        TransportCheck(
            "\(what) exceeds the limit, and is left behind",
            server: { connection in
                while let request = try connection.readRequest() {
                    if request.target == "/long" { try answer(connection) } else { try connection.write(ok()) }
                }
            }
        ) { transport, server in
            try await requireEnd(and: .seconds(3)) {
                try await requireFailure([.limitExceeded], phase: [.body], progress: .sent) {
                    try await transport.send(server.request("/long", limits: ResponseLimits(bodyBytes: 999)))
                }
            }
            let taken = server.log.bytesSent
            try require(
                taken < 33_554_432, "less than 32 MB taken, the system's buffers included", saw: "\(taken) bytes")
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
            try require("the requests", server.log.requests.map(\.target), is: ["/long", "/"])
            guard !isWhole else { return }
            try require("the connection of the next request", server.log.requests.last?.connection, is: 1)
        }
    }
}
