#if CLI
import Testing
import TesseraDevServer

@Suite("GET /users")
struct UserPagesTests {
    private static let users = 237

    private func withClient(
        _ body: (TestClient, String, DevelopmentServer.Running) async throws -> Void
    ) async throws {
        let server = DevelopmentServer(.init(clients: ["demo": "demo-secret"], users: Self.users))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let token = try await client.token("demo", "demo-secret")
            try await body(client, "Authorization: Bearer \(token)", running)
        }
    }

    /// The target of the link with that relation (RFC 8288).
    private static func link(_ relation: String, in answer: RawAnswer) -> String? {
        let link = (answer["Link"] ?? "").split(separator: ", ").first { $0.hasSuffix("rel=\"\(relation)\"") }
        return link.flatMap { $0.split(separator: ">").first.map { String($0.dropFirst()) } }
    }

    @Test(
        "Link pages lead through every user once",
        arguments: ["/users", "/users?page=1&limit=100", "/users?limit=1000"])
    func links(start: String) async throws {
        try await withClient { client, field, running in
            var ids: [Int] = []
            var next: String? = start
            while let target = next, ids.count <= Self.users {
                let answer = try await client.send("GET", target, fields: [field])
                #expect(answer.status == 200)
                #expect(Self.link("first", in: answer) != nil)
                #expect(Self.link("last", in: answer) != nil)
                #expect((Self.link("prev", in: answer) == nil) == ids.isEmpty)
                let users = try answer.json([UserBody].self)
                // A link to a page behind the last would lead to an empty one.
                #expect(!users.isEmpty)
                ids += users.map(\.id)
                next = Self.link("next", in: answer).map { url in
                    #expect(url.hasPrefix(running.primaryURL + "/"))
                    return String(url.dropFirst(running.primaryURL.count))
                }
            }
            #expect(ids == Array(1...Self.users))
        }
    }

    @Test("cursors lead through every user once")
    func cursors() async throws {
        struct Page: Decodable {
            struct Meta: Decodable { var next: String? }
            var data: [UserBody]
            var meta: Meta
        }
        try await withClient { client, field, _ in
            var ids: [Int] = []
            var cursor: String? = ""
            while let current = cursor, ids.count <= Self.users {
                let answer = try await client.send("GET", "/users?limit=40&cursor=\(current)", fields: [field])
                let page = try answer.json(Page.self)
                #expect(!page.data.isEmpty)
                ids += page.data.map(\.id)
                cursor = page.meta.next
                if cursor == nil { #expect(answer.text.contains("\"next\":null")) }
            }
            #expect(ids == Array(1...Self.users))
            #expect(try await client.send("GET", "/users?cursor=x", fields: [field]).status == 400)
        }
    }

    @Test("offsets and envelopes lead through every user once")
    func offsetsAndEnvelopes() async throws {
        struct OffsetPage: Decodable {
            var data: [UserBody]
            var total: Int
        }
        struct Envelope: Decodable {
            var items: [UserBody]
            var next: String?
        }
        try await withClient { client, field, _ in
            var ids: [Int] = []
            while true {
                let answer = try await client.send("GET", "/users?offset=\(ids.count)", fields: [field])
                let page = try answer.json(OffsetPage.self)
                #expect(page.total == Self.users)
                if page.data.isEmpty { break }
                ids += page.data.map(\.id)
            }
            #expect(ids == Array(1...Self.users))

            ids = []
            var next: String? = "/users?envelope=true"
            while let target = next, ids.count <= Self.users {
                let page = try await client.send("GET", target, fields: [field]).json(Envelope.self)
                #expect(!page.items.isEmpty)
                ids += page.items.map(\.id)
                next = page.next
            }
            #expect(ids == Array(1...Self.users))
        }
    }

    @Test("a link can lead to the second origin")
    func linkOrigin() async throws {
        try await withClient { client, field, running in
            let answer = try await client.send("GET", "/users?link-origin=second", fields: [field])
            #expect(Self.link("next", in: answer)?.hasPrefix(running.secondURL + "/users?page=2") == true)
        }
    }

    @Test(
        "hostile numbers are brought into range or refused, and never end the process",
        arguments: [
            ("page=99999999999999999999999", 200), ("page=-5", 200), ("page=9223372036854775807&limit=100", 200),
            ("limit=0", 200), ("limit=-9223372036854775808", 200), ("offset=99999999999999999999", 200),
            ("limit=1e9", 400), ("page=", 400), ("offset=0x10", 400), ("limit=--1", 400),
            // `after:99999999999999999999`
            ("cursor=YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk", 200), ("cursor=YWZ0ZXI6LTU", 200),
        ])
    func hostileNumbers(query: String, status: Int) async throws {
        try await withClient { client, field, _ in
            let answer = try await client.send("GET", "/users?\(query)", fields: [field])
            #expect(answer.status == status)
        }
    }

    @Test("single users, me, and a problem for the unknown")
    func single() async throws {
        try await withClient { client, field, _ in
            let user = try await client.send("GET", "/users/7", fields: [field]).json(UserBody.self)
            #expect(user == UserBody(id: 7, name: "User 7", email: "user7@example.test"))
            let me = try await client.send("GET", "/users/me", fields: [field])
            #expect(me.text.contains("\"client_id\":\"demo\""))
            for path in ["/users/0", "/users/238", "/users/99999999999999999999", "/users/x", "/nowhere"] {
                let answer = try await client.send("GET", path, fields: [field])
                #expect(answer.status == 404)
                #expect(answer["Content-Type"] == "application/problem+json")
            }
        }
    }
}
#endif
