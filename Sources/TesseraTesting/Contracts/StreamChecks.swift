import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Answers whose body is still arriving.
    static let streamChecks: [TransportCheck] = [
        TransportCheck(
            "a streamed head comes before the body's end, and the pieces in order",
            server: { connection in
                while try connection.readRequest() != nil {
                    try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n3\r\none\r\n")
                    // Without the head at the client nobody gives the signal.
                    try connection.waitForSignal()
                    for piece in ["3\r\ntwo\r\n", "5\r\nthree\r\n", "0\r\n\r\n"] { try connection.write(piece) }
                }
            }
        ) { transport, server in
            for _ in 1...2 {
                let body = try await transport.stream(server.request()) { stream in
                    try require("the status", stream.head.status.code, is: 200)
                    try require("X-A", stream.head.headerFields[field("X-A", "").name], is: "1")
                    server.signal()
                    let body = try await stream.collected()
                    try require("a piece after the end", try await stream.nextChunk() == nil, is: true)
                    return body
                }
                try require("the body", body, is: Array("onetwothree".utf8))
            }
            try require("the connections after bodies read to their end", server.log.connections, is: 1)
        },
        TransportCheck("a streamed body is larger than the limit for buffers", server: answering(ok("12345"))) {
            transport, server in
            let limits = ResponseLimits(bodyBytes: 2)
            let body = try await transport.stream(server.request(limits: limits)) { try await $0.collected() }
            try require("the body", body, is: Array("12345".utf8))
        },
        TransportCheck("a stream's scope that ends early closes the connection", server: unending) {
            transport, server in
            let status = try await transport.stream(server.request()) { stream in
                _ = try await stream.nextChunk()
                return stream.head.status.code
            }
            try require("the result of the scope", status, is: 200)
            try await requireClosed(transport, server)
        },
        TransportCheck("a stream's scope that reads nothing closes the connection", server: unending) {
            transport, server in
            try await transport.stream(server.request()) { _ in }
            try await requireClosed(transport, server)
        },
        TransportCheck("an error in a stream's scope comes out, and closes the connection", server: unending) {
            transport, server in
            do {
                try await transport.stream(server.request()) { stream in
                    _ = try await stream.nextChunk()
                    throw ScopeError()
                }
            } catch is ScopeError {
                return try await requireClosed(transport, server)
            }
            throw ContractViolation(expected: "the error of the scope", seen: "success")
        },
        TransportCheck(
            "a reader that is slow makes the server wait",
            server: { connection in
                guard try connection.readRequest() != nil else { return }
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
                let piece = [UInt8](repeating: 0x78, count: 65_536)
                for _ in 0..<1024 { try connection.write(piece) }
            }
        ) { transport, server in
            try await transport.stream(server.request()) { stream in
                _ = try await stream.nextChunk()
                var last = -1
                while last != server.log.bytesSent {
                    last = server.log.bytesSent
                    try await Task.sleep(for: .milliseconds(250))
                }
                try require(last < 33_554_432, "a server suspended after less than 32 MB", saw: "\(last) bytes")
            }
        },
        TransportCheck(
            "a stream that is cut is a disconnection in the body",
            server: answeringFirst { connection in
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            }
        ) { transport, server in
            try await requireFailure([.disconnected], phase: [.body], progress: .sent) {
                try await transport.stream(server.request()) { stream in
                    var read: [UInt8] = []
                    do {
                        while let chunk = try await stream.nextChunk() { read += chunk }
                    } catch {
                        try require("what was read before the cut", read, is: Array("half".utf8))
                        throw error
                    }
                }
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck("a cancelled stream ends at once, and its connection is closed", server: unending) {
            transport, server in
            let reads = Tally()
            let task = Task {
                try await transport.stream(server.request()) { stream in
                    while try await stream.nextChunk() != nil { reads.add() }
                }
            }
            _ = await server.wait { _ in reads.count > 0 }
            task.cancel()
            try await requireEnd(and: .seconds(2)) {
                try await requireFailure([.cancelled], phase: [.body], progress: .sent) { try await task.value }
            }
            try await requireClosed(transport, server)
        },
        TransportCheck("a refused connection fails a stream as it fails a request") { transport in
            let port = try RawServer.closedPort()
            guard let origin = Origin(scheme: .http, host: "127.0.0.1", port: port) else { return }
            try await requireFailure([.unreachable], phase: [.connect], progress: .nothingSent) {
                try await transport.stream(.contract(origin)) { _ in }
            }
        },
    ]

    private struct ScopeError: Error {}

    /// Sends one chunk and leaves the body open; complains when the client keeps the connection.
    private static let unending = answeringFirst { connection in
        try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        guard try connection.waitForClose(within: .seconds(4)) else {
            throw RawServerFailure("the client kept a connection in the middle of an answer")
        }
    }

    private static func requireClosed(_ transport: any Transport, _ server: RawServer) async throws {
        let isClosed = await server.wait(atMost: .seconds(3)) { $0.closedByClient.contains(0) }
        try require(isClosed, "a closed connection", saw: "an open one after 3 s")
        try require("the next body", try await transport.send(server.request()).text, is: "ok")
    }
}
