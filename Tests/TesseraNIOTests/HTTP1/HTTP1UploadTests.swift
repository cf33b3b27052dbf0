#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Bodies on their way to a server that takes its time, or answers before it has read them. Idle limits are timers on NIO's
/// loops, so that time has to pass here.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP1UploadTests {
    private static let large = [UInt8](repeating: 0x61, count: 40_000_000)

    /// The idle limit counts from the last piece that went, not from the first.
    @Test(arguments: [true, false])
    func aBodyThatIsTakenSlowlyIsNoSilence(isStreamed: Bool) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            var rest = Self.large.count
            while rest > 0 {
                let count = min(rest, 1_000_000)
                rest -= try connection.read(count).count
                try connection.pause(.milliseconds(60))
            }
            try connection.write(RawServer.ok)
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let body: OutgoingBody =
                    isStreamed
                    ? .stream(length: Self.large.count) { try await $0.write(Self.large[...]) } : .bytes(Self.large)
                var request = TransportRequest.hostile(server.origin, method: .post, body: body, within: .seconds(50))
                request.phases = PhaseLimits(connect: .seconds(5), idle: .milliseconds(1500))
                let start = ContinuousClock.now
                #expect(try await transport.send(request).head.status == .ok)
                // Else it would have shown nothing.
                #expect(ContinuousClock.now - start > .milliseconds(1500))
                #expect(server.log.bytesReceived > Self.large.count)
            }
        }
    }

    /// While the caller's own writer thinks, the server is not to blame for the silence.
    @Test func aWriterMayTakeItsTime() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(RawServer.ok) }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                var request = TransportRequest.hostile(
                    server.origin, method: .post,
                    body: .stream(length: 4) { writer in
                        try await writer.write("bo")
                        try await Task.sleep(for: .milliseconds(600))
                        try await writer.write("dy")
                    })
                request.phases = PhaseLimits(connect: .seconds(5), idle: .milliseconds(200))
                #expect(try await transport.send(request).head.status == .ok)
            }
        }
    }

    /// Bytes of a body that are still to be sent must not precede the next request.
    @Test func anAnswerBeforeTheBodysEndEndsTheConnection() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readHead() {
                guard connection.number == 0 else {
                    try connection.readRest()
                    try connection.write(RawServer.ok)
                    continue
                }
                #expect(request.method == "POST")
                try connection.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                // Unread, so that the rest cannot have gone.
                try connection.waitForSignal()
                return
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let reply = try await transport.send(
                    .hostile(server.origin, method: .post, body: .bytes(Self.large)))
                #expect(reply.head.status == .unauthorized)
                let next = try await transport.send(.hostile(server.origin, method: .post, body: .bytes([0x61])))
                #expect(next.head.status == .ok)
                server.signal()
                #expect(server.log.requests.map(\.connection) == [0, 1])
            }
        }
    }

    /// Two tasks write before there is permission: neither is forgotten.
    @Test func twoWritersWhileThePermissionIsDue() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readHead() != nil {
                try connection.pause(.milliseconds(150))
                try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
                try connection.readRest()
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let expect = HTTPField(name: .expect, value: "100-continue")
                let request = TransportRequest.hostile(
                    server.origin, method: .post, fields: [expect],
                    body: .stream(length: nil) { writer in
                        await withTaskGroup(of: Void.self) { group in
                            for _ in 0..<2 { group.addTask { try? await writer.write("x") } }
                        }
                    }, within: .seconds(3))
                let start = ContinuousClock.now
                _ = try? await transport.send(request)
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }

    /// A refusal stays one, however slowly the rest of the answer comes.
    @Test(arguments: [true, false])
    func aRefusedBodyIsNotSentLater(isStreamed: Bool) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readHead()
            try connection.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nn")
            _ = try connection.waitForClose(within: .milliseconds(1500))
            try connection.write("o")
            _ = try connection.waitForClose(within: .seconds(2))
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let expect = HTTPField(name: .expect, value: "100-continue")
                let body: OutgoingBody =
                    isStreamed ? .stream(length: 4) { try await $0.write("body") } : .bytes(Array("body".utf8))
                let reply = try await transport.send(
                    .hostile(server.origin, method: .post, fields: [expect], body: body))
                #expect(reply.text == "no")
                let log = server.log
                #expect(log.bytesReceived == log.requests.first?.head.count)
            }
        }
    }

    /// RFC 9110 §10.1.1, for callers of a session.
    @Test(arguments: ["100 Continue", "401 Unauthorized"])
    func aCallMayAskForLeaveToSendItsBody(answer: String) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readHead() {
                #expect(request.fields.contains(RawField("Expect", "100-continue")))
                _ = try connection.waitForClose(within: .milliseconds(100))
                guard answer.hasPrefix("100") else {
                    try connection.write("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n")
                    return
                }
                try connection.write("HTTP/1.1 \(answer)\r\n\r\n")
                try connection.readRest()
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let session = try Session(server.origin.description, transport: transport) { $0.proxy = .none }
                let headers: RequestHeaders = ["Expect": "100-continue"]
                let reply = try await session.post("/x", .text("body"), headers: headers, expecting: .any)
                #expect(reply.status.code == (answer.hasPrefix("100") ? 200 : 401))
                let log = server.log
                let head = try #require(log.requests.first).head.count
                #expect(log.bytesReceived == head + (answer.hasPrefix("100") ? 4 : 0))
                await #expect(throws: TesseraError.self) { try await session.get("/x", headers: headers) }
            }
        }
    }
}
#endif
