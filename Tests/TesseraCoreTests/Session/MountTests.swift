import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("Mounts")
struct MountTests {
    private func absolute(_ url: String) throws -> RequestTarget {
        RequestTarget(absolute: try AbsoluteURL(url))
    }

    @Test(
        "the longest prefix counts, by whole origins and segments",
        arguments: [
            ("/users", "base"), ("/admin", "admin"), ("/admin/", "admin"), ("/admin/users", "admin"),
            ("/admin?x=/audit", "admin"), ("/admin/audit", "audit"), ("/admin/audit/2026", "audit"),
            ("/administrators", "base"), ("/admin/auditors", "admin"), ("/Admin", "base"),
        ])
    func longest(path: String, expected: String) async throws {
        try await withScenario { scenario in
            let api = try scenario.api("https://api.test/v1", auth: .bearer(.fixture("base-token"))) {
                $0.mount("/admin") { $0.auth = .bearer(.fixture("admin-token")) }
                $0.mount("https://api.test/v1/admin/audit/") { $0.auth = .bearer(.fixture("audit-token")) }
            }
            scenario.server.on(.get, "/**").reply()
            _ = try await api.get(RequestTarget(relative: path))
            _ = try await api.get(absolute("https://api.test/v1\(path)"))
            #expect(try scenario.values("Authorization") == Array(repeating: "Bearer \(expected)-token", count: 2))
        }
    }

    @Test("a path that servers read in two ways is no mount's")
    func ambiguous() async throws {
        try await withScenario { scenario in
            let api = try scenario.api { $0.mount("/admin") { $0.auth = .bearer(.fixture("admin-token")) } }
            scenario.server.on(.get, "/**").reply()
            for path in ["/users/..%2fadmin", "//admin", "/admin/%2e%2e/users", "/admin%2fx"] {
                _ = try await api.get(absolute("https://api.test\(path)"))
            }
            #expect(try scenario.values("Authorization") == [nil, nil, nil, nil])
        }
    }

    @Test("at another origin nothing of the session's is sent, and what is set there is")
    func otherOrigin() async throws {
        try await withScenario { scenario in
            let api = try scenario.api(auth: .bearer(.fixture("base-token"))) {
                $0.headers = ["X-Tenant": "base"]
                $0.query = ["q": "base"]
                $0.mount("https://reports.test") {
                    $0.auth = .bearer(.fixture("reports-token"))
                    $0.headers = ["X-Tenant": "reports"]
                }
                $0.mount("https://plain.test") { $0.timeouts.attempt = .seconds(120) }
            }
            scenario.server.on(.get, "/**").reply()
            _ = try await api.get(absolute("https://reports.test/a"))
            _ = try await api.get(absolute("https://plain.test/a"))
            _ = try await api.get(absolute("https://reports.test:8443/a"))
            #expect(try scenario.values("Authorization") == ["Bearer reports-token", nil, nil])
            #expect(try scenario.values("X-Tenant") == ["reports", nil, nil])
            #expect(scenario.server.requests.allSatisfy { $0.query == nil })
        }
    }

    @Test("a redirect into another mount picks up no credential")
    func redirect() async throws {
        try await withScenario { scenario in
            let api = try scenario.api(auth: .bearer(.fixture("base-token"))) {
                $0.mount("/admin") { $0.auth = .bearer(.fixture("admin-token")) }
                $0.mount("https://other.test") { $0.auth = .bearer(.fixture("other-token")) }
            }
            scenario.server.on(.get, "/one").reply(status: 302, headers: ["Location": "/admin/two"])
            scenario.server.on(.get, "/admin/two").reply(
                status: 302, headers: ["Location": "https://other.test/three"])
            scenario.server.on(.get, "https://other.test/three").reply()
            _ = try await api.get("/one")
            #expect(try scenario.values("Authorization") == ["Bearer base-token", "Bearer base-token", nil])
        }
    }

    @Test("a next link into another mount is not followed")
    func nextLink() async throws {
        try await withScenario { scenario in
            let api = try scenario.api {
                $0.mount("/a") { $0.auth = .bearer(.fixture("token-of-a")) }
                $0.mount("/b") { $0.auth = .bearer(.fixture("token-of-b")) }
            }
            scenario.server.on(.get, "/a/list").reply(headers: ["Link": "</a/more>; rel=next"], json: [1])
            scenario.server.on(.get, "/a/more").reply(headers: ["Link": "</b/list>; rel=next"], json: [2])
            let ends = try await scenario.time.run {
                var ends: [PageEnd?] = []
                for try await page in api.pages("/a/list", of: Int.self, by: .link).byPage { ends.append(page.end) }
                return ends
            }
            #expect(ends == [nil, .unfollowable(.otherOrigin)])
            #expect(try scenario.values("Authorization") == ["Bearer token-of-a", "Bearer token-of-a"])
        }
    }

    @Test("a credential of a mount does not leave its prefix")
    func leaves() async throws {
        try await withScenario { scenario in
            let api = try scenario.api {
                $0.mount("/admin") { $0.auth = .bearer(.fixture("admin-token")) }
            }
            scenario.server.on(.get, "/admin/one").reply(status: 302, headers: ["Location": "/two"])
            scenario.server.on(.get, "/two").reply()
            _ = try await api.get("/admin/one")
            #expect(try scenario.values("Authorization") == ["Bearer admin-token", nil])
        }
    }

    @Test("retries, times and redirects are the mount's")
    func policies() async throws {
        try await withScenario { scenario in
            let api = try scenario.api { $0.mount("/slow") { $0.retry.attempts = 1 } }
            scenario.server.on(.get, "/slow/x").reply(status: 503)
            scenario.server.on(.get, "/fast").reply(status: 503).then()
            let error = try await scenario.failure { try await api.get("/slow/x") }
            #expect(error.status?.code == 503)
            try await scenario.time.run { _ = try await api.get("/fast") }
            #expect(scenario.server.count(.get, "/slow/x") == 1)
            #expect(scenario.server.count(.get, "/fast") == 2)
            #expect(try api.plan(CallRequest(.get, "/slow/x")).retries.count == 2)
        }
    }

    @Test("one call can go without a credential, or with another, below a mount too")
    func overrides() async throws {
        try await withScenario { scenario in
            let api = try scenario.api { $0.mount("/admin") { $0.auth = .bearer(.fixture("admin-token")) } }
            scenario.server.on(.get, "/**").reply()
            _ = try await api.get("/admin", auth: .anonymous)
            _ = try await api.get("/admin", auth: .use(.bearer(.fixture("third-token"))))
            #expect(try scenario.values("Authorization") == [nil, "Bearer third-token"])
        }
    }

    @Test("derived sessions keep mounts, and the jar of a mount keeps its credential")
    func derived() async throws {
        try await withScenario { scenario in
            let jar = CookieJar()
            let api = try scenario.api {
                $0.mount("/admin") {
                    $0.auth = .bearer(.fixture("admin-token"))
                    $0.cookies = jar
                }
            }
            let other = try api.with { $0.timeouts.total = .seconds(5) }
            scenario.server.on(.get, "/**").reply(headers: ["Set-Cookie": "a=1; Secure"])
            _ = try await api.get("/admin")
            _ = try await other.get("/admin")
            _ = try await other.get("/users")
            #expect(try scenario.values("Cookie") == [nil, "a=1", nil])
            #expect(throws: TesseraError.self) {
                try api.with {
                    $0.mount("/other") {
                        $0.auth = .bearer(.fixture("x-token")); $0.cookies = jar
                    }
                }
            }
        }
    }

    @Test(
        "what cannot be is refused when the session is made",
        arguments: [
            ("not a url", TesseraError.Code.invalidURL), ("/a?b", .invalidURL), ("//api.test/a", .invalidURL),
            ("http://plain.test", .insecureTransport), ("/twice", .misconfigured), ("/nested", .misconfigured),
        ])
    func refused(prefix: String, code: TesseraError.Code) async throws {
        try await withScenario { scenario in
            let error = #expect(throws: TesseraError.self) {
                try scenario.api {
                    $0.mount("/twice/") { _ in }
                    $0.mount(prefix) {
                        $0.auth = .bearer(.fixture("mount-token"))
                        if prefix == "/nested" { $0.mount("/deeper") { _ in } }
                    }
                }
            }
            #expect(error?.code == code)
        }
    }

    @Test("what is odd about a mount's settings is told")
    func lint() async throws {
        try await withScenario { scenario in
            let api = try scenario.api { $0.mount("/slow") { $0.timeouts.connect = .seconds(600) } }
            #expect(api.lint().contains(.connectOutlastsAttempt))
            #expect(try scenario.api().lint().isEmpty)
        }
    }
}
