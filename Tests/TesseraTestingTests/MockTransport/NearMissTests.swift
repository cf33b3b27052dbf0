import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// What a person reads when a request was not expected; asserted word for word.
@Suite struct `Near misses` {
    private func text(_ server: MockTransport, _ request: TransportRequest) async throws -> String {
        let failure = await #expect(throws: TransportFailure.self) { try await server.send(request) }
        #expect(failure?.kind == .unexpectedRequest && failure?.progress == .nothingSent)
        return "\(try #require(failure?.underlying))"
    }

    @Test func `nothing was prepared`() async throws {
        let text = try await text(MockTransport(), makeRequest(.get, "https://api.test/users"))
        #expect(
            text == """
                nobody prepared an answer to GET https://api.test/users
                prepared is: nothing
                """)
    }

    @Test func `another method`() async throws {
        let server = MockTransport()
        let line = #line + 1
        server.on(.post, "/users").reply(status: 201)
        server.on(.get, "/projects/7/members").reply()
        #expect(
            try await text(server, makeRequest(.get, "https://api.test/users")) == """
                nobody prepared an answer to GET https://api.test/users
                the nearest is POST /users (NearMissTests.swift:\(line)), which differs:
                  method: expected POST, got GET
                prepared is: POST /users, GET /projects/7/members
                """)
    }

    @Test func `query, header and JSON`() async throws {
        let server = MockTransport()
        let user = RequestMatcher.json(["name": "Ada", "tags": ["a", "b"]])
        let (accept, page) = (RequestMatcher.header("Accept", "application/json"), RequestMatcher.query(["page": "2"]))
        let line = #line + 1
        server.on(.post, "/users?expand=teams", accept, page, user).reply()
        let request = try makeRequest(
            .post, "https://api.test/users?page=1", headers: ["Accept": "text/html"],
            body: .bytes(Array(#"{"name":"Bob","tags":["a"],"admin":true}"#.utf8)))
        let seen = try await text(server, request)
        #expect(
            seen == """
                nobody prepared an answer to POST https://api.test/users
                the nearest is POST /users?expand=teams (NearMissTests.swift:\(line)), which differs:
                  query expand: expected "teams", got nothing
                  header accept: expected "application/json", got "text/html"
                  query page: expected "2", got "1"
                  JSON /admin: expected nothing, got true
                  JSON /name: expected "Ada", got "Bob"
                  JSON /tags/1: expected "b", got nothing
                prepared is: POST /users?expand=teams
                """)
    }

    @Test func `secrets stand as their tags`() async throws {
        let (right, wrong, other) = (Canary(), Canary(), Canary())
        let server = MockTransport()
        let line = #line + 1
        server.on(.post, "/t", .bearer(right.secret), .form(["client_secret": other.secret.exposed])).reply()
        let request = try makeRequest(
            .post, "https://api.test/t", body: .bytes(Array("client_secret=\(wrong.secret.exposed)".utf8)),
            sealed: Credential.bearer(wrong.secret).fields)
        let text = try await text(server, request)
        for canary in [right, wrong, other] { #expect(canary.leak(in: text) == nil) }
        let (expected, seen) = (
            Secret(String("Bearer " + right.secret.exposed)), Secret(String("Bearer " + wrong.secret.exposed))
        )
        #expect(
            text.hasPrefix(
                """
                nobody prepared an answer to POST https://api.test/t
                the nearest is POST /t (NearMissTests.swift:\(line)), which differs:
                  header authorization: expected \(expected), got \(seen)
                  form client_secret: expected \(other.secret), got [secret:
                """), "\(text)")
    }

    @Test func `one request more than was prepared`() async throws {
        let server = MockTransport()
        let line = #line + 1
        server.on(.get, "/once").reply().times(1)
        _ = try await server.send(makeRequest(.get, "https://api.test/once"))
        #expect(
            try await text(server, makeRequest(.get, "https://api.test/once")) == """
                nobody prepared an answer to GET https://api.test/once
                the nearest is GET /once (NearMissTests.swift:\(line)), which differs:
                  count: expected at most 1, got request 2
                prepared is: GET /once
                """)
    }

    @Test func `the failure that the client gets says it in a line`() async throws {
        let server = MockTransport()
        let line = #line + 1
        server.on(.get, "/users").reply()
        let failure = await #expect(throws: TransportFailure.self) {
            try await server.send(makeRequest(.get, "https://api.test/user"))
        }
        #expect(
            failure?.message == "nobody prepared an answer to GET https://api.test/user; the nearest is GET /users "
                + "(NearMissTests.swift:\(line)): path: expected /users, got /user; prepared is: GET /users")
    }
}
