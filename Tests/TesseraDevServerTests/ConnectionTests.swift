#if CLI
import Testing
import TesseraDevServer

@Suite("Connections")
struct ConnectionTests {
    @Test("one connection carries several requests, and HEAD has no body")
    func keepAlive() async throws {
        try await DevelopmentServer().withRunning { running in
            let port = try TestClient(running.primaryURL).port
            func request(_ line: String, _ connection: String) -> String {
                "\(line) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: \(connection)\r\n\r\n"
            }
            let received = try await RawSocket.exchange(
                port: port,
                send: Array(
                    (request("HEAD /bytes/1000?public=true", "keep-alive")
                        + request("GET /status/204?public=true", "keep-alive")
                        + request("GET /nowhere", "keep-alive")
                        + request("GET /stream?public=true&chunks=1", "close")).utf8))
            let text = String(decoding: received, as: UTF8.self)
            let statuses = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "204", "404", "200"])
            #expect(text.contains("1000"))
            #expect(received.count < 1500)
            #expect(running.log.entries().map(\.method) == ["HEAD", "GET", "GET", "GET"])
        }
    }

    @Test("many clients at once each get a token of their own")
    func concurrency() async throws {
        let server = DevelopmentServer(.init(clients: ["demo": "demo-secret"]))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await client.token("demo", "demo-secret") }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens.count == 50)
            #expect(running.log.tokenRequests == 50)
        }
    }
}
#endif
