import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `Answers of a mock` {
    @Test func `a closure sees the request and makes the answer`() async throws {
        let server = MockTransport()
        server.on(.post, "/echo").reply { request in
            MockReply(
                status: 201, headers: ["X-Method": request.method.rawValue, "X-Two": "1", "X-Two": "2"],
                bytes: request.body)
        }
        let reply = try await server.send(makeRequest(.post, "https://api.test/echo", body: .bytes([7])))
        let name = try #require(HTTPField.Name("X-Two"))
        #expect(
            reply.head.status.code == 201 && reply.body == [7] && reply.head.headerFields[values: name] == ["1", "2"])
    }

    @Test func `a closure's transport failure is the client's, another error is not passed off as one`() async throws {
        struct Own: Error {}
        let server = MockTransport()
        server.on(.get, "/f").reply { _ in
            throw TransportFailure(.tls, phase: .tls, progress: .nothingSent, message: "scripted")
        }
        server.on(.get, "/o").reply { _ in throw Own() }
        let tls = await #expect(throws: TransportFailure.self) {
            try await server.send(makeRequest(.get, "https://api.test/f"))
        }
        let own = await #expect(throws: TransportFailure.self) {
            try await server.send(makeRequest(.get, "https://api.test/o"))
        }
        #expect(tls?.kind == .tls && own?.kind == .unexpectedRequest && own?.underlying is Own)
    }

    @Test func `a body comes in the pieces that were prepared, with their waits`() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/s").reply(chunks: ["a", "bc", "def"], every: .seconds(2))
            let request = try makeRequest(.get, "https://api.test/s")
            let pieces = try await time.run {
                try await server.stream(request) { stream in
                    var pieces: [String] = []
                    while let chunk = try await stream.nextChunk() {
                        pieces.append(String(decoding: chunk, as: UTF8.self))
                    }
                    return pieces
                }
            }
            #expect(pieces == ["a", "bc", "def"] && time.elapsed == .seconds(6))
            let whole = try await time.run { try await server.send(request) }
            #expect(whole.body == Array("abcdef".utf8) && time.elapsed == .seconds(12))
        }
    }

    struct Flaw: Sendable, CustomTestStringConvertible {
        var name: String
        var reply: MockReply
        var testDescription: String { name }
    }

    /// swift-http-types drops a name, repairs a value and traps on a status.
    @Test(arguments: [
        Flaw(name: #""Bad Name" is no name of a header field"#, reply: MockReply(headers: ["Bad Name": "1"])),
        Flaw(name: #""" is no name of a header field"#, reply: MockReply(headers: ["": "1"])),
        Flaw(name: "the value of X-A holds what a header field cannot", reply: MockReply(headers: ["X-A": "a\r\nb"])),
        Flaw(name: "99 is no status", reply: MockReply(status: 99)),
        Flaw(name: "1000 is no status", reply: MockReply(status: 1000)),
    ])
    func `what HTTP cannot carry is refused loudly`(flaw: Flaw) async throws {
        let server = MockTransport()
        server.on(.get, "/x").reply(flaw.reply)
        let failure = await #expect(throws: TransportFailure.self) { try await server.send(makeRequest()) }
        #expect(
            failure?.kind == .unexpectedRequest && failure?.message.contains(flaw.name) == true,
            "\(failure?.message ?? "")")
        #expect(server.problems.map(\.kind) == [.unexpectedRequest, .flaw])
        #expect(server.problems.last?.text == "GET /x: \(flaw.name)")
        server.on(.get, "/c").reply { _ in flaw.reply }
        let computed = await #expect(throws: TransportFailure.self) {
            try await server.send(makeRequest(.get, "https://api.test/c"))
        }
        #expect(computed?.message.contains(flaw.name) == true)
    }

    @Test func `a target that is none is refused as well`() async throws {
        let server = MockTransport()
        server.on(.get, "users").reply()
        server.on(.get, "https:///users").reply()
        #expect(server.problems.map(\.kind) == [.flaw, .flaw])
    }
}
