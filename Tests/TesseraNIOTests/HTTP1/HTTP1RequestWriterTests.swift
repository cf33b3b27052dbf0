#if NIO
import HTTPTypes
import NIOCore
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite struct HTTP1RequestWriterTests {
    private func written(
        _ change: (inout TransportRequest) -> Void = { _ in }, absolute: Bool = false, proxy: String? = nil
    ) throws -> String {
        let origin = try Origin("http://api.example:8080")
        var request = TransportRequest(
            origin: origin,
            head: HTTPRequest(method: .get, scheme: "http", authority: origin.authority, path: "/users?page=2"),
            deadline: .distantFuture)
        change(&request)
        var buffer = ByteBuffer()
        try HTTP1RequestWriter(origin: origin, usesAbsoluteForm: absolute, proxyAuthorization: proxy)
            .write(request, to: &buffer)
        return String(buffer: buffer)
    }

    @Test func `a request without a body is a request line, the host and the fields`() throws {
        let text = try written { $0.head.headerFields[.accept] = "application/json" }
        #expect(text == "GET /users?page=2 HTTP/1.1\r\nHost: api.example:8080\r\nAccept: application/json\r\n\r\n")
    }

    @Test func `a request for another origin is refused`() throws {
        let failure = #expect(throws: TransportFailure.self) {
            let other = try Origin("http://api.example:8081")
            _ = try written { $0.origin = other }
        }
        #expect(failure?.progress == .nothingSent)
    }

    @Test func `sealed fields come after those of the head`() throws {
        let text = try written { $0.sealed = SealedFields([HTTPField(name: .authorization, value: "Bearer t")]) }
        #expect(text.hasSuffix("Host: api.example:8080\r\nAuthorization: Bearer t\r\n\r\n"))
    }

    @Test func `a proxy that reads the request is told the whole URL and its own credential`() throws {
        let text = try written(absolute: true, proxy: "Basic dTpw")
        #expect(text.hasPrefix("GET http://api.example:8080/users?page=2 HTTP/1.1\r\n"))
        #expect(text.hasSuffix("Proxy-Authorization: Basic dTpw\r\n\r\n"))
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch])
    func `a method that anticipates a body says that there is none`(method: HTTPRequest.Method) throws {
        #expect(try written { $0.head.method = method }.hasSuffix("\r\nContent-Length: 0\r\n\r\n"))
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .delete, .options])
    func `other methods say nothing of a body that is not there`(method: HTTPRequest.Method) throws {
        #expect(try !written { $0.head.method = method }.contains("Content-Length"))
    }

    @Test func `a small body goes along with the head`() throws {
        let text = try written {
            $0.head.method = .post
            $0.body = .bytes(Array("hello".utf8))
        }
        #expect(text.hasSuffix("Content-Length: 5\r\n\r\nhello"))
    }

    @Test func `a large body does not`() throws {
        let text = try written {
            $0.head.method = .post
            $0.body = .bytes([UInt8](repeating: 0x78, count: HTTP1RequestWriter.smallBody + 1))
        }
        #expect(text.hasSuffix("Content-Length: 16385\r\n\r\n"))
    }

    @Test func `a stream is announced by its length, or sent in chunks`() throws {
        #expect(try written { $0.body = .stream(length: 7) { _ in } }.hasSuffix("Content-Length: 7\r\n\r\n"))
        #expect(try written { $0.body = .stream(length: nil) { _ in } }.hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
    }

    @Test(arguments: ["", "users", "/a b", "/ü", "http://evil.example/", "*"])
    func `a target that is no path in printable ASCII is refused, and nothing is sent`(target: String) throws {
        let failure = #expect(throws: TransportFailure.self) {
            _ = try written { $0.head.path = target }
        }
        #expect(failure?.kind == .unsupported && failure?.progress == .nothingSent)
    }

    @Test(arguments: ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Keep-Alive"])
    func `framing is the transport's own business`(name: String) throws {
        let field = HTTPField(name: try #require(HTTPField.Name(name)), value: "1")
        let failure = #expect(throws: TransportFailure.self) {
            _ = try written { $0.head.headerFields.append(field) }
        }
        #expect(failure?.kind == .unsupported && failure?.progress == .nothingSent)
    }
}
#endif
