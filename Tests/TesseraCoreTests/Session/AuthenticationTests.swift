import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("A session authenticates")
struct SessionAuthenticationTests {
    private static let token = Secret.fixture("token-42-abc")

    @Test("after a 401 the call is sent again once, with the new token; a second 401 stands")
    func replayOnce() async throws {
        try await withScenario { scenario in
            let tokens = CountedTokens()
            scenario.server.on(.get, "/x").reply(status: 401)
            let api = try scenario.api(auth: .token(tokens))
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .unauthorized)
            #expect(try scenario.values("Authorization") == ["Bearer counted-token-1", "Bearer counted-token-2"])
            #expect(tokens.refusals == [1])
            #expect(error.history.decisions == [.reauthorize, .unauthorized(.alreadyReplayed)])
        }
    }

    @Test("the replay keeps the body, and is allowed for POST: a 401 says that nothing was done")
    func replayPost() async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/x").reply(status: 401).then(status: 201)
            let api = try scenario.api(auth: .token(CountedTokens()))
            _ = try await scenario.time.run { try await api.post("/x", .text("body")) }
            #expect(scenario.server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["body", "body"])
        }
    }

    @Test("a single-use body is not sent again after a 401")
    func replaySingleUse() async throws {
        try await withScenario { scenario in
            let tokens = CountedTokens()
            scenario.server.on(.post, "/x").reply(status: 401)
            let api = try scenario.api(auth: .token(tokens))
            let error = try await scenario.failure { try await api.post("/x", .singleUse { try await $0.write("x") }) }
            #expect(error.history.decisions == [.unauthorized(.bodyNotReplayable)])
            #expect(scenario.server.requests.count == 1)
        }
    }

    @Test("401 and 503 in one call: each has its own budget")
    func mixed() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 503).then(status: 401).then(status: 503).then()
            let api = try scenario.api(auth: .token(CountedTokens()))
            let response = try await scenario.time.run { try await api.get("/x") }
            #expect(response.history.count == 4)
            #expect(response.history.decisions[1] == .reauthorize)
        }
    }

    @Test(
        "which challenges are worth a new token (RFC 6750 §3.1)",
        arguments: [
            ("", 2), ("Bearer", 2), (#"Bearer realm="x""#, 2), (#"Bearer error="invalid_token""#, 2),
            (#"Basic realm="x", Bearer error="invalid_token""#, 2), (#"Bearer error="insufficient_scope""#, 1),
            (#"Bearer error="invalid_request""#, 1), (#"Basic realm="x""#, 1), (#"DPoP algs="ES256""#, 1),
        ])
    func challenges(value: String, requests: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(
                status: 401, headers: value.isEmpty ? [:] : ["WWW-Authenticate": value])
            let api = try scenario.api(auth: .token(CountedTokens()))
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(scenario.server.requests.count == requests)
            #expect(error.challenges.isEmpty == value.isEmpty)
        }
    }

    @Test("a credential that cannot be renewed is not sent again")
    func fixed() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 401)
            let api = try scenario.api(auth: .bearer(Self.token))
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.history.decisions == [.unauthorized(.declined)])
            let open = try await scenario.failure { try await api.get("/x", auth: .anonymous) }
            #expect(open.history.decisions == [.unauthorized(.noCredential)])
            #expect(scenario.server.requests.map(\.isAuthenticated) == [true, false])
        }
    }

    @Test("an authenticator that ends the call ends it, with the history")
    func failing() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 401)
            let auth = TwoAnswers(
                supply: { _ in try .bearer(Self.token) },
                reaction: { _, _ in .fail(.make(.secretUnavailable, "the vault is shut")) })
            let api = try scenario.api(auth: auth)
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .secretUnavailable)
            #expect(error.history.decisions == [.unauthorized(.failed)])
        }
    }

    private struct Foreign: Error {}

    @Test("an authenticator's foreign error becomes a TesseraError with a history", arguments: [true, false])
    func foreign(inReaction: Bool) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 401)
            let auth = TwoAnswers(
                supply: { _ in
                    guard inReaction else { throw Foreign() }
                    return try .bearer(Self.token)
                }, reaction: { _, _ in throw Foreign() })
            let api = try scenario.api(auth: auth)
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.underlying is Foreign)
            #expect(error.history.count == 1)
        }
    }

    @Test("a credential that comes after the call's time is not sent any more (invariant 7)")
    func lateCredential() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let auth = TwoAnswers(supply: { attempt in
                try await attempt.runtime.sleep(attempt.runtime.now().advanced(by: .seconds(120)))
                return try .bearer(Self.token)
            })
            let api = try scenario.api(auth: auth)
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .timeout)
            #expect(scenario.server.requests.isEmpty)
        }
    }

    @Test(
        "no credential goes over http, unless to this machine itself (invariant 9)",
        arguments: [
            ("http://api.test", false), ("http://localhost.", false), ("http://127.0.0.1.nip.io", false),
            ("http://[::ffff:127.0.0.1]", false), ("http://0.0.0.0", false), ("http://169.254.169.254", false),
            ("http://localhost:8080", true), ("http://127.0.0.1", true), ("http://127.3.2.1:99", true),
            ("http://[::1]", true),
            ("https://api.test", true),
        ])
    func clearText(url: String, isAllowed: Bool) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            guard isAllowed else {
                let atInit = #expect(throws: TesseraError.self) { try scenario.api(url, auth: .bearer(Self.token)) }
                #expect(atInit?.code == .insecureTransport)
                let open = try scenario.api(url)
                let error = try await scenario.failure { try await open.get("/x", auth: .use(.bearer(Self.token))) }
                #expect(error.code == .insecureTransport && error.history.decisions == [.failed(.insecureTransport)])
                #expect(scenario.server.requests.isEmpty)
                let insecure = try scenario.api(url, auth: .bearer(Self.token)) { $0.allowsInsecureCredentials = true }
                _ = try await scenario.time.run { try await insecure.get("/x") }
                #expect(scenario.server.requests.map(\.isAuthenticated) == [true])
                return
            }
            let api = try scenario.api(url, auth: .bearer(Self.token))
            _ = try await scenario.time.run { try await api.get("/x") }
            #expect(scenario.server.requests.map(\.isAuthenticated) == [true])
        }
    }

    @Test("a whole URL as target carries the credential to its own origin only")
    func absolute() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "https://api.test/x").reply()
            scenario.server.on(.get, "https://b.test/x").reply()
            let api = try scenario.api(auth: .bearer(Self.token)) {
                $0.headers = ["X-Api-Key": "session-key"]
                $0.query = ["key": "session-key"]
            }
            for url in ["https://api.test/x", "https://b.test/x"] {
                let target = RequestTarget(absolute: try AbsoluteURL(url))
                _ = try await scenario.time.run { try await api.get(target) }
            }
            #expect(scenario.server.requests.map(\.isAuthenticated) == [true, false])
            #expect(scenario.server.requests.map(\.query) == [nil, nil])
        }
    }

    @Test("header fields of the session stay with its origin too, as they do in a redirect")
    func absoluteHeaders() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "https://b.test/x").reply()
            let api = try scenario.api { $0.headers = ["X-Api-Key": "session-key"] }
            let target = RequestTarget(absolute: try AbsoluteURL("https://b.test/x"))
            _ = try await scenario.time.run { try await api.get(target) }
            #expect(try scenario.values("X-Api-Key") == [nil])
        }
    }

    @Test("exactly one Authorization arrives, also when a hook adds one")
    func single() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply()
            let name = try #require(HTTPField.Name("X-Api-Key"))
            let api = try scenario.api(auth: .apiKey(Self.token, header: name)) {
                $0.headers = ["X-Api-Key": "by-hand"]
                $0.observers = [Meddler()]
            }
            _ = try await scenario.time.run { try await api.get("/x", headers: ["x-api-key": "by-hand-too"]) }
            let request = try #require(scenario.server.requests.first)
            #expect(request.headerFields[values: name] == ["token-42-abc"])
            #expect(!request.headerFields.contains(.authorization))
            _ = try await scenario.time.run { try await api.get("/x", auth: .use(.bearer(Self.token))) }
            #expect(scenario.server.requests.last?.headerFields[values: .authorization] == ["Bearer token-42-abc"])
        }
    }

    private struct Meddler: AttemptObserver {
        func willSend(_ head: inout HTTPRequest, attempt: Int, crossesOrigin: Bool) {
            head.headerFields[.authorization] = "Bearer forged"
            if let name = HTTPField.Name("X-Api-Key") { head.headerFields[name] = "forged" }
        }
    }
}
