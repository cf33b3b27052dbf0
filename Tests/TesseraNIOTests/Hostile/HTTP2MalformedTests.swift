#if NIO
import Testing
import TesseraCore

@testable import TesseraNIO

/// Answers that are no HTTP/2 (RFC 9113 §8.1.1, §8.2, §8.3) or break its frames: an error in bounded time, and the next
/// request gets its own answer.
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .timeLimit(.minutes(2)))
struct HTTP2MalformedTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: @Sendable (UInt32) -> [RawFrame]

        init(_ name: String, _ frames: @escaping @Sendable (UInt32) -> [RawFrame]) {
            (testDescription, self.frames) = (name, frames)
        }

        /// A head of these fields, and a body.
        static func head(_ name: String, _ fields: [(String, String)]) -> Answer {
            Answer(name) { [.headers($0, fields), .data($0, "ok", end: true)] }
        }
    }

    static let fields: [Answer] = [
        .head("no status", [("content-type", "text/plain")]),
        .head("two statuses", [(":status", "200"), (":status", "200")]),
        .head("a status behind a field", [("server", "x"), (":status", "200")]),
        .head("an unknown pseudo field", [(":status", "200"), (":reason", "OK")]),
        .head("a pseudo field of requests", [(":status", "200"), (":path", "/")]),
        .head("a status of two digits", [(":status", "20")]),
        .head("a status of letters", [(":status", "abc")]),
        .head("a status with a sign", [(":status", "+20")]),
        .head("a status beyond three digits", [(":status", "2000")]),
        .head("an empty status", [(":status", "")]),
        .head("status 101", [(":status", "101")]),
        .head("an upper-case name", [(":status", "200"), ("Server", "x")]),
        .head("a blank in a name", [(":status", "200"), ("x y", "1")]),
        .head("NUL in a name", [(":status", "200"), ("x\u{0}y", "1")]),
        .head("an empty name", [(":status", "200"), ("", "1")]),
        .head("a colon in a name", [(":status", "200"), ("x:y", "1")]),
        .head("CR LF in a value", [(":status", "200"), ("x", "a\r\nset-cookie: b")]),
        .head("LF in a value", [(":status", "200"), ("x", "a\nb")]),
        .head("NUL in a value", [(":status", "200"), ("x", "a\u{0}b")]),
        .head("Connection", [(":status", "200"), ("connection", "close")]),
        .head("Keep-Alive", [(":status", "200"), ("keep-alive", "timeout=5")]),
        .head("Transfer-Encoding", [(":status", "200"), ("transfer-encoding", "chunked")]),
        .head("Upgrade", [(":status", "200"), ("upgrade", "h2c")]),
        .head("Proxy-Connection", [(":status", "200"), ("proxy-connection", "close")]),
    ]

    static let lengths: [Answer] = [
        .head("a body longer than announced", [(":status", "200"), ("content-length", "1")]),
        .head("a body shorter than announced", [(":status", "200"), ("content-length", "9")]),
        .head("two lengths", [(":status", "200"), ("content-length", "2"), ("content-length", "3")]),
        .head("a list of lengths", [(":status", "200"), ("content-length", "2, 3")]),
        .head("a negative length", [(":status", "200"), ("content-length", "-2")]),
        .head("a length in words", [(":status", "200"), ("content-length", "two")]),
        .head("a length beyond all integers", [(":status", "200"), ("content-length", "99999999999999999999999")]),
        Answer("a length and no body") { [.headers($0, [(":status", "200"), ("content-length", "2")], end: true)] },
        Answer("a 204 with a body") { [.headers($0, [(":status", "204")]), .data($0, "ok", end: true)] },
        Answer("a 304 with a body") { [.headers($0, [(":status", "304")]), .data($0, "ok", end: true)] },
        Answer("a body before its head") { [.data($0, "ok", end: true)] },
        Answer("a head that ends with an informational status") { [.headers($0, [(":status", "103")], end: true)] },
        Answer("a body after an informational status") {
            [.headers($0, [(":status", "103")]), .data($0, "ok", end: true)]
        },
        Answer("a second head") {
            [.headers($0, [(":status", "200")]), .headers($0, [(":status", "200")]), .data($0, "ok", end: true)]
        },
        Answer("pseudo fields in trailers") {
            [.headers($0, [(":status", "200")]), .data($0, "ok"), .headers($0, [(":status", "200")], end: true)]
        },
    ]

    static let frames: [Answer] = [
        Answer("a push that was not allowed") {
            [
                RawFrame(
                    kind: RawFrame.Kind.pushPromise, flags: RawFrame.Flag.endHeaders, stream: $0,
                    payload: RawFrame.word(2) + HeaderBlock.literals([(":method", "GET"), (":path", "/")]))
            ]
        },
        Answer("a head on a stream of the server's") { _ in [.headers(2, [(":status", "200")], end: true)] },
        Answer("a head on a stream that was not opened") { [.headers($0 + 100, [(":status", "200")], end: true)] },
        Answer("a body on a stream that was not opened") { [.data($0 + 100, "ok", end: true)] },
        Answer("a reset of a stream that was not opened") { [.reset($0 + 100, 8)] },
        Answer("a window for a stream that was not opened") { [.windowUpdate($0 + 100, 1)] },
        Answer("HEADERS on stream 0") { _ in [.headers(0, [(":status", "200")], end: true)] },
        Answer("DATA on stream 0") { _ in [.data(0, "ok", end: true)] },
        Answer("RST_STREAM on stream 0") { _ in [.reset(0, 8)] },
        Answer("SETTINGS on a stream") { [RawFrame(kind: RawFrame.Kind.settings, stream: $0)] },
        Answer("PING on a stream") {
            [RawFrame(kind: RawFrame.Kind.ping, stream: $0, payload: [0, 0, 0, 0, 0, 0, 0, 0])]
        },
        Answer("GOAWAY on a stream") {
            [RawFrame(kind: RawFrame.Kind.goAway, stream: $0, payload: RawFrame.word(0) + RawFrame.word(0))]
        },
        Answer("CONTINUATION without HEADERS") {
            [RawFrame(kind: RawFrame.Kind.continuation, flags: RawFrame.Flag.endHeaders, stream: $0)]
        },
        Answer("a frame between HEADERS and CONTINUATION") {
            [.headers($0, [(":status", "200")], flags: 0), .ping()]
        },
        Answer("CONTINUATION of another stream") {
            [
                .headers($0, [(":status", "200")], flags: 0),
                RawFrame(kind: RawFrame.Kind.continuation, flags: RawFrame.Flag.endHeaders, stream: $0 + 2),
            ]
        },
        Answer("a frame above the size that was allowed") { [.data($0, [UInt8](repeating: 0x78, count: 16_385))] },
        Answer("SETTINGS of seven bytes") { _ in
            [RawFrame(kind: RawFrame.Kind.settings, payload: [0, 4, 0, 0, 0, 0, 0])]
        },
        Answer("acknowledged SETTINGS with a payload") { _ in
            [RawFrame(kind: RawFrame.Kind.settings, flags: RawFrame.Flag.ack, payload: [0, 4, 0, 0, 0, 0])]
        },
        Answer("PING of seven bytes") { _ in [RawFrame(kind: RawFrame.Kind.ping, payload: [1, 2, 3, 4, 5, 6, 7])] },
        Answer("RST_STREAM of three bytes") { [RawFrame(kind: RawFrame.Kind.reset, stream: $0, payload: [0, 0, 0])] },
        Answer("WINDOW_UPDATE of three bytes") {
            [RawFrame(kind: RawFrame.Kind.windowUpdate, stream: $0, payload: [0, 0, 1])]
        },
        Answer("GOAWAY of seven bytes") { _ in
            [RawFrame(kind: RawFrame.Kind.goAway, payload: [0, 0, 0, 0, 0, 0, 0])]
        },
        Answer("padding longer than the frame") {
            [RawFrame(kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: $0, payload: [200, 1, 2])]
        },
        Answer("an empty padded frame") {
            [RawFrame(kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: $0, payload: [])]
        },
        Answer("a connection window of more than 2^31 - 1") { _ in [.windowUpdate(0, 0x7FFF_FFFF)] },
        Answer("a connection window update of 0") { _ in [.windowUpdate(0, 0)] },
        Answer("an initial window of 2^31") { _ in [.settings([Setting.initialWindowSize: 0x8000_0000])] },
        Answer("a largest frame of 16 bytes") { _ in [.settings([Setting.maxFrameSize: 16])] },
        Answer("a server that enables push") { _ in [.settings([Setting.enablePush: 2])] },
    ]

    static let blocks: [Answer] = [
        block("an index of 0", [0x80]),
        block("an index beyond the tables", [0xFF, 0xFF, 0x7F]),
        block("an index beyond all integers", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
        block("a string longer than the block", [0x88, 0x00, 0x01, 0x78, 0x7F, 0xFF, 0x7F]),
        block("a block that ends in a string", [0x88, 0x00, 0x05, 0x78]),
        block("a table larger than allowed", [0x3F, 0xFF, 0xFF, 0x7F, 0x88]),
        block("a table size at the end", [0x88, 0x20]),
        block("Huffman code that ends in its end mark", [0x88, 0x00, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x78]),
        block("Huffman padding of zeros", [0x88, 0x00, 0x01, 0x78, 0x81, 0x00]),
    ]

    private static func block(_ name: String, _ bytes: [UInt8]) -> Answer {
        Answer(name) { stream in
            [
                RawFrame(
                    kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders | RawFrame.Flag.endStream,
                    stream: stream,
                    payload: bytes)
            ]
        }
    }

    /// Windows of a stream on which nothing is to be sent any more: an error, or without consequence.
    static let windows: [Answer] = [
        Answer("a window of more than 2^31 - 1") { [.windowUpdate($0, 0x7FFF_FFFF)] },
        Answer("a window update of 0") { [.windowUpdate($0, 0)] },
        Answer("an initial window that overflows an open stream") {
            [.windowUpdate($0, 0x7FFF_0000 - 65_535), .settings([Setting.initialWindowSize: 0x7FFF_FFFF])]
        },
    ]

    @Test(arguments: windows)
    func isAnErrorOrWithoutConsequence(answer: Answer) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            for frame in answer.frames(request.stream) { try await connection.send(frame) }
            try await connection.answer(request.stream)
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                do {
                    let text = try await transport.send(server.request("/bad", within: .seconds(3))).text
                    #expect(text == "ok")
                } catch let failure as TransportFailure {
                    #expect([.protocolViolation, .disconnected].contains(failure.kind), "\(failure)")
                }
                #expect(try await transport.send(server.request("/next")).text == "ok")
            }
        }
    }

    @Test(arguments: fields + lengths + frames + blocks)
    func isAnErrorInBoundedTime(answer: Answer) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let request = try await connection.nextRequest()
            guard request.path == "/bad" else {
                try await connection.answer(request.stream)
                return try await connection.serve()
            }
            for frame in answer.frames(request.stream) { try await connection.send(frame) }
            // A transport that noticed nothing would wait; one that reset the stream goes on with the connection.
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                let failure = try await failure {
                    try await transport.send(server.request("/bad", within: .seconds(3)))
                }
                #expect([.protocolViolation, .disconnected, .limitExceeded].contains(failure.kind), "\(failure)")
                #expect(failure.progress.isSent, "\(failure.progress)")
                #expect(try await transport.send(server.request("/next")).text == "ok")
                #expect(server.log.requests.map(\.path) == ["/bad", "/next"])
            }
        }
    }

    /// RFC 9113 §3.4: the server's first frame is SETTINGS; bytes of another protocol are none.
    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{0}\u{0}\u{0}", String(repeating: "x", count: 100_000)])
    func aServerThatSpeaksSomethingElseIsAnError(bytes: String) async throws {
        try await FrameServer.withRunning { connection in
            guard connection.number == 0 else {
                try await connection.start()
                return try await connection.serve()
            }
            try await connection.readPreface()
            try await connection.send(bytes: Array(bytes.utf8))
            try await connection.readToEnd()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                // Long enough for a slow machine: were the time up before the bytes came, the next request would meet them.
                let failure = try await failure(within: .seconds(30)) {
                    try await transport.send(server.request("/bad", within: .seconds(30)))
                }
                #expect([.protocolViolation, .disconnected, .limitExceeded].contains(failure.kind), "\(failure)")
                #expect(try await transport.send(server.request("/next")).text == "ok")
            }
        }
    }

    /// A stream's mistake costs that stream only; a neighbour's answer arrives.
    @Test(arguments: fields + lengths)
    func aNeighbourIsNotHurt(answer: Answer) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let good = try await connection.nextRequest()
            let bad = try await connection.nextRequest()
            for frame in answer.frames(bad.stream) { try await connection.send(frame) }
            try await connection.answer(good.stream, [], "good")
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                async let good = transport.send(server.request("/good"))
                #expect(await server.wait { $0.requests.count == 1 })
                _ = try await failure { try await transport.send(server.request("/bad", within: .seconds(3))) }
                do {
                    let text = try await good.text
                    #expect(text == "good")
                } catch let failure as TransportFailure {
                    // HPACK errors and errors that NIOHTTP2 takes for the connection's end all streams, honestly.
                    #expect([.protocolViolation, .disconnected].contains(failure.kind))
                    #expect(failure.progress.isSent)
                    print("neighbour lost by: \(answer.testDescription): \(failure)")
                }
            }
        }
    }
}
#endif
