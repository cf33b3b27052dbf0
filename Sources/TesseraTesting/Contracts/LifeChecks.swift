import HTTPTypes
import TesseraCore

extension TransportContract {
    /// Many requests at once, and the end of the transport.
    static let lifeChecks: [TransportCheck] = [
        TransportCheck(
            "200 requests at once get their own answers each",
            server: { connection in
                while let request = try connection.readRequest() {
                    try connection.write(ok("answer to \(request.target)"))
                }
            }
        ) { transport, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let reply = try await transport.send(server.request("/\(number)"))
                        try require("the body", reply.text, is: "answer to /\(number)")
                    }
                }
                try await group.waitForAll()
            }
            try require("the requests", Set(server.log.requests.map(\.target)).count, is: 200)
            try require("the requests", server.log.requests.count, is: 200)
        },
        TransportCheck("after its shutdown a transport refuses", server: answering(ok())) { transport, server in
            _ = try await transport.send(server.request())
            await transport.shutdown()
            let isClosed = await server.wait(atMost: .seconds(3)) { $0.closedByClient.contains(0) }
            try require(isClosed, "the idle connection closed", saw: "an open one after 3 s")
            try await requireFailure([.shutDown], progress: .nothingSent) {
                try await transport.send(server.request())
            }
            try await requireFailure([.shutDown], progress: .nothingSent) {
                try await transport.stream(server.request()) { _ in }
            }
            await transport.shutdown()
            try require("the requests", server.log.requests.count, is: 1)
        },
        TransportCheck(
            "a shutdown waits for the requests under way",
            server: { connection in
                while try connection.readRequest() != nil {
                    try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
                    try connection.waitForSignal()
                    try connection.write("lf")
                }
            }
        ) { transport, server in
            let task = Task { try await transport.send(server.request()) }
            _ = await server.wait { $0.bytesSent > 0 }
            let isDown = Tally()
            let shutdown = Task {
                await transport.shutdown()
                isDown.add()
            }
            try await Task.sleep(for: .milliseconds(150))
            try require("the shutdowns that did not wait", isDown.count, is: 0)
            server.signal()
            try require("the body", try await task.value.text, is: "half")
            try await requireEnd(and: .seconds(3)) { await shutdown.value }
        },
    ]
}
