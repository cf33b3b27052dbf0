import HTTPTypes
import TesseraCore

extension TransportContract {
    private static let megabyte = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    /// Request bodies.
    static let uploadChecks: [TransportCheck] = [
        TransportCheck("the bytes of a body arrive intact", server: answering(ok())) { transport, server in
            for body in [[UInt8](), [0], megabyte] {
                let before = server.log.requests.count
                _ = try await transport.send(server.request(method: .post, body: .bytes(body)))
                guard let request = server.log.requests.last, server.log.requests.count == before + 1 else {
                    throw ContractViolation(expected: "one request", seen: "\(server.log.requests.count - before)")
                }
                try require("Content-Length", request.values(of: "Content-Length"), is: ["\(body.count)"])
                try require("the body", request.body, is: body)
            }
        },
        TransportCheck(
            "a written body of known length arrives intact with its Content-Length", server: answering(ok())
        ) { transport, server in
            let body = OutgoingBody.stream(length: megabyte.count) { writer in
                for start in stride(from: 0, to: megabyte.count, by: 100_000) {
                    try await writer.write(megabyte[start...].prefix(100_000))
                    try await writer.write([])
                }
            }
            _ = try await transport.send(server.request(method: .put, body: body))
            let request = try only(server.log)
            try require("Content-Length", request.values(of: "Content-Length"), is: ["\(megabyte.count)"])
            try require("Transfer-Encoding", request.values(of: "Transfer-Encoding"), is: [])
            try require("the body", request.body, is: megabyte)
        },
        TransportCheck(
            "a written body of unknown length arrives intact in chunks", server: answering(ok())
        ) { transport, server in
            let body = OutgoingBody.stream(length: nil) { writer in
                try await writer.write("begin ")
                // An empty chunk would be the body's end.
                try await writer.write([])
                for start in stride(from: 0, to: megabyte.count, by: 65_536) {
                    try await writer.write(megabyte[start...].prefix(65_536))
                }
            }
            _ = try await transport.send(server.request(method: .post, body: body))
            let request = try only(server.log)
            try require("Transfer-Encoding", request.values(of: "Transfer-Encoding"), is: ["chunked"])
            try require("Content-Length", request.values(of: "Content-Length"), is: [])
            try require("the body", request.body, is: Array("begin ".utf8) + megabyte)
        },
        TransportCheck("a written body of no bytes is empty", server: answering(ok())) { transport, server in
            for length in [0, nil] {
                let body = OutgoingBody.stream(length: length) { _ in }
                _ = try await transport.send(server.request(method: .post, body: body))
            }
            try require("the bodies", server.log.requests.map(\.body), is: [[], []])
            try require("the ends", server.log.requests.map(\.isComplete), is: [true, true])
        },
        TransportCheck("a body is written once per request", server: answering(ok())) { transport, server in
            let calls = Tally()
            let body = OutgoingBody.stream(length: nil) { writer in
                calls.add()
                try await writer.write("once")
            }
            for _ in 1...2 { _ = try await transport.send(server.request(method: .post, body: body)) }
            try require("the calls of the writer", calls.count, is: 2)
        },
        TransportCheck(
            "a writer of 64 MB waits for a server that does not read",
            server: { connection in
                _ = try connection.readHead()
                try connection.pause(.seconds(8))
            }
        ) { transport, server in
            let written = Tally()
            let piece = [UInt8](repeating: 0x78, count: 65_536)
            let body = OutgoingBody.stream(length: nil) { writer in
                for _ in 0..<1024 {
                    try await writer.write(piece)
                    written.add(piece.count)
                }
            }
            let task = Task { try await transport.send(server.request(method: .post, body: body)) }
            _ = await server.wait { _ in written.count > 0 }
            // Standing still for a while means that the writer is suspended.
            var last = -1
            while last != written.count {
                last = written.count
                try await Task.sleep(for: .milliseconds(250))
            }
            try require(last < 33_554_432, "a writer suspended after less than 32 MB", saw: "\(last) bytes written")
            task.cancel()
            try await requireEnd(and: .seconds(2)) {
                try await requireFailure([.cancelled], progress: .sent) { try await task.value }
            }
        },
        TransportCheck(
            "an early answer is delivered while the body is still being written",
            server: { connection in
                guard let request = try connection.readHead() else { return }
                guard request.method == "POST" else { return try connection.write(ok()) }
                try connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge")
                // Closing with unread bytes would reset the connection and could destroy the answer on its way.
                _ = try connection.waitForClose(within: .seconds(5))
            }
        ) { transport, server in
            let body = OutgoingBody.stream(length: nil) { writer in
                for _ in 0..<100_000 {
                    try await writer.write([UInt8](repeating: 0x78, count: 1024))
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let reply = try await requireEnd(and: .seconds(4)) {
                try await transport.send(server.request(method: .post, body: body))
            }
            try require("the status", reply.head.status.code, is: 413)
            try require("the body", reply.text, is: "large")
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
    ]
}
