#if CLI
import Testing
import TesseraDevServer

@Suite("Protected resources (RFC 6750)")
struct ProtectedResourceTests {
    @Test("no token and other schemes get a challenge without an error")
    func missing() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            for fields in [[], ["Authorization: Basic YTpi"], ["Authorization: Negotiate abc"]] {
                let answer = try await client.send("GET", "/users", fields: fields)
                #expect(answer.status == 401)
                #expect(answer["WWW-Authenticate"] == "Bearer realm=\"tessera\"")
            }
            #expect(running.log.entries().map(\.outcome) == ["missing_token", "wrong_scheme", "wrong_scheme"])
            #expect(running.log.entries().map(\.authorization) == ["none", "basic", "other"])
        }
    }

    @Test("an unknown token is invalid_token, a malformed one invalid_request")
    func unknown() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            let unknown = try await client.send("GET", "/data", fields: ["Authorization: Bearer abc"])
            #expect(unknown.status == 401)
            #expect(unknown["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
            for malformed in ["Bearer", "Bearer a b", "Bearer a\"b"] {
                let answer = try await client.send("GET", "/data", fields: ["Authorization: \(malformed)"])
                #expect(answer.status == 400)
                #expect(answer["WWW-Authenticate"]?.contains("error=\"invalid_request\"") == true)
            }
        }
    }

    @Test("an expired token is invalid_token")
    func expired() async throws {
        let server = DevelopmentServer(.init(tokenLifetime: 2, clients: ["demo": "demo-secret"]))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let token = try await client.token("demo", "demo-secret")
            let fresh = try await client.send("GET", "/data", fields: ["Authorization: Bearer \(token)"])
            #expect(fresh.status == 200)
            try await Task.sleep(for: .milliseconds(2100))
            let expired = try await client.send("GET", "/data", fields: ["Authorization: Bearer \(token)"])
            #expect(expired.status == 401)
            #expect(expired["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
            #expect(expired["WWW-Authenticate"]?.contains("error_description=") == true)
            #expect(running.log.count { $0.outcome == "expired_token" } == 1)
        }
    }

    @Test("?public=true opens the misbehaving endpoints, not the demo API")
    func publicAccess() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            #expect(try await client.send("GET", "/echo?public=true").status == 200)
            #expect(try await client.send("GET", "/echo").status == 401)
            #expect(try await client.send("GET", "/users?public=true").status == 401)
            #expect(try await client.send("GET", "/health").status == 204)
        }
    }
}
#endif
