import HTTPTypes
import TesseraCore
import TesseraSwiftTesting
import TesseraTesting
import Testing

@Suite struct `Strict mocks` {
    private func ask(_ server: MockTransport, _ path: String, _ method: HTTPRequest.Method = .get) async throws {
        _ = try await server.send(makeRequest(method, "https://api.test\(path)"))
    }

    @Test func `what was prepared and not asked for is a problem, with its place`() async throws {
        let server = MockTransport()
        let line = #line + 1
        server.on(.get, "/never").reply()
        server.on(.get, "/partly").reply().then().then()
        server.on(.get, "/thrice").reply().times(3)
        server.on(.get, "/helper").reply().optional()
        server.on(.get, "/used").reply()
        for path in ["/partly", "/thrice", "/thrice", "/used"] { try await ask(server, path) }
        #expect(
            server.problems.map(\.description) == [
                "GET /never: no request came (StrictMocksTests.swift:\(line))",
                "GET /partly: 1 of 3 answers were used (StrictMocksTests.swift:\(line + 1))",
                "GET /thrice: expected 3 requests, got 2 (StrictMocksTests.swift:\(line + 2))",
            ])
        #expect(throws: MockFailure.self) { try server.verify() }
        for path in ["/never", "/partly", "/partly", "/thrice"] { try await ask(server, path) }
        #expect(throws: Never.self) { try server.verify() }
    }

    @Test func `an unexpected request is a problem even when the code under test swallowed its error`() async throws {
        let server = MockTransport()
        try? await ask(server, "/x")
        #expect(server.problems.map(\.kind) == [.unexpectedRequest])
        #expect(
            server.problems.first?.text == "nobody prepared an answer to GET https://api.test/x\nprepared is: nothing")
    }

    @Test func `the scope asks all mocks that were made in it`() async throws {
        let failure = await #expect(throws: MockFailure.self) {
            try await withStrictMocks {
                MockTransport().on(.get, "/a").reply()
                async let other: Void = { _ = MockTransport().on(.get, "/b").reply() }()
                await other
            }
        }
        #expect(failure?.problems.map(\.text).sorted() == ["GET /a: no request came", "GET /b: no request came"])
        #expect(try await withStrictMocks { MockTransport().problems.count } == 0)
    }

    @Test func `an order is kept or told`() async throws {
        let server = MockTransport(order: .asPrepared)
        server.on(.post, "/login").reply()
        server.on(.get, "/me").reply().then()
        server.on(.post, "/logout").reply()
        await #expect(throws: TransportFailure.self) { try await ask(server, "/me") }
        for (method, path) in [(HTTPRequest.Method.post, "/login"), (.get, "/me")] {
            try await ask(server, path, method)
        }
        await #expect(throws: TransportFailure.self) { try await ask(server, "/logout", .post) }
        try await ask(server, "/me")
        try await ask(server, "/logout", .post)
        #expect(server.problems.map(\.kind) == [.unexpectedRequest, .unexpectedRequest])
        #expect(server.problems.first?.text.contains("the nearest is POST /login") == true)
    }

    @Test func `a route counts and keeps its own requests`() async throws {
        let server = MockTransport()
        let users = server.on(.get, "/users/*").reply()
        let one = server.on(.get, "/users/1").reply()
        for path in ["/users/1", "/users/2", "/users/3"] { try await ask(server, path) }
        #expect(one.count == 1 && users.count == 2 && users.requests.map(\.path) == ["/users/2", "/users/3"])
        #expect(server.count(.get, "/users/*") == 3)
    }

    // MARK: - The trait

    @Test func `the trait fails a test for what it prepared in vain, at the line where it did`() async throws {
        let test = try #require(Test.current)
        let line = #line + 4
        try await withKnownIssue {
            try await StrictMocksTrait().provideScope(for: test, testCase: Test.Case.current) {
                let server = MockTransport()
                server.on(.get, "/never").reply()
                _ = server
            }
        } matching: { issue in
            issue.sourceLocation?.line == line
                && issue.comments.map(\.rawValue) == ["GET /never: no request came (StrictMocksTests.swift:\(line))"]
        }
    }

    @Test func `the trait fails a test for a request whose error was swallowed`() async throws {
        let test = try #require(Test.current)
        try await withKnownIssue {
            try await StrictMocksTrait().provideScope(for: test, testCase: Test.Case.current) {
                let server = MockTransport()
                _ = try? await server.send(makeRequest())
            }
        } matching: {
            $0.comments.first?.rawValue.hasPrefix("nobody prepared an answer to GET https://api.test/x") == true
        }
    }

    @Test func `a test that throws is not also told what it did not come to`() async throws {
        struct Own: Error {}
        let test = try #require(Test.current)
        await #expect(throws: Own.self) {
            try await StrictMocksTrait().provideScope(for: test, testCase: Test.Case.current) {
                MockTransport().on(.get, "/never").reply()
                throw Own()
            }
        }
    }

    @Test(.strictMocks) func `the trait lets a test pass whose mocks were used`() async throws {
        let server = MockTransport()
        server.on(.get, "/x").reply()
        let request = try makeRequest()
        _ = try await Task.detached { try await server.send(request) }.value
    }
}
