#if CLI
import Testing
import TesseraDevServer

@Suite("Start and stop")
struct LifecycleTests {
    private struct BodyFailure: Error {}

    private static func refuses(_ url: String) async throws -> Bool {
        do {
            _ = try await TestClient(url).send("GET", "/health")
            return false
        } catch RawSocket.Failure.refused {
            return true
        }
    }

    @Test("both origins accept inside the body and refuse after it")
    func stopsAfterReturn() async throws {
        let (primary, second) = try await DevelopmentServer().withRunning { running in
            for url in [running.primaryURL, running.secondURL] {
                #expect(url.hasPrefix("http://127.0.0.1:"))
                let answer = try await TestClient(url).send("GET", "/health")
                #expect(answer.status == 204)
            }
            #expect(running.primaryURL != running.secondURL)
            return (running.primaryURL, running.secondURL)
        }
        #expect(try await Self.refuses(primary))
        #expect(try await Self.refuses(second))
    }

    @Test("a body that throws stops the servers and keeps its error")
    func stopsAfterThrow() async throws {
        var url = ""
        await #expect(throws: BodyFailure.self) {
            try await DevelopmentServer().withRunning { running in
                url = running.primaryURL
                throw BodyFailure()
            }
        }
        #expect(try await Self.refuses(url))
    }

    @Test("cancelling the task stops the servers, also with a request under way")
    func stopsWhenCancelled() async throws {
        let (urls, started) = AsyncStream<String>.makeStream()
        let task = Task {
            try await DevelopmentServer().withRunning { running in
                async let slow = TestClient(running.primaryURL).send("GET", "/delay/60000?public=true")
                while running.log.entries().isEmpty {
                    if try await TestClient(running.primaryURL).send("GET", "/health").status == 204 { break }
                }
                started.yield(running.primaryURL)
                _ = try await slow
            }
        }
        var iterator = urls.makeAsyncIterator()
        let url = try #require(await iterator.next())
        let start = ContinuousClock.now
        task.cancel()
        _ = await task.result
        #expect(ContinuousClock.now - start < .seconds(8))
        #expect(try await Self.refuses(url))
    }

    @Test("an answer under way is finished before the stop")
    func finishesAnswers() async throws {
        let answer = try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            let pending = Task { try await client.send("GET", "/stream?public=true&chunks=3&interval=150") }
            while running.log.entries().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            return pending
        }.value
        #expect(answer.dechunked.hasSuffix("{\"chunk\":3}\n"))
    }

    @Test("idle connections do not hold the stop back")
    func idleConnections() async throws {
        let (idle, end) = try await DevelopmentServer().withRunning { running in
            let port = try TestClient(running.primaryURL).port
            let head = "GET /health HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
            let idle = Task { try await RawSocket.exchange(port: port, send: Array(head.utf8)) }
            while running.log.entries().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            return (idle, ContinuousClock.now)
        }
        // The two seconds of grace are for answers under way.
        #expect(ContinuousClock.now - end < .milliseconds(1900))
        #expect(try RawAnswer(await idle.value).status == 204)
    }

    @Test("a port in use and a number that is no port are errors")
    func ports() async throws {
        try await DevelopmentServer().withRunning { running in
            let port = try TestClient(running.primaryURL).port
            await #expect(throws: DevelopmentServerError.self) {
                try await DevelopmentServer(.init(port: port)).withRunning { _ in }
            }
            await #expect(throws: DevelopmentServerError.self) {
                try await DevelopmentServer(.init(secondPort: port)).withRunning { _ in }
            }
        }
        for port in [-1, 65536, Int.max] {
            await #expect(throws: DevelopmentServerError.invalidPort(port)) {
                try await DevelopmentServer(.init(port: port)).withRunning { _ in }
            }
        }
    }

    @Test("the default client has a secret of its own each time")
    func defaultSecret() throws {
        let first = DevelopmentServer.Configuration().clients
        let second = DevelopmentServer.Configuration().clients
        #expect(first.keys.sorted() == ["demo"])
        #expect(first["demo"]?.utf8.count == 43)
        #expect(first != second)
    }
}
#endif
