import HTTPTypes
import TesseraCore

extension TransportContract {
    private static let pieces = 64

    /// Answers that come while the body is still being sent (RFC 9112 §9.3).
    static let earlyAnswerChecks: [TransportCheck] = [
        TransportCheck(
            "an early answer of a server that reads on leaves no piece of the body for the next request",
            server: { connection in
                while let request = try connection.readHead() {
                    try connection.write(ok("early for \(request.target)"))
                    try connection.readRest()
                }
            }
        ) { transport, server in
            for number in 1...3 {
                let reply = try await requireEnd(and: .seconds(4)) {
                    try await transport.send(server.request("/\(number)", method: .post, body: slow()))
                }
                try require("the body", reply.text, is: "early for /\(number)")
            }
            for request in server.log.requests where request.isComplete {
                try require("the length of a complete body", request.body.count, is: pieces * 1000)
            }
        },
        TransportCheck(
            "an early answer of a server that reads no further ends the request",
            server: { connection in
                guard let request = try connection.readHead() else { return }
                guard request.method == "POST" else { return try connection.write(ok()) }
                try connection.write(ok("early"))
                // Long enough for the client to run into a full window; what it does then is up to it.
                try connection.pause(.seconds(1))
                try connection.waitForClose(within: .seconds(4))
            }
        ) { transport, server in
            let body = OutgoingBody.stream(length: 268_435_456) { writer in
                for _ in 0..<4096 { try await writer.write([UInt8](repeating: 0x78, count: 65_536)) }
            }
            do {
                let reply = try await requireEnd(and: .seconds(6)) {
                    try await transport.send(server.request(method: .post, body: body, within: .seconds(4)))
                }
                try require("the body", reply.text, is: "early")
            } catch let failure as TransportFailure {
                // A transport may insist on the whole body; it must not wait for ever.
                try require([.timeout, .disconnected].contains(failure.kind), "an end", saw: "\(failure)")
                try require(failure.progress != .nothingSent, "sent", saw: "nothingSent")
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a server that answers early and resets is an answer or a disconnection, at once",
            server: { connection in
                guard let request = try connection.readHead() else { return }
                guard request.method == "POST" else { return try connection.write(ok()) }
                try connection.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                connection.reset()
            }
        ) { transport, server in
            for body in [OutgoingBody.bytes([UInt8](repeating: 0x78, count: 16_777_216)), slow()] {
                try await requireEnd(and: .seconds(3)) {
                    do {
                        let reply = try await transport.send(server.request(method: .post, body: body))
                        try require("the status", reply.head.status.code, is: 413)
                    } catch let failure as TransportFailure {
                        try require("the kind of failure", failure.kind, is: .disconnected)
                        try require(failure.progress != .nothingSent, "sent", saw: "nothingSent")
                    }
                }
            }
            try require("the posts", server.log.requests.count { $0.method == "POST" }, is: 2)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a streamed answer may be read while its request's body is still being written",
            server: { connection in
                while try connection.readHead() != nil {
                    try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
                    try connection.readRest()
                    try connection.write("3\r\ntwo\r\n0\r\n\r\n")
                }
            }
        ) { transport, server in
            let body = try await transport.stream(server.request(method: .post, body: slow())) {
                try await $0.collected()
            }
            try require("the body", body, is: Array("onetwo".utf8))
            try require("the request's body", try only(server.log).body.count, is: pieces * 1000)
        },
    ]

    /// A body that takes a while.
    private static func slow() -> OutgoingBody {
        .stream(length: pieces * 1000) { writer in
            for _ in 0..<pieces {
                try await writer.write([UInt8](repeating: 0x78, count: 1000))
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
