import HTTPTypes
import TesseraCore

extension TransportContract {
    /// What connections are reused for, and what they must not be.
    static let connectionChecks: [TransportCheck] = [
        TransportCheck("two requests share a connection", server: answering(ok())) { transport, server in
            for _ in 1...2 { _ = try await transport.send(server.request()) }
            try require("the connections", server.log.connections, is: 1)
            try require("the requests", server.log.requests.count, is: 2)
        },
        TransportCheck(
            "Connection: close is obeyed", server: answering(ok("ok", "Connection: close\r\n"))
        ) { transport, server in
            for _ in 1...2 { _ = try await transport.send(server.request()) }
            try require("the connections", server.log.connections, is: 2)
        },
        TransportCheck(
            "an idle connection that the server closed does not break the next GET, or honestly",
            server: answeringFirst { connection in
                try connection.write(ok())
            }
        ) { transport, server in
            for _ in 1...5 {
                let before = server.log.requests.count
                do {
                    try require("the body", try await transport.send(server.request()).text, is: "ok")
                    try require("the requests", server.log.requests.count, is: before + 1)
                } catch let failure as TransportFailure {
                    try require("the kind of failure", failure.kind, is: .disconnected)
                    if failure.progress == .nothingSent {
                        try require("the requests after nothingSent", server.log.requests.count, is: before)
                    }
                }
            }
        },
        TransportCheck(
            "an answer that nobody asked for is not the next request's",
            server: answeringFirst { connection in
                try connection.write(ok() + ok("poisoned"))
                _ = try connection.waitForClose(within: .seconds(2))
            }
        ) { transport, server in
            try require("the body", try await transport.send(server.request()).text, is: "ok")
            _ = await server.wait(atMost: .milliseconds(300)) { $0.closedByClient.contains(0) }
            do {
                try require("the body", try await transport.send(server.request()).text, is: "ok")
            } catch let failure as TransportFailure {
                try require("the kind of failure", failure.kind, is: .disconnected)
            }
        },
        TransportCheck(
            "a cancelled request ends at once, and its connection is not used again",
            server: answeringFirst { connection in
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nleft")
                try connection.waitForSignal()
                // The rest would be the next request's answer on a connection that was kept.
                try connection.write(String(repeating: "x", count: 96) + ok("left over"))
                try connection.pause(.seconds(2))
            }
        ) { transport, server in
            try await cancelling(server, { try await transport.send(server.request()) }) { $0.bytesSent > 0 }
            // A transport may close the connection a moment after the call ended; a rest that came before would make the
            // answer whole, and the connection a good one.
            try await Task.sleep(for: .milliseconds(250))
            server.signal()
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
            try require("the connection of the next request", server.log.requests.last?.connection, is: 1)
        },
        TransportCheck(
            "a request cancelled before the head ends at once",
            server: answeringFirst { connection in try connection.pause(.seconds(5)) }
        ) { transport, server in
            try await cancelling(server, { try await transport.send(server.request()) }) { !$0.requests.isEmpty }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck("a request of a cancelled task is not sent", server: answering(ok())) { transport, server in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await transport.send(server.request())
            }
            task.cancel()
            try await requireFailure([.cancelled], progress: .nothingSent) { try await task.value }
            try require("the requests", server.log.requests.count, is: 0)
        },
    ]

    /// Cancels a request when the server has got as far as `condition` says.
    private static func cancelling(
        _ server: RawServer, _ send: @escaping @Sendable () async throws -> TransportReply,
        when condition: (RawServer.Log) -> Bool
    ) async throws {
        let task = Task { try await send() }
        try require(await server.wait(until: condition), "a request at the server", saw: "none in 5 s")
        task.cancel()
        try await requireEnd(and: .seconds(2)) {
            try await requireFailure([.cancelled], progress: .sent) { try await task.value }
        }
    }
}
