#if NIO
import HTTPTypes
import TesseraCore
import TesseraNIO
import TesseraTesting
import Testing

/// The same fault, in memory and over a socket, is the same failure for a client.
@Suite(.serialized) struct `Faults on the wire` {
    /// What a client sees of one request.
    private func outcome(_ transport: some Transport, _ origin: Origin) async throws -> String {
        var request = try makeRequest(.get, "\(origin)/x", deadline: .milliseconds(600))
        request.phases.idle = .milliseconds(300)
        do throws(TransportFailure) {
            let reply = try await transport.send(request)
            return "\(reply.head.status.code) \(String(decoding: reply.body, as: UTF8.self))"
        } catch {
            return "\(error.kind.rawValue) in \(error.phase.rawValue)"
        }
    }

    static let outcomes = [
        "closedBeforeAnswer": "disconnected in head", "resetBeforeAnswer": "disconnected in head",
        "silence": "timeout in head", "slowHead": "200 a body", "cutHead": "disconnected in head",
        "garbage": "protocolViolation in head", "cutBody": "disconnected in body",
        "cutChunked": "disconnected in body", "dripping": "200 a body",
    ]

    @Test(arguments: WireFault.examples) func `in memory and on loopback`(fault: WireFault) async throws {
        let expected = try #require(Self.outcomes[String("\(fault)".prefix { $0 != "(" })])
        let mock = MockTransport()
        mock.on(.get, "/x").fault(fault, body: "a body").then(body: "well again")
        #expect(try await outcome(mock, Origin("http://127.0.0.1:1")) == expected)
        #expect(try await outcome(mock, Origin("http://127.0.0.1:1")) == "200 well again")

        let transport = try NIOTransport()
        try await RawServer.withRunning(faults: [fault], answer: "a body") { server in
            let first = try await outcome(transport, server.origin)
            let second = try await outcome(transport, server.origin)
            #expect(first == expected)
            #expect(second == "200 a body", "the next request is answered")
            #expect(server.log.failures == [])
        }
        await transport.shutdown()
    }

    @Test func `the part of a body before the cut arrives`() async throws {
        let mock = MockTransport()
        mock.on(.get, "/x").fault(.cutBody(after: 3), body: "a body")
        let transport = try NIOTransport()
        try await RawServer.withRunning(faults: [.cutBody(after: 3)], answer: "a body") { server in
            let transports: [(any Transport, Origin)] = [
                (mock, try Origin("http://127.0.0.1:1")), (transport, server.origin),
            ]
            for (transport, origin) in transports {
                var text = ""
                await #expect(throws: TransportFailure.self) {
                    try await transport.stream(makeRequest(.get, "\(origin)/x")) { stream in
                        while let chunk = try await stream.nextChunk() {
                            text += String(decoding: chunk, as: UTF8.self)
                        }
                    }
                }
                #expect(text == "a b")
            }
        }
        await transport.shutdown()
    }
}
#endif
