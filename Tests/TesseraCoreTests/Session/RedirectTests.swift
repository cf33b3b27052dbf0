import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("A session follows redirects")
struct SessionRedirectTests {
    /// Reference table 3.2, decided by whole origins (invariant 2) and without downgrades (invariant 9).
    @Test(
        "which credential and which custom header arrive where",
        arguments: [
            ("https://example.com/a", "https://example.com/b", true),
            ("https://example.com/", "https://example.com:443/", true),
            ("https://example.com/", "https://EXAMPLE.com/x", true),
            ("https://example.com:443/", "https://example.com/x", true),
            ("https://example.com:8443/", "https://example.com:8443/x", true), ("https://example.com/", "/x", true),
            ("https://example.com/", "//example.com/x", true), ("http://localhost:80/a", "http://localhost/b", true),
            ("https://example.com/", "https://example.com:8443/", false),
            ("https://example.com:8443/", "https://example.com/x", false),
            ("https://example.com/", "https://sub.example.com/", false),
            ("https://sub.example.com/", "https://example.com/", false),
            ("https://example.com/", "https://example.com./", false),
            ("https://example.com/", "https://example.com.evil.org/", false),
            ("https://example.com/", "https://notexample.com/", false),
            ("https://example.com:80/", "https://example.com/", false),
            ("http://localhost/", "https://localhost/", false),
            ("http://localhost:80/", "https://localhost:443/", false),
            ("http://[::1]:80/", "https://[::1]:443/", false),
            ("http://localhost:8080/", "https://localhost:8443/", false),
            ("http://localhost:1234/", "http://localhost:4321/", false),
            ("http://127.0.0.1/", "http://127.0.0.2/", false),
            ("http://localhost/", "http://127.0.0.1/", false), ("https://example.com/", "//evil.example/x", false),
        ])
    func pairs(from: String, to: String, keeps: Bool) async throws {
        let custom = try #require(HTTPField.Name("X-Api-Key"))
        for auth in [
            StaticAuthenticator.bearer(.fixture("token-42-abc")), .apiKey(.fixture("token-42-abc"), header: custom),
        ] {
            try await withScenario { scenario in
                scenario.server.on(.get, "/start").reply(status: 302, headers: ["Location": to + "end"])
                for path in ["/end", "/bend", "/xend"] { scenario.server.on(.get, path).reply() }
                let api = try scenario.api(from.hasSuffix("/a") ? String(from.dropLast()) : from, auth: auth)
                let call = CallRequest(.get, "/start", headers: ["X-Hand": "hand-set-secret", "Cookie": "sid=1"])
                let response = try await scenario.time.run { try await api.send(call) }
                let last = try #require(scenario.server.requests.last)
                let names = try ["Authorization", "X-Api-Key", "X-Hand", "Cookie"].map {
                    try #require(HTTPField.Name($0))
                }
                let present = names.filter { last.headerFields.contains($0) }.count
                #expect(present == (keeps ? 3 : 0))
                #expect(scenario.server.requests.count == 2)
                #expect(response.history.attempts.map(\.credential) == [.attached, keeps ? .attached : .withheld])
                #expect(response.url.origin == last.origin)
            }
        }
    }

    @Test(
        "https to http is refused, with and without a credential",
        arguments: ["http://example.com/", "http://localhost/", "http://127.0.0.1:8080/", "http://example.com:443/"])
    func downgrade(location: String) async throws {
        for auth in [nil, StaticAuthenticator.bearer(.fixture("token-42-abc"))] {
            try await withScenario { scenario in
                scenario.server.on(.get, "/start").reply(status: 302, headers: ["Location": location])
                let api = try scenario.api("https://example.com", auth: auth)
                let error = try await scenario.failure { try await api.get("/start") }
                #expect(error.code == .redirectRefused)
                #expect(error.history.decisions == [.redirectRefused(.downgrade)])
                #expect(scenario.server.requests.count == 1)
            }
        }
    }

    @Test(
        "a Location that is no acceptable URL ends the call and is not repeated in the error",
        arguments: [
            "https://user:hunter2@example.com/", "https://a.example\\@evil.example/hunter2", "javascript:hunter2",
            "https:hunter2", "//hunter2:0/", "https://hunter 2/", "ftp://hunter2/", "https://2130706433/hunter2",
            "/%zz/hunter2",
        ])
    func invalid(location: String) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/start").reply(status: 302, headers: ["Location": location])
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.get("/start", expecting: .any) }
            #expect(error.code == .redirectRefused)
            #expect(error.history.decisions == [.redirectRefused(.invalidLocation)])
            #expect(!"\(error)\(error.history)".contains("hunter2"))
            #expect(scenario.server.requests.count == 1)
        }
    }

    @Test("POST, answered with 303 to the same URL, is read there with GET (post, redirect, get)")
    func postRedirectGet() async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/items").reply(status: 303, headers: ["Location": "/items"])
            scenario.server.on(.get, "/items").reply(body: "list")
            let api = try scenario.api()
            let response = try await scenario.time.run { try await api.post("/items", .text("new")) }
            #expect(response.text == "list")
            #expect(scenario.server.requests.map(\.method) == [.post, .get])
            #expect(scenario.server.requests.last?.body.isEmpty == true)
            #expect(scenario.server.requests.last?.headerFields[.contentType] == nil)
        }
    }

    @Test("307 and 308 send method and body on, also to another origin", arguments: [307, 308])
    func keepsBody(status: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/a").reply(status: status, headers: ["Location": "https://b.test/b"])
            scenario.server.on(.post, "https://b.test/b").reply()
            let api = try scenario.api(auth: .bearer(.fixture("token-42-abc")))
            _ = try await scenario.time.run { try await api.post("/a", .text("body")) }
            let last = try #require(scenario.server.requests.last)
            #expect(last.body == Array("body".utf8) && last.headerFields[.contentType]?.hasPrefix("text/plain") == true)
            #expect(!last.isAuthenticated)
        }
    }

    @Test("a key that stayed behind at the border gives no right to repeat there (invariant 5)")
    func lostKey() async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/pay").reply(status: 307, headers: ["Location": "https://b.test/pay"])
            scenario.server.on(.post, "https://b.test/pay").fail(.disconnected).reply()
            let api = try scenario.api()
            _ = try? await scenario.time.run { try await api.post("/pay", .text("1 €"), idempotencyKey: .automatic) }
            let there = scenario.server.requests.filter { $0.origin.host == "b.test" }
            let keys = try there.map { $0.headerFields[try #require(HTTPField.Name("Idempotency-Key"))] }
            #expect(there.count == 1 || keys.allSatisfy { $0 != nil && $0 == keys[0] })
        }
    }

    @Test("back at the first origin nothing comes back: where the way leads there was a stranger's choice")
    func backAgain() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "https://api.test/a").reply(status: 302, headers: ["Location": "https://b.test/b"])
            scenario.server.on(.get, "https://b.test/b").reply(status: 302, headers: ["Location": "https://b.test/c"])
            scenario.server.on(.get, "https://b.test/c").reply(status: 302, headers: ["Location": "https://api.test/d"])
            scenario.server.on(.get, "https://api.test/d").reply()
            let api = try scenario.api(auth: .bearer(.fixture("token-42-abc")))
            let response = try await scenario.time.run { try await api.get("/a", headers: ["X-Api-Key": "k"]) }
            #expect(response.history.attempts.map(\.credential) == [.attached, .withheld, .withheld, .withheld])
            #expect(try scenario.values("X-Api-Key") == ["k", nil, nil, nil])
            #expect(scenario.server.requests.map(\.isAuthenticated) == [true, false, false, false])
        }
    }

    @Test("a credential that names both origins goes to both")
    func namedOrigins() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 302, headers: ["Location": "https://b.test/b"])
            scenario.server.on(.get, "https://b.test/b").reply()
            let origins = try OriginSet("https://api.test", "https://b.test")
            let api = try scenario.api(auth: .bearer(.fixture("token-42-abc"), origins: origins))
            _ = try await scenario.time.run { try await api.get("/a") }
            #expect(scenario.server.requests.map(\.isAuthenticated) == [true, true])
        }
    }

    @Test("circles, and more redirects than allowed, end the call")
    func circles() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 302, headers: ["Location": "/b"])
            scenario.server.on(.get, "/b").reply(status: 302, headers: ["Location": "/a"])
            scenario.server.on(.get, "/self").reply(status: 302, headers: ["Location": "/self"])
            for number in 0..<20 {
                scenario.server.on(.get, "/n\(number)").reply(status: 302, headers: ["Location": "/n\(number + 1)"])
            }
            let api = try scenario.api()
            let circle = try await scenario.failure { try await api.get("/a") }
            #expect(circle.history.decisions.last == .redirectRefused(.cycle) && circle.history.count == 2)
            let own = try await scenario.failure { try await api.get("/self") }
            #expect(own.history.decisions == [.redirectRefused(.cycle)])
            let long = try await scenario.failure { try await api.get("/n0") }
            #expect(long.history.decisions.last == .redirectRefused(.tooMany) && long.history.count == 11)
            #expect(long.code == .redirectRefused)
        }
    }

    @Test("a session that follows none delivers the answer")
    func never() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 302, headers: ["Location": "http://evil.example/"])
            scenario.server.on(.get, "/b").reply(status: 302, headers: ["Location": "::::"])
            let api = try scenario.api { $0.redirects = .never }
            let response = try await scenario.time.run { try await api.get("/a", expecting: .only([302])) }
            #expect(response.history.decisions == [.delivered])
            let other = try await scenario.time.run { try await api.get("/b", expecting: .any) }
            #expect(other.status.code == 302)
            let error = try await scenario.failure { try await api.get("/a") }
            #expect(error.code == .httpStatus && error.status?.code == 302)
        }
    }

    @Test("a redirect without Location, or with a status that is none, is an answer", arguments: [300, 302, 304])
    func plain(status: Int) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: status)
            scenario.server.on(.get, "/b").reply(status: 304, headers: ["Location": "https://bad host/"])
            let api = try scenario.api()
            let response = try await scenario.time.run { try await api.get("/a", expecting: .any) }
            #expect(response.status.code == status)
            let notModified = try await scenario.time.run { try await api.get("/b", expecting: .only([304])) }
            #expect(notModified.status.code == 304)
        }
    }

    @Test("a single-use body is not sent on")
    func singleUse() async throws {
        try await withScenario { scenario in
            scenario.server.on(.post, "/a").reply(status: 307, headers: ["Location": "/b"])
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.post("/a", .singleUse { try await $0.write("x") }) }
            #expect(error.history.decisions == [.redirectRefused(.bodyNotReplayable)])
            #expect(scenario.server.requests.count == 1)
        }
    }

    @Test("redirects share the call's deadline, and none is followed once it is over")
    func deadline() async throws {
        try await withScenario { scenario in
            for number in 0..<20 {
                scenario.server.on(.get, "/n\(number)").reply(
                    status: 302, headers: ["Location": "/n\(number + 1)"], after: .seconds(10))
            }
            let api = try scenario.api { $0.timeouts.total = .seconds(30) }
            let error = try await scenario.failure { try await api.get("/n0") }
            #expect(error.code == .timeout)
            #expect(error.history.decisions.last == .deadline)
            #expect(scenario.time.elapsed == .seconds(30))
            #expect(scenario.server.requests.allSatisfy { $0.time < MonotonicInstant(nanoseconds: 30_000_000_000) })
        }
    }
}
