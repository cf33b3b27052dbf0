#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// Answers of a server that keeps to RFC 9113, and of one that does not.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP2AnswerTests {
    @Test func aRequestWithoutBodyGetsItsAnswer() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, let head = frame.requestHead else { return }
            peer.answer(id, head.map { "\($0.name)=\($0.value)" }.joined(separator: "|"))
        } body: { (client) async throws in
            let reply = try await client.send(client.request("/a?b=c", fields: [HTTPField(name: .accept, value: "x")]))
            #expect(reply.head.status == 200)
            let expected = ":method=GET|:scheme=http|:authority=\(client.origin.authority)|:path=/a?b=c|accept=x"
            #expect(String(decoding: reply.body, as: UTF8.self) == expected)
            #expect(client.pool.seen.released == 1)
        }
    }

    @Test func manyAtOnceGetTheirOwnAnswers() async throws {
        let waiting = Seen<[(HTTP2StreamID, String)]>([])
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, let path = frame.requestHead?.first(name: ":path") else { return }
            waiting.update { $0.append((id, path)) }
            guard waiting.now.count == 50 else { return }
            // Headers in order, bodies in the opposite order.
            for (id, _) in waiting.now { peer.head(id) }
            for (id, path) in waiting.now.reversed() { peer.data(id, Array(path.utf8), end: true) }
        } body: { (client) async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<50 {
                    group.addTask { () async throws in
                        let reply = try await client.send(client.request("/\(number)"))
                        #expect(String(decoding: reply.body, as: UTF8.self) == "/\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.pool.seen.released == 50)
        }
    }

    @Test func informationalAnswersAndTrailersAreSkipped() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            for _ in 0..<8 { peer.head(id, "103", [("link", "</a>")]) }
            peer.head(id, "200", [("x", "1")])
            peer.data(id, Array("ok".utf8))
            peer.send(id, .headers(.init(headers: HPACKHeaders([("checksum", "1")]), endStream: true)))
        } body: { (client) async throws in
            let reply = try await client.send(client.request())
            #expect(reply.body == Array("ok".utf8))
            #expect(reply.head.headerFields.map(\.name.rawName) == ["x"])
        }
    }

    @Test func informationalAnswersWithoutEndAreALimit() async throws {
        let reset = Seen<ErrorCode?>(nil)
        try await HTTP2Peer.withConnection { peer, frame in
            if case .rstStream(let code) = frame.payload { reset.update { $0 = code } }
            guard let id = frame.endOfRequest else { return }
            guard frame.requestHead?.first(name: ":path") == "/flood" else { return peer.answer(id) }
            for _ in 0..<200 { peer.head(id, "103") }
        } body: { (client) async throws in
            #expect(try await client.failure(of: client.request("/flood")).kind == .limitExceeded)
            #expect(try await reset.wait { $0 == .cancel })
            #expect(try await client.pool.wait { $0.drains == 1 }, "such a peer gets no more requests")
        }
    }

    struct Bodiless: Sendable, CustomTestStringConvertible {
        var method: HTTPRequest.Method
        var status: String
        var testDescription: String { "\(method) \(status)" }
    }

    static let bodiless = [
        Bodiless(method: .head, status: "200"), Bodiless(method: .get, status: "204"),
        Bodiless(method: .get, status: "304"),
    ]

    @Test(arguments: bodiless)
    func anAnswerWithoutBodyIsWholeWithItsHead(_ kind: Bodiless) async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.head(id, kind.status, kind.status == "204" ? [] : [("content-length", "44")], end: true)
        } body: { (client) async throws in
            let reply = try await client.send(client.request(method: kind.method))
            #expect("\(reply.head.status.code)" == kind.status)
            #expect(reply.body.isEmpty)
        }
    }

    @Test(arguments: bodiless)
    func aBodyWhereNoneMayBeIsAViolation(_ kind: Bodiless) async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.sendRaw(.headers(id.number, [(":status", kind.status)]))
            peer.sendRaw(.data(id.number, [1, 2, 3], end: true))
        } body: { (client) async throws in
            #expect(try await client.failure(of: client.request(method: kind.method)).kind == .protocolViolation)
        }
    }

    static let broken: [[(String, String)]] = [
        [(":status", "200"), ("Upper", "1")],
        [(":status", "200"), ("connection", "close")],
        [(":status", "200"), ("transfer-encoding", "chunked")],
        [(":status", "200"), ("x", "a\r\nb: c")],
        [(":status", "200"), ("x", "a\u{0}")],
        [(":status", "200"), (":path", "/")],
        [(":status", "200"), (":status", "200")],
        [(":status", "2000")],
        [(":status", "abc")],
        [(":status", "101")],
        [("x", "1"), (":status", "200")],
        [("x", "1")],
        [(":status", "200"), ("x", " padded ")],
        [(":status", "200"), ("content-length", "5")],
        [(":status", "200"), ("content-length", "x")],
        [(":status", "200"), ("content-length", "2"), ("content-length", "3")],
    ]

    @Test(arguments: broken.indices)
    func aBrokenHeadEndsTheStreamOnly(_ row: Int) async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            guard frame.requestHead?.first(name: ":path") == "/broken" else { return peer.answer(id) }
            peer.sendRaw(.headers(id.number, Self.broken[row]))
            peer.sendRaw(.data(id.number, [0x6f, 0x6b], end: true))
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request("/broken"))
            #expect(failure.kind == .protocolViolation, "\(failure)")
            #expect(try await client.send(client.request()).body == Array("ok".utf8), "the connection goes on")
            #expect(client.pool.seen.drains == 0)
        }
    }

    @Test func aBodyShorterThanAnnouncedIsAViolation() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.sendRaw(.headers(id.number, [(":status", "200"), ("content-length", "9")]))
            peer.sendRaw(.data(id.number, [1, 2, 3], end: true))
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request())
            #expect(failure.kind == .protocolViolation)
            #expect(failure.phase == .body)
        }
    }

    /// HPACK without a name is refused by the decoder, whose state is the connection's.
    @Test func aFieldWithoutNameEndsTheConnection() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.sendRaw(.headers(id.number, [(":status", "200"), ("", "1")], end: true))
        } body: { (client) async throws in
            #expect(try await client.failure(of: client.request()).kind == .protocolViolation)
            #expect(try await client.pool.wait { $0.closed == 1 })
        }
    }

    @Test func limitsOfTheHeadAreKept() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, let path = frame.requestHead?.first(name: ":path") else { return }
            switch path {
            case "/count": peer.head(id, "200", (0..<11).map { ("x-\($0)", "1") }, end: true)
            case "/bytes": peer.head(id, "200", [("x", String(repeating: "x", count: 2000))], end: true)
            default: peer.head(id, "200", (0..<10).map { ("x-\($0)", String(repeating: "x", count: 90)) }, end: true)
            }
        } body: { (client) async throws in
            let limits = ResponseLimits(headerBytes: 1000, headerCount: 10)
            #expect(try await client.failure(of: client.request("/count", limits: limits)).kind == .limitExceeded)
            #expect(try await client.failure(of: client.request("/bytes", limits: limits)).kind == .limitExceeded)
            #expect(try await client.send(client.request("/good", limits: limits)).head.headerFields.count == 10)
        }
    }

    @Test func aHeadBeyondTheDecodersLimitEndsTheConnection() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            // 320,000 bytes in one block; the limit is 262,144.
            // One header block in HEADERS and CONTINUATION frames, a field in each.
            peer.sendRaw(.headers(id.number, [(":status", "200")], end: true, flags: 0))
            let field = HeaderBlock.literals([("x", String(repeating: "x", count: 16_000))])
            for number in 1...20 {
                let flags = number == 20 ? RawFrame.Flag.endHeaders : 0
                peer.sendRaw(
                    RawFrame(kind: RawFrame.Kind.continuation, flags: flags, stream: id.number, payload: field))
            }
        } body: { (client) async throws in
            let failure = try await client.failure(of: client.request())
            #expect([.limitExceeded, .protocolViolation].contains(failure.kind), "\(failure)")
            #expect(try await client.pool.wait { $0.closed == 1 })
        }
    }

    @Test func theBodysLimitIsKept() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest, let path = frame.requestHead?.first(name: ":path") else { return }
            peer.head(id, "200", path == "/announced" ? [("content-length", "1001")] : [])
            peer.data(id, [UInt8](repeating: 1, count: path == "/fits" ? 1000 : 1001), end: true)
        } body: { (client) async throws in
            let limits = ResponseLimits(bodyBytes: 1000)
            #expect(try await client.failure(of: client.request("/announced", limits: limits)).kind == .limitExceeded)
            #expect(try await client.failure(of: client.request("/silent", limits: limits)).kind == .limitExceeded)
            #expect(try await client.send(client.request("/fits", limits: limits)).body.count == 1000)
        }
    }

    @Test func aPushIsAnErrorOfTheConnection() async throws {
        try await HTTP2Peer.withConnection { peer, frame in
            guard let id = frame.endOfRequest else { return }
            peer.sendRaw(.pushPromise(id.number, promised: 2))
        } body: { (client) async throws in
            #expect(try await client.failure(of: client.request()).kind == .protocolViolation)
            #expect(try await client.pool.wait { $0.closed == 1 })
        }
    }
}
#endif
