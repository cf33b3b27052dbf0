import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("RequestHeaders: refused, never repaired")
struct RequestHeadersTests {
    private static func apply(_ headers: RequestHeaders, to start: HTTPFields = HTTPFields()) throws -> HTTPFields {
        var fields = start
        try headers.apply(to: &fields)
        return fields
    }

    private static func refusal(_ headers: RequestHeaders) -> TesseraError? {
        #expect(throws: TesseraError.self) { try apply(headers) }
    }

    @Test(
        "a value with a control character is refused and not echoed",
        arguments: ["\r", "\n", "\r\nHost: evil", "\u{0}", "\u{1B}[31m", "\u{7F}", "\u{8}", "\u{1}"])
    func values(part: String) {
        for value in ["hunter2\(part)", "\(part)hunter2", "hun\(part)ter2"] {
            let error = Self.refusal(["X-Note": value])
            #expect(error?.code == .invalidHeader)
            #expect(error?.description.contains("ter2") == false)
        }
    }

    @Test("tabs, spaces inside and bytes above ASCII may stand in a value (RFC 9110 §5.5)")
    func allowed() throws {
        let fields = try Self.apply(["X-Note": "a\tb c", "X-Name": "Zoë"])
        #expect(try fields[#require(HTTPField.Name("X-Note"))] == "a\tb c")
        #expect(try fields[#require(HTTPField.Name("X-Name"))] == "Zoë")
    }

    @Test(
        "a name that is no token is refused (RFC 9110 §5.1)",
        arguments: [
            "", " ", "X Note", "X-Note:", "X-Note\r\nHost", "X-Note\u{0}", ":path", "X(", "X,Y", "X\"", "Ü", "X/Y",
            "[x]",
            "X\t",
        ])
    func names(name: String) {
        #expect(Self.refusal(RequestHeaders(dictionaryLiteral: (name, "x")))?.code == .invalidHeader)
    }

    @Test(
        "what belongs to the library cannot be set by hand, in whatever case (threat B7)",
        arguments: [
            "Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "Host", "hOsT", "Content-Length",
            "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade",
        ])
    func reserved(name: String) async throws {
        let error = Self.refusal(RequestHeaders(dictionaryLiteral: (name, "hunter2hunter2")))
        #expect(error?.code == .invalidHeader)
        #expect(error?.remedy != nil)
        #expect(error?.description.contains("hunter2") == false)
        let server = MockTransport()
        let session = try Session("https://api.test", transport: server) { $0.proxy = .none }
        await #expect(throws: TesseraError.self) {
            try await session.post("/x", headers: RequestHeaders(dictionaryLiteral: (name, "x")))
        }
        #expect(throws: TesseraError.self) {
            try Session("https://api.test", transport: server) {
                $0.headers = RequestHeaders(dictionaryLiteral: (name, "x"))
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test("names and values have a length bound")
    func bounds() throws {
        #expect(Self.refusal(RequestHeaders(dictionaryLiteral: (String(repeating: "a", count: 257), "x"))) != nil)
        #expect(Self.refusal(["X-Note": String(repeating: "a", count: 16_385)]) != nil)
        #expect(try Self.apply(["X-Note": String(repeating: "a", count: 16_384)]).count == 1)
    }

    @Test("names are compared without case; setting replaces, nil removes, a repeated name is sent twice")
    func replacing() throws {
        var headers: RequestHeaders = ["X-A": "1", "x-a": "2", "X-B": "3"]
        #expect(headers["x-A"] == "1")
        #expect(try Self.apply(headers)[values: #require(HTTPField.Name("X-A"))] == ["1", "2"])
        headers["X-a"] = "4"
        headers["x-b"] = nil
        let fields = try Self.apply(headers)
        #expect(try fields[values: #require(HTTPField.Name("X-A"))] == ["4"])
        #expect(fields.count == 1)
        #expect(RequestHeaders().isEmpty && !headers.isEmpty)
    }

    @Test("a call's field replaces the session's of the same name")
    func layers() throws {
        let session = try Session("https://api.test", transport: MockTransport()) {
            $0.proxy = .none
            $0.headers = ["X-A": "session", "X-B": "session"]
            $0.userAgent = "me/1"
        }
        let head = try session.preview(CallRequest(.get, "/x", headers: ["x-a": "call", "Accept": "text/csv"]))
        #expect(try head.headerFields[values: #require(HTTPField.Name("X-A"))] == ["call"])
        #expect(try head.headerFields[values: #require(HTTPField.Name("X-B"))] == ["session"])
        #expect(head.headerFields[values: .accept] == ["text/csv"])
        #expect(head.headerFields[values: .userAgent] == ["me/1"])
    }

    @Test("an idempotency key goes through the same checks, and an empty one is none", arguments: ["", " ", "a\r\nb"])
    func idempotencyKey(key: String) async throws {
        let server = MockTransport()
        server.on(.post, "/x").reply()
        let session = try Session("https://api.test", transport: server) { $0.proxy = .none }
        let error = await #expect(throws: TesseraError.self) {
            try await session.post("/x", idempotencyKey: .key(key))
        }
        #expect(error?.code == .invalidHeader)
        #expect(server.requests.isEmpty)
    }
}
