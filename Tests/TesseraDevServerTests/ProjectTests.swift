#if CLI
import Testing
import TesseraDevServer

@Suite("Projects")
struct ProjectTests {
    private struct ProjectBody: Decodable, Equatable {
        var id: Int
        var name: String
    }

    @Test("are created, read, renamed and deleted; a key makes one of several requests")
    func lifeOfAProject() async throws {
        let server = DevelopmentServer(.init(clients: ["demo": "demo-secret"]))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let field = "Authorization: Bearer \(try await client.token("demo", "demo-secret"))"
            let keyed = [field, "Idempotency-Key: k1"]

            let created = try await client.send("POST", "/projects", fields: keyed, body: "{\"name\":\"A\"}")
            #expect(created.status == 201)
            let location = try #require(created["Location"])
            let replayed = try await client.send("POST", "/projects", fields: keyed, body: "{\"name\":\"A\"}")
            #expect(replayed.status == 200)
            #expect(replayed["Location"] == location)
            let reused = try await client.send("POST", "/projects", fields: keyed, body: "{\"name\":\"B\"}")
            #expect(reused.status == 422)
            let unkeyed = try await client.send("POST", "/projects", fields: [field], body: "{\"name\":\"A\"}")
            #expect(unkeyed["Location"] != location)

            let renamed = try await client.send("PATCH", location, fields: [field], body: "{\"name\":\"C\"}")
            #expect(renamed.status == 200)
            let read = try await client.send("GET", location, fields: [field]).json(ProjectBody.self)
            #expect(read.name == "C")
            #expect(try await client.send("DELETE", location, fields: [field]).status == 204)
            #expect(try await client.send("GET", location, fields: [field]).status == 404)
        }
    }

    @Test("bad bodies are problems", arguments: ["", "{", "[]", "{\"name\":1e300}", "{\"name\":\"\"}"])
    func badBodies(body: String) async throws {
        let server = DevelopmentServer(.init(clients: ["demo": "demo-secret"]))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let field = "Authorization: Bearer \(try await client.token("demo", "demo-secret"))"
            let answer = try await client.send("POST", "/projects", fields: [field], body: body)
            #expect(answer.status == 400)
            #expect(answer["Content-Type"] == "application/problem+json")
        }
    }
}
#endif
