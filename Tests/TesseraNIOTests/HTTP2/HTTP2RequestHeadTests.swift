#if NIO
import HTTPTypes
import NIOCore
import NIOHPACK
import NIOHTTP2
import TesseraCore
import Testing

@testable import TesseraNIO

/// The header blocks of requests (RFC 9113 §8.3.1, RFC 7541).
@Suite(.timeLimit(.minutes(1)))
struct HTTP2RequestHeadTests {
    private func head(
        _ path: String? = "/", method: HTTPRequest.Method = .get, _ fields: [HTTPField] = [],
        sealed: SealedFields = .none, body: OutgoingBody = .none, mayIndex: Bool = true
    ) throws -> HTTP2RequestHead {
        let origin = try Origin("https://api.example")
        var head = HTTPRequest(method: method, scheme: "https", authority: "api.example", path: path)
        for field in fields { head.headerFields.append(field) }
        let request = TransportRequest(
            origin: origin, head: head, sealed: sealed, body: body, deadline: Runtime.system.now(), runtime: .system)
        let template = HTTP2RequestHead.Template(method: method.rawValue, origin: origin, mayIndex: mayIndex)
        return try HTTP2RequestHead(request, template)
    }

    private func field(_ name: String, _ value: String) throws -> HTTPField {
        HTTPField(name: try #require(HTTPField.Name(name)), value: value)
    }

    private func line(_ head: HTTP2RequestHead) -> [String] {
        head.block.map { "\($0.name): \($0.value)" }
    }

    @Test func namesAreLowerCaseAndPseudoFieldsComeFirst() throws {
        let head = try head("/a", method: .post, [field("X-Mixed-Case", "V")], body: .bytes([1, 2, 3]))
        #expect(
            line(head) == [
                ":method: POST", ":scheme: https", ":authority: api.example", ":path: /a", "x-mixed-case: V",
                "content-length: 3",
            ])
    }

    @Test func methodsThatAnticipateABodySayThatThereIsNone() throws {
        #expect(try line(head(method: .put)).last == "content-length: 0")
        #expect(try line(head(method: .delete)).last == ":path: /")
        #expect(try line(head(method: .post, body: .stream(length: nil) { _ in })).last == ":path: /")
        #expect(try line(head(method: .post, body: .stream(length: 7) { _ in })).last == "content-length: 7")
    }

    @Test(arguments: [
        ("Host", "b.example"), ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("Connection", "close"),
        ("Keep-Alive", "1"), ("Upgrade", "h2c"), ("Proxy-Connection", "close"), ("TE", "gzip"),
        ("HTTP2-Settings", "AAA"),
    ])
    func whatTheTransportSaysItselfIsRefused(_ name: String, _ value: String) throws {
        let field = try field(name, value)
        let failure = #expect(throws: TransportFailure.self) { try head([field]) }
        #expect(failure?.kind == .unsupported)
        #expect(failure?.progress == .nothingSent)
    }

    private func head(_ fields: [HTTPField]) throws -> HTTP2RequestHead { try head("/", fields) }

    @Test func trailersAreAllowedInTE() throws {
        #expect(try line(head([field("TE", "trailers")])).last == "te: trailers")
    }

    @Test(arguments: ["", "a", "*", "http://b.example/", "/a b", "/ä"])
    func aTargetThatIsNoPathIsRefused(_ path: String) throws {
        #expect(throws: TransportFailure.self) { try head(path) }
    }

    @Test func credentialsAreNeverIndexed() throws {
        let token = SealedFields([try field("Authorization", "Bearer secret"), try field("X-API-Key", "secret")])
        let own = try [field("Cookie", "a=b"), field("X-Plain", "1"), field("Proxy-Authorization", "Basic x")]
        let head = try head("/", own, sealed: token)
        let indexing = Dictionary(head.block.map { ($0.name, $0.indexable) }) { first, _ in first }
        for name in ["authorization", "x-api-key", "cookie", "proxy-authorization"] {
            #expect(indexing[name] == .neverIndexed, "\(name)")
        }
        #expect(indexing["x-plain"] == .indexable)
        #expect(indexing[":path"] == .nonIndexable)
    }

    @Test func nothingIsIndexedForAPeerThatWantsALargeTable() throws {
        let head = try head("/", [field("X-Plain", "1")], mayIndex: false)
        #expect(head.block.allSatisfy { $0.indexable != .indexable })
    }

    /// As the peer decodes it: the bit that forbids proxies on the way to index it (RFC 7541 §6.2.3) is on the wire, and
    /// the value is spelled out again in the second request.
    @Test func theWireSaysThatCredentialsAreNeverIndexed() async throws {
        let heads = Seen<[HPACKHeaders]>([])
        try await HTTP2Peer.withConnection { peer, frame in
            if let head = frame.requestHead { heads.update { $0.append(head) } }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            let sealed = SealedFields([try field("Authorization", "Bearer secret")])
            for _ in 1...2 {
                _ = try await client.send(client.request(fields: [field("X-Plain", "1")], sealed: sealed))
            }
            #expect(heads.now.count == 2)
            for head in heads.now {
                let credential = try #require(head.first { $0.name == "authorization" })
                #expect(credential.value == "Bearer secret")
                #expect(credential.indexable == .neverIndexed)
                #expect(head.first { $0.name == "x-plain" }?.indexable == .indexable)
            }
        }
    }

    /// NIOHTTP2 cannot split a head; it would end the connection (`UnableToSerializeFrame`).
    @Test(arguments: [(16_384, 15_000, true), (16_384, 20_000, false), (32_768, 20_000, true), (32_768, 40_000, false)])
    func aHeadThatFitsIntoNoFrameIsNotSent(_ frameSize: Int, count: Int, isSent: Bool) async throws {
        let settings = [
            HTTP2Setting(parameter: .maxFrameSize, value: frameSize),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 100_000),
        ]
        try await HTTP2Peer.withConnection(settings: settings) { peer, frame in
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            try await client.hasSettings()
            _ = try await client.send(client.request())
            let request = try client.request(fields: [field("X-Large", String(repeating: "a", count: count))])
            if isSent {
                #expect(try await client.send(request).body == Array("ok".utf8))
            } else {
                let failure = try await client.failure(of: request)
                #expect(failure.kind == .unsupported)
                #expect(failure.progress == .nothingSent)
            }
            #expect(try await client.send(client.request()).body == Array("ok".utf8), "the connection goes on")
            #expect(client.pool.seen.drains == 0)
        }
    }

    @Test(arguments: ["a", "Z", "~", "\\", "ä", "+", "{"])
    func theBoundOfAHeadIsNeverTooLow(_ character: String) throws {
        for count in [1000, 3000, 5000, 9000, 16_000] {
            var block = HPACKHeaders()
            block.add(name: "x", value: String(repeating: character, count: count))
            guard HTTP2HeadSize.fits(block, byteCount: 1 + count * character.utf8.count, in: 16_384) else { continue }
            var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
            var buffer = ByteBuffer()
            try encoder.encode(headers: block, to: &buffer)
            #expect(buffer.readableBytes <= 16_384, "\(count)")
        }
    }

    @Test func aRequestForAnotherOriginIsNotSent() async throws {
        let heads = Seen(0)
        try await HTTP2Peer.withConnection { peer, frame in
            if frame.requestHead != nil { heads.update { $0 += 1 } }
            if let id = frame.endOfRequest { peer.answer(id) }
        } body: { (client) async throws in
            var request = client.request()
            request.origin = try Origin("http://127.0.0.1:1")
            let failure = try await client.failure(of: request)
            #expect(failure.kind == .unsupported)
            #expect(failure.progress == .nothingSent)
            #expect(heads.now == 0)
        }
    }
}
#endif
