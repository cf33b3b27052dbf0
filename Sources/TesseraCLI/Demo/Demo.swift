#if CLI
import HTTPTypes
import Tessera
import TesseraDevServer
import TesseraOAuth

/// The main job on an embedded server: every part of it over real sockets.
struct Demo {
    static let tokenLifetime = 2
    static let items = 1000

    private struct User: Decodable {
        var id: Int
        var name: String
    }

    private struct Project: Codable {
        var id: Int?
        var name: String
    }

    func run(_ tell: (String) -> Void) async throws -> DemoReport {
        let configuration = DevelopmentServer.Configuration(tokenLifetime: Demo.tokenLifetime, users: Demo.items)
        return try await DevelopmentServer(configuration).withRunning { server in
            try await run(against: server, tell)
        }
    }

    private func run(against server: DevelopmentServer.Running, _ tell: (String) -> Void) async throws -> DemoReport {
        let start = ContinuousClock.now
        guard let (id, secret) = server.configuration.clients.first else {
            throw TesseraError.make(.misconfigured, "the development server has no client")
        }
        let login = try OAuthClient(
            issuer: server.primaryURL, id: id, authentication: .secretBasic(Secret(secret)),
            transport: DefaultTransport.shared)
        let tokens = login.clientCredentials(scope: ["demo"])
        let counter = DemoCounter()
        let api = try Session(server.primaryURL, auth: .oauth(tokens)) { $0.observers = [counter] }
        var rows: [DemoReport.Row] = []

        tell("Development server: \(server.primaryURL) and \(server.secondURL); tokens live \(Demo.tokenLifetime) s.")
        func step(_ title: String, _ body: () async throws -> String) async throws {
            let before = counter.counts
            let note = try await body()
            rows.append(DemoReport.Row(title: title, counts: counter.counts.since(before), note: note))
            tell("  \(title): \(note)")
        }

        try await step("first call") {
            let me = try await api.get("/users/me").json(User.self)
            return "token obtained with client credentials, hello \(me.name)"
        }
        try await step("POST") {
            let project = try await api.post("/projects", .json(Project(name: "Apollo")), idempotencyKey: .automatic)
                .json(Project.self)
            return "created project \(project.id ?? 0)"
        }
        try await step("503, twice") {
            let response = try await api.get("/status/503", query: ["times": 2, "key": "demo"])
            return "\(response.history.count) attempts, then status \(response.status.code)"
        }
        try await step("429 with Retry-After") {
            for _ in 0..<2 { _ = try await api.get("/rate-limit", query: ["key": "demo", "limit": 1, "window": 1]) }
            return "waited as long as the server asked"
        }
        try await step("connection cut in a body") {
            let response = try await api.get("/cut", query: ["times": 1, "key": "demo"])
            return "read again, \(response.body.count) bytes"
        }
        try await step("redirect to another origin") {
            let response = try await api.get(
                "/redirect", query: ["to": "\(server.secondURL)/echo?public=true", "status": 302])
            return "followed to \(response.url.origin) without the credential"
        }
        var items: Set<Int> = []
        try await step("1,000 items in 50 pages") {
            for try await page in api.pages("/users", of: User.self, by: .link, query: ["limit": 20]).byPage {
                items.formUnion(page.items.map(\.id))
                if case .unfollowable(let reason)? = page.end { throw Incomplete(reason: reason) }
                try await Task.sleep(for: .milliseconds(120))
            }
            return "\(items.count) items, while the token expired again and again"
        }
        try await step("100 calls at the same time") {
            // Past the token's end, so that all of them need a new one at once.
            try await Task.sleep(for: .seconds(Demo.tokenLifetime))
            let before = server.log.tokenRequests
            let users = try await api.map(1...100, limit: 100) { api, id in
                try await api.get("/users/\(id)").json(User.self)
            }
            return "\(users.count) answers, \(server.log.tokenRequests - before) token request"
        }
        return DemoReport(
            rows: rows, counts: counter.counts, items: items.count, tokens: tokens.statistics, log: server.log,
            elapsed: start.duration(to: .now))
    }

    private struct Incomplete: Error {
        var reason: PageEnd.Reason
    }
}
#endif
