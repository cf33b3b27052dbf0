import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("MockTransport")
struct MockTransportTests {
    private static func request(
        _ path: String = "/x", _ method: HTTPRequest.Method = .get, origin: String = "https://api.test",
        deadline: MonotonicInstant = .distantFuture, body: OutgoingBody = .none,
        limits: ResponseLimits = ResponseLimits(), sealed: SealedFields = .none
    ) throws -> TransportRequest {
        let origin = try Origin(origin)
        return TransportRequest(
            origin: origin,
            head: HTTPRequest(method: method, scheme: origin.scheme.rawValue, authority: origin.authority, path: path),
            sealed: sealed, body: body, deadline: deadline, limits: limits)
    }

    private static func status(_ server: MockTransport, _ request: TransportRequest) async throws -> Int {
        try await server.send(request).head.status.code
    }

    @Test("a request that nobody prepared fails, and the message names what was prepared")
    func unprepared() async throws {
        let server = MockTransport()
        let first = await #expect(throws: TransportFailure.self) { try await server.send(Self.request()) }
        #expect(first?.kind == .unexpectedRequest && first?.message.contains("prepared is: nothing") == true)
        server.on(.get, "/users").reply()
        server.on(.post, "https://b.test/token").reply()
        for (path, method) in [("/x", HTTPRequest.Method.get), ("/users", .post), ("/users/", .get), ("/token", .post)]
        {
            let failure = await #expect(throws: TransportFailure.self) {
                try await server.send(Self.request(path, method))
            }
            #expect(failure?.kind == .unexpectedRequest)
            for part in ["GET /users", "POST https://b.test/token", "\(method.rawValue) https://api.test\(path)"] {
                #expect(failure?.message.contains(part) == true)
            }
        }
        #expect(server.requests.count == 5, "also what failed is kept")
    }

    @Test("a session reports it as such, and does not retry it")
    func unpreparedSession() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/prepared").reply()
            let api = try Session("https://api.test", transport: server) { $0.proxy = .none }
            let error = await #expect(throws: TesseraError.self) { try await time.run { try await api.get("/other") } }
            #expect(error?.code == .unexpectedRequest && error?.message.contains("GET /prepared") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test("a route without an answer fails as well")
    func noAnswer() async throws {
        let server = MockTransport()
        _ = server.on(.get, "/x")
        let failure = await #expect(throws: TransportFailure.self) { try await server.send(Self.request()) }
        #expect(failure?.kind == .unexpectedRequest)
    }

    @Test("answers come in order, the last one stays")
    func order() async throws {
        let server = MockTransport()
        server.on(.get, "/x").reply(status: 500).then(status: 404).reply(json: ["a": [1, nil, true, 2.5, "x"]])
        var statuses: [Int] = []
        for _ in 0..<3 { statuses.append(try await Self.status(server, Self.request())) }
        let last = try await server.send(Self.request("/x?query=is-not-compared"))
        #expect(statuses == [500, 404, 200])
        #expect(last.body == Array(#"{"a":[1,null,true,2.5,"x"]}"#.utf8))
        #expect(last.head.headerFields[.contentType] == "application/json")
        #expect(server.count(.get, "/x") == 4 && server.count(.post, "/x") == 0)
    }

    @Test("a route that was prepared later counts, and one with an origin holds for that only")
    func overriding() async throws {
        let server = MockTransport()
        server.on(.get, "/x").reply(status: 200)
        server.on(.get, "https://b.test/x").reply(status: 201)
        #expect(try await Self.status(server, Self.request()) == 200)
        #expect(try await Self.status(server, Self.request(origin: "https://b.test")) == 201)
        server.on(.get, "/x").reply(status: 202)
        #expect(try await Self.status(server, Self.request()) == 202)
        #expect(server.count(.get, "https://b.test/x") == 1)
    }

    @Test("keeps what arrived: method, path, query, fields, credential, body, time, and prints no values of it")
    func recording() async throws {
        let canary = Canary()
        let server = MockTransport()
        server.on(.post, "/x").reply()
        let sealed = try Credential.bearer(canary.secret).fields
        _ = try await server.send(
            Self.request("/x?a=b", .post, body: .bytes([1, 2]), sealed: sealed))
        _ = try await server.send(
            Self.request("/x", .post, body: .stream(length: nil) { try await $0.write("abc") }))
        let first = try #require(server.requests.first)
        #expect(first.method == .post && first.path == "/x" && first.query == "a=b" && first.body == [1, 2])
        #expect(first.isAuthenticated && server.requests.last?.body == Array("abc".utf8))
        #expect(first.headerFields[.authorization]?.hasPrefix("Bearer ") == true)
        var dumped = "\(server.requests) "
        dump(first, to: &dumped)
        #expect(canary.leak(in: dumped) == nil && !dumped.contains("a=b"))
    }

    @Test("failures, cuts and limits are as prepared")
    func failures() async throws {
        let server = MockTransport()
        server.on(.get, "/f").fail(.tls, phase: .tls, progress: .nothingSent)
        server.on(.get, "/c").cut(body: "half")
        server.on(.get, "/l").reply(body: "12345")
        let failed = await #expect(throws: TransportFailure.self) { try await server.send(Self.request("/f")) }
        #expect(failed?.kind == .tls && failed?.phase == .tls && failed?.progress == .nothingSent)
        let cut = await #expect(throws: TransportFailure.self) { try await server.send(Self.request("/c")) }
        #expect(cut?.kind == .disconnected && cut?.phase == .body)
        let limit = await #expect(throws: TransportFailure.self) {
            try await server.send(Self.request("/l", limits: ResponseLimits(bodyBytes: 4)))
        }
        #expect(limit?.kind == .limitExceeded)
        #expect(try await server.send(Self.request("/l", limits: ResponseLimits(bodyBytes: 5))).body.count == 5)
    }

    @Test("a streamed answer comes in pieces, and a cut one fails after its last piece")
    func streaming() async throws {
        let server = MockTransport()
        server.on(.get, "/s").reply(body: String(repeating: "a", count: 2500))
        server.on(.get, "/c").cut(body: "half")
        let sizes = try await server.stream(Self.request("/s")) { stream in
            var sizes: [Int] = []
            while let chunk = try await stream.nextChunk() { sizes.append(chunk.count) }
            return sizes
        }
        #expect(sizes == [1024, 1024, 452])
        var read = 0
        let cut = await #expect(throws: TransportFailure.self) {
            try await server.stream(Self.request("/c")) { stream in
                while let chunk = try await stream.nextChunk() { read += chunk.count }
            }
        }
        #expect(cut?.kind == .disconnected && read == 4)
    }

    @Test("a delay is waited for up to the deadline, which ends it with a timeout")
    func delays() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/x").reply(after: .seconds(10))
            let late = MonotonicInstant(nanoseconds: 11_000_000_000)
            _ = try await time.run { try await server.send(Self.request(deadline: late)) }
            #expect(time.elapsed == .seconds(10))
            let failure = await #expect(throws: TransportFailure.self) {
                _ = try await time.run { try await server.send(Self.request(deadline: late)) }
            }
            #expect(failure?.kind == .timeout && time.elapsed == .seconds(11))
        }
    }

    @Test("a request whose deadline is over is not answered, as the contract of a transport says")
    func overdue() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/x").reply()
            await time.advance(by: .seconds(5))
            let failure = await #expect(throws: TransportFailure.self) {
                try await server.send(Self.request(deadline: MonotonicInstant(nanoseconds: 4_000_000_000)))
            }
            #expect(failure?.kind == .timeout)
        }
    }

    @Test("cancelling ends a delay")
    func cancelling() async throws {
        try await withVirtualTime { time in
            let server = MockTransport()
            server.on(.get, "/x").reply(after: .seconds(10))
            let request = try Self.request()
            let task = Task(executorPreference: time.taskExecutor) { try await server.send(request) }
            await time.advance(by: .seconds(1))
            task.cancel()
            await time.settle()
            let failure = await #expect(throws: TransportFailure.self) { try await task.value }
            #expect(failure?.kind == .cancelled && time.elapsed == .seconds(1))
        }
    }

    @Test("a body whose writer throws is a failure of the body")
    func brokenBody() async throws {
        struct Own: Error {}
        let server = MockTransport()
        server.on(.put, "/x").reply()
        let failure = await #expect(throws: TransportFailure.self) {
            try await server.send(Self.request("/x", .put, body: .stream(length: nil) { _ in throw Own() }))
        }
        #expect(failure?.kind == .bodyFailed && failure?.underlying is Own && server.requests.isEmpty)
    }

    @Test("after shutdown nothing is answered or kept")
    func shutdown() async throws {
        let server = MockTransport()
        server.on(.get, "/x").reply()
        await server.shutdown()
        let failure = await #expect(throws: TransportFailure.self) { try await server.send(Self.request()) }
        #expect(failure?.kind == .shutDown && failure?.progress == .nothingSent && server.requests.isEmpty)
    }
}

@Suite("Canary")
struct CanaryTests {
    @Test("two are never the same, and both are found where they stand and nowhere else")
    func found() {
        let (one, other) = (Canary(), Canary())
        let text = one.secret.withExposedBytes { "log: " + String(decoding: $0, as: UTF8.self) }
        #expect(one.secret != other.secret)
        #expect(one.leak(in: text) == .raw && other.leak(in: text) == nil)
        #expect(one.leak(in: Array(text.utf8)) == .raw && one.leak(in: "") == nil)
        #expect(one.leak(in: "\(one)") == nil)
    }
}
