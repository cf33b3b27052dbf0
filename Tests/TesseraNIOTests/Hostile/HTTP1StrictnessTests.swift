#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Where the contract lets a transport choose between refusing and repairing, this one's choice.
@Suite(.wire, .timeLimit(.minutes(1)))
struct HTTP1StrictnessTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nX-Fold: a\r\n\tb\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200 OK\r\nX-A: 1\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\nb\r\nok\r\n0\r\n\r\n",
    ])
    func whatCouldBeReadInTwoWaysIsRefused(answer: String) async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                guard connection.number == 0 else {
                    try connection.write(Self.ok)
                    continue
                }
                try connection.write(answer)
                _ = try connection.waitForClose(within: .seconds(3))
                return
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let failure = try await failure(within: .seconds(2)) {
                    try await transport.send(.hostile(server.origin, within: .seconds(1)))
                }
                #expect([.protocolViolation, .unsupported].contains(failure.kind), "\(failure)")
                #expect(failure.progress.isSent)
                #expect(try await transport.send(.hostile(server.origin)).text == "ok")
                #expect(server.log.requests.map(\.connection) == [0, 1])
            }
        }
    }

    @Test(arguments: [
        ("Content-Length: 2\r\nContent-Length: 3", "unexpected content-length header"),
        ("Content-Length: two", "invalid character in content-length header"),
        ("Bad Name: 1", "invalid character in header"),
        ("Transfer-Encoding: chunked\r\n\r\nzz", "invalid character in chunk size header"),
    ])
    func whatIsWrongWithAnAnswerIsNamed(lines: String, name: String) async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readRequest()
            try connection.write("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\nok")
            _ = try connection.waitForClose(within: .seconds(3))
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let failure = try await failure(within: .seconds(2)) {
                    try await transport.send(.hostile(server.origin, within: .seconds(1)))
                }
                #expect(failure.kind == .protocolViolation, "\(failure)")
                #expect(failure.message == "the answer is no HTTP: \(name)")
            }
        }
    }

    /// The deadline would end it too; the count ends it at once, and long before the limit of a head's lines.
    @Test func aRowOfInformationalAnswersExceedsALimit() async throws {
        try await RawServer.withRunning { connection in
            _ = try connection.readRequest()
            for _ in 0..<50 { try connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") }
            _ = try connection.waitForClose(within: .seconds(4))
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let failure = try await failure(within: .seconds(1)) {
                    try await transport.send(.hostile(server.origin, within: .seconds(5)))
                }
                #expect(failure.kind == .limitExceeded, "\(failure)")
                #expect(failure.phase == .head)
            }
        }
    }

    /// RFC 9110 §10.1.1: the body waits for permission.
    @Test(arguments: [true, false])
    func anExpectationHoldsTheBodyBack(isStreamed: Bool) async throws {
        try await RawServer.withRunning { connection in
            while try connection.readHead() != nil {
                // Reads meanwhile, so that the log shows what comes before the permission.
                _ = try connection.waitForClose(within: .milliseconds(150))
                try connection.waitForSignal()
                try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
                try connection.readRest()
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let expect = HTTPField(name: .expect, value: "100-continue")
                let body: OutgoingBody =
                    isStreamed ? .stream(length: 4) { try await $0.write("body") } : .bytes(Array("body".utf8))
                async let reply = transport.send(
                    .hostile(server.origin, method: .post, fields: [expect], body: body))
                _ = await server.wait { !$0.requests.isEmpty }
                try await Task.sleep(for: .milliseconds(200))
                let head = try #require(server.log.requests.first).head.count
                #expect(server.log.bytesReceived == head, "bytes beyond the head before 100")
                server.signal()
                #expect(try await reply.text == "ok")
                #expect(server.log.requests.map(\.body) == [Array("body".utf8)])
            }
        }
    }

    /// A final answer instead of permission: the body is not sent, and the connection is not used further.
    @Test func aRefusedExpectationSendsNoBody() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readHead() {
                guard request.method == "POST" else { return try connection.write(Self.ok) }
                try connection.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
                _ = try connection.waitForClose(within: .seconds(2))
                return
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let expect = HTTPField(name: .expect, value: "100-continue")
                let reply = try await transport.send(
                    .hostile(server.origin, method: .post, fields: [expect], body: .bytes(Array("secret body".utf8))))
                #expect(reply.head.status.code == 417)
                #expect(try await transport.send(.hostile(server.origin)).text == "ok")
                let heads = server.log.requests.reduce(0) { $0 + $1.head.count }
                #expect(server.log.bytesReceived == heads, "the heads and nothing else")
            }
        }
    }

    /// Bytes that would change the request's framing or smuggle another one never reach the wire.
    @Test(arguments: [
        "/a b", "/a\tb", "/a\r\nHost: evil", "/a\nb", "/\u{0}", "/\u{7f}", "/ü", "a", "", "http://evil.example/", "*",
        "/a HTTP/1.1\r\nX: y\r\n\r\nGET /b",
    ])
    func aTargetThatIsNoneIsRefusedOrCleaned(target: String) async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(Self.ok) }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                do {
                    _ = try await transport.send(.hostile(server.origin, target))
                } catch let failure as TransportFailure {
                    #expect(failure.kind == .unsupported)
                    #expect(failure.progress == .nothingSent)
                }
                #expect(server.log.requests.count <= 1)
                #expect(server.log.failures.isEmpty)
                for request in server.log.requests {
                    #expect(request.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && request.target.hasPrefix("/"))
                    #expect(request.values(of: "Host") == [server.origin.authority])
                }
                // A refused request must not cost the connection, nor hang on it.
                #expect(try await transport.send(.hostile(server.origin, "/next")).text == "ok")
            }
        }
    }

    /// What frames a message is the transport's own business (threat B7).
    @Test(arguments: ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Keep-Alive", "TE"])
    func aFramingFieldOfTheCallerIsRefused(name: String) async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(Self.ok) }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                let field = HTTPField(name: try #require(HTTPField.Name(name)), value: name == "TE" ? "trailers" : "7")
                do {
                    _ = try await transport.send(.hostile(server.origin, fields: [field]))
                    #expect(name == "TE", "\(name) was let through")
                } catch let failure as TransportFailure {
                    #expect(failure.progress == .nothingSent)
                }
                #expect(try await transport.send(.hostile(server.origin, "/next")).text == "ok")
                for request in server.log.requests { #expect(request.values(of: "Host") == [server.origin.authority]) }
            }
        }
    }

    @Test func noLimitsAreLimitsToo() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(Self.ok) }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                for number in [Int.max, .max - 1] {
                    let limits = ResponseLimits(
                        headerBytes: number, headerCount: number, bodyBytes: number, decompressionRatio: number)
                    #expect(try await transport.send(.hostile(server.origin, limits: limits)).text == "ok")
                }
                for number in [Int.min, -1, 0] {
                    let limits = ResponseLimits(
                        headerBytes: number, headerCount: number, bodyBytes: number, decompressionRatio: number)
                    let failure = try await failure(within: .seconds(2)) {
                        try await transport.send(.hostile(server.origin, within: .seconds(1), limits: limits))
                    }
                    #expect(failure.kind == .limitExceeded, "\(failure)")
                }
            }
        }
    }
}
#endif
