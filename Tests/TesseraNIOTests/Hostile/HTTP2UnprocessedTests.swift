#if NIO
import HTTPTypes
import Testing
import TesseraCore

@testable import TesseraNIO

/// What the server says about requests that it has not looked at (RFC 9113 §6.8, §8.7), which is what retries rest on.
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .timeLimit(.minutes(1)))
struct HTTP2UnprocessedTests {
    @Test func refusedStreamIsProvablyUnprocessedAndKeepsTheConnection() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let refused = try await connection.nextRequest()
            try await connection.send(.reset(refused.stream, RawFrame.Code.refusedStream))
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure { try await transport.send(server.request(method: .post)) }
                #expect(failure.progress == .provablyUnprocessed)
                #expect(failure.kind == .disconnected)
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.connections == 1)
                #expect(server.log.requests.count == 2)
            }
        }
    }

    @Test func aStreamAboveTheLastOfAGoAwayIsProvablyUnprocessed() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            guard connection.number == 0 else { return try await connection.serve() }
            _ = try await connection.nextRequest()
            try await connection.send(.goAway(last: 0))
            try await connection.readToEnd()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure { try await transport.send(server.request(method: .post)) }
                #expect(failure.progress == .provablyUnprocessed)
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.requests.map(\.connection) == [0, 1])
                #expect(await server.wait { $0.closed.contains(0) }, "the connection that went away is closed")
            }
        }
    }

    @Test(arguments: ["before the head", "in the middle of the body"])
    func aStreamBelowTheLastOfAGoAwayEndsWell(moment: String) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            guard connection.number == 0 else { return try await connection.serve() }
            let request = try await connection.nextRequest()
            if moment == "before the head" { try await connection.send(.goAway(last: request.stream)) }
            try await connection.send(.headers(request.stream, [(":status", "200")]), .data(request.stream, "ha"))
            if moment != "before the head" { try await connection.send(.goAway(last: request.stream)) }
            try await Task.sleep(for: .milliseconds(100))
            try await connection.send(.data(request.stream, "lf", end: true))
            try await connection.readToEnd()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "half")
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.requests.map(\.connection) == [0, 1])
                #expect(await server.wait { $0.closed.contains(0) }, "the connection that went away is closed")
            }
        }
    }

    /// A server that stops in two steps (RFC 9113 §6.8): the largest number first, the real one later.
    @Test func theSecondGoAwayDecides() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            guard connection.number == 0 else { return try await connection.serve() }
            let first = try await connection.nextRequest()
            _ = try await connection.nextRequest()
            try await connection.send(.goAway(last: 0x7FFF_FFFF))
            try await Task.sleep(for: .milliseconds(50))
            try await connection.send(.goAway(last: first.stream))
            try await connection.answer(first.stream, [], "first")
            try await connection.readToEnd()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                async let first = transport.send(server.request("/first"))
                #expect(await server.wait { $0.requests.count == 1 })
                async let second = transport.send(server.request("/second", method: .post))
                #expect(try await first.text == "first")
                do {
                    let reply = try await second
                    Issue.record("an answer of \(reply.head.status) to what was passed over")
                } catch let failure as TransportFailure {
                    #expect(failure.progress == .provablyUnprocessed)
                }
                #expect(server.log.requests.count { $0.path == "/second" } == 1)
            }
        }
    }

    @Test func aConnectionThatEndsAfterAGoAwayOfAnErrorMayHaveProcessedWhatIsBelow() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            guard connection.number == 0 else { return try await connection.serve() }
            let request = try await connection.nextRequest()
            try await connection.send(.goAway(last: request.stream, RawFrame.Code.enhanceYourCalm))
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure { try await transport.send(server.request(method: .post)) }
                #expect(failure.kind == .disconnected)
                #expect(failure.progress.isSent)
                #expect(try await transport.send(server.request()).text == "ok")
            }
        }
    }

    @Test(arguments: [RawFrame.Code.cancel, RawFrame.Code.internalError, RawFrame.Code.none, 0xFFFF_FFFF])
    func anyOtherResetMayHaveBeenProcessed(code: UInt32) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            try await connection.send(.reset(request.stream, code))
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure { try await transport.send(server.request(method: .post)) }
                #expect(failure.kind == .disconnected)
                #expect(failure.progress.isSent)
                #expect(failure.phase == .head)
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.requests.count == 2)
            }
        }
    }

    @Test func aConnectionThatEndsInTheMiddleMayHaveProcessedTheRequest() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            guard request.path == "/cut" else { return try await connection.answer(request.stream) }
            try await connection.send(.headers(request.stream, [(":status", "200")]), .data(request.stream, "ha"))
            try await Task.sleep(for: .milliseconds(50))
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure { try await transport.send(server.request("/cut")) }
                #expect(failure.kind == .disconnected)
                #expect(failure.phase == .body)
                #expect(failure.progress.isSent)
                #expect(try await transport.send(server.request()).text == "ok")
            }
        }
    }

    /// RFC 9113 §8.1: a server that has answered may tell the client to stop sending its body.
    @Test func noErrorAfterAWholeAnswerEndsTheUpload() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            try await connection.answer(request.stream, status: 413, [], "large")
            try await connection.send(.reset(request.stream, RawFrame.Code.none))
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let body = OutgoingBody.stream(length: nil) { writer in
                    for _ in 0..<100_000 { try await writer.write([UInt8](repeating: 0x78, count: 1024)) }
                }
                let reply = try await transport.send(server.request(method: .post, body: body))
                #expect(reply.head.status.code == 413)
                #expect(reply.text == "large")
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.connections == 1)
            }
        }
    }
}
#endif
