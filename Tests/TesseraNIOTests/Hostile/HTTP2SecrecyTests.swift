#if NIO
import HTTPTypes
import NIOHPACK
import Testing
import TesseraCore

@testable import TesseraNIO

/// What a request looks like in HTTP/2, and that credentials never enter a table (RFC 7541 §7.1.3).
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .timeLimit(.minutes(1)))
struct HTTP2SecrecyTests {
    private static func field(_ name: String, _ value: String) throws -> HTTPField {
        HTTPField(name: try #require(HTTPField.Name(name)), value: value)
    }

    @Test func sealedFieldsAreNeverIndexed() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let sealed = SealedFields([
                    try Self.field("Authorization", "Bearer canary-token-1234567890"),
                    try Self.field("X-Api-Key", "canary-key-1234567890"),
                ])
                for _ in 1...3 { _ = try await transport.send(server.request("/a", sealed: sealed)) }
                #expect(server.log.connections == 1)
                for request in server.log.requests {
                    #expect(request.values(of: "authorization") == ["Bearer canary-token-1234567890"])
                    #expect(request.values(of: "x-api-key") == ["canary-key-1234567890"])
                    try Self.checkRepresentations(of: request)
                }
            }
        }
    }

    /// The referee knows no HPACK library: it finds the secret entries by their literal values.
    private static func checkRepresentations(of request: FrameServer.Request) throws {
        let entries = try HeaderBlock.entries(of: request.block).filter { $0.representation != .tableSize }
        try #require(entries.count == request.fields.count)
        for (entry, field) in zip(entries, request.fields) where ["authorization", "x-api-key"].contains(field.name) {
            #expect(entry.representation == .literalNeverIndexed, "\(field.name) is \(entry.representation)")
            #expect(!entry.value.isEmpty)
        }
        #expect(request.fields.count { ["authorization", "x-api-key"].contains($0.name) } == 2)
    }

    @Test func aRequestHasThePseudoFieldsFirstAndNoneOfHTTP1() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let fields = [
                    try Self.field("X-One", "1"), try Self.field("Accept", "*/*"), try Self.field("x-one", "2"),
                ]
                _ = try await transport.send(server.request("/a%2Fb?c=d", fields: fields))
                let request = try #require(server.log.requests.first)
                #expect(request.values(of: ":method") == ["GET"])
                #expect(request.values(of: ":scheme") == ["https"])
                #expect(request.values(of: ":authority") == [server.origin.authority])
                #expect(request.values(of: ":path") == ["/a%2Fb?c=d"])
                #expect(request.values(of: "x-one") == ["1", "2"])
                #expect(request.endsStream)
                let names = request.fields.map(\.name)
                #expect(names.allSatisfy { $0 == $0.lowercased() })
                #expect(names.drop { $0.hasPrefix(":") }.allSatisfy { !$0.hasPrefix(":") })
                for name in ["host", "connection", "transfer-encoding", "keep-alive", "upgrade", "te"] {
                    #expect(!names.contains(name), "\(name)")
                }
            }
        }
    }

    /// RFC 9113 §8.4: a client that wants no push says so before the first request.
    @Test func pushIsSwitchedOffInTheFirstSettings() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                _ = try await transport.send(server.request())
                let first = try #require(server.log.frames.first?.frame)
                #expect(first.kind == RawFrame.Kind.settings)
                let settings = stride(from: 0, to: first.payload.count - 5, by: 6).map { offset in
                    (id: first.payload[offset + 1], value: first.word(at: offset + 2))
                }
                #expect(settings.contains { $0.id == 2 && $0.value == 0 }, "ENABLE_PUSH 0 in \(settings)")
            }
        }
    }

    @Test func informationalHeadsAndTrailersAreNotTheAnswer() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            while true {
                let request = try await connection.nextRequest()
                for _ in 1...5 {
                    try await connection.send(.headers(request.stream, [(":status", "103"), ("x-hint", "1")]))
                }
                try await connection.send(
                    .headers(request.stream, [(":status", "200")]), .data(request.stream, "ok"),
                    .headers(request.stream, [("x-trailer", "1")], end: true))
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                for _ in 1...2 {
                    let reply = try await transport.send(server.request())
                    #expect(reply.head.status.code == 200)
                    #expect(reply.text == "ok")
                    #expect(reply.head.headerFields.isEmpty)
                }
                let streamed = try await transport.stream(server.request()) { stream in
                    var body: [UInt8] = []
                    while let chunk = try await stream.nextChunk() { body += chunk }
                    return body
                }
                #expect(streamed == Array("ok".utf8))
                #expect(server.log.connections == 1)
            }
        }
    }

    @Test(arguments: [(HTTPRequest.Method.head, 200), (.get, 204), (.get, 304)])
    func answersWithoutABodyAreWhole(method: HTTPRequest.Method, status: Int) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            while true {
                let request = try await connection.nextRequest()
                let length = status == 204 ? [] : [("content-length", "10")]
                try await connection.send(
                    .headers(request.stream, [(":status", "\(status)")] + length, end: true))
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                for _ in 1...2 {
                    let reply = try await transport.send(server.request(method: method))
                    #expect(reply.head.status.code == status)
                    #expect(reply.body.isEmpty)
                }
                #expect(server.log.connections == 1)
            }
        }
    }

    /// RFC 9113 §6.9.1: an end in an empty frame, padding, and frames of one byte are all good.
    @Test func oddButHonestFramesAreRead() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            while true {
                let request = try await connection.nextRequest()
                var block = HeaderBlock.literals([(":status", "200"), ("content-length", "4")])
                let rest = Array(block.suffix(3))
                block.removeLast(3)
                try await connection.send(
                    RawFrame(
                        kind: RawFrame.Kind.headers, flags: RawFrame.Flag.padded | RawFrame.Flag.priority,
                        stream: request.stream, payload: [2, 0, 0, 0, 0, 1] + block + [0, 0]),
                    RawFrame(
                        kind: RawFrame.Kind.continuation, flags: RawFrame.Flag.endHeaders, stream: request.stream,
                        payload: rest),
                    RawFrame(kind: 0xFA, flags: 0xFF, stream: request.stream, payload: [1, 2, 3]),
                    .data(request.stream, "o"),
                    RawFrame(
                        kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: request.stream,
                        payload: [4] + Array("dds".utf8) + [0, 0, 0, 0]),
                    .data(request.stream, "", end: true))
            }
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                for _ in 1...2 { #expect(try await transport.send(server.request()).text == "odds") }
                #expect(server.log.connections == 1)
            }
        }
    }
}
#endif
