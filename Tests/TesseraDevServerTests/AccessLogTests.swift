#if CLI
import Synchronization
import Testing
import TesseraDevServer

@Suite("Access log")
struct AccessLogTests {
    private final class Sink: Sendable {
        private let storage = Mutex<[String]>([])
        var lines: [String] { storage.withLock { $0 } }
        func add(_ entry: AccessLogEntry) { storage.withLock { $0.append(entry.jsonLine) } }
    }

    @Test("holds neither token nor secret, wherever they were put")
    func noSecret() async throws {
        let secret = "CANARY-secret-value"
        let sink = Sink()
        let server = DevelopmentServer(.init(clients: ["demo": secret], accessLogSink: { sink.add($0) }))
        try await server.withRunning { running in
            let client = try TestClient(running.primaryURL)
            let token = try await client.token("demo", secret)
            let bearer = "Authorization: Bearer \(token)"
            _ = try await client.post(form: "grant_type=\(secret)", fields: [BasicField.of("demo", secret)])
            _ = try await client.post(form: "grant_type=client_credentials&client_id=\(secret)&client_secret=\(token)")
            _ = try await client.send("GET", "/data", fields: [bearer])
            _ = try await client.send("GET", "/echo?access_token=\(token)&public=true&key=\(secret)")
            _ = try await client.send("GET", "/users/\(token)", fields: [bearer])
            _ = try await client.send("GET", "/\(secret)/%43ANARY-secret-value", fields: [bearer])
            _ = try await client.send("GET", "http://\(secret):\(token)@127.0.0.1/")
            _ = try await client.send(secret, "/data", fields: ["X-Api-Key: \(token)", "Cookie: \(secret)"])

            let text = sink.lines.joined(separator: "\n")
            #expect(sink.lines.count == running.log.entries().count)
            #expect(sink.lines.count >= 8)
            #expect(!text.contains(token))
            #expect(!text.contains("CANARY"))
            #expect(!text.contains("ANARY-secret"))
            #expect(!"\(running)".contains("CANARY"))
            #expect(!String(reflecting: running.configuration).contains("CANARY"))
        }
    }

    @Test("marks what brings a credential along, and counts it at the second origin")
    func credentials() async throws {
        try await DevelopmentServer().withRunning { running in
            let primary = try TestClient(running.primaryURL)
            let second = try TestClient(running.secondURL)
            let bare = "/echo?public=true"
            let form = ["Content-Type: application/x-www-form-urlencoded"]
            for client in [primary, second] {
                _ = try await client.send("GET", bare)
                _ = try await client.send("GET", bare, fields: ["Authorization: Bearer a"])
                _ = try await client.send("GET", bare, fields: ["Proxy-Authorization: Basic a"])
                _ = try await client.send("GET", bare, fields: ["Cookie: a=b"])
                _ = try await client.send("GET", bare, fields: ["X-Api-Key: a"])
                _ = try await client.send("GET", bare + "&access_token=a")
                _ = try await client.send("GET", bare + "&acces%73_token=a")
                _ = try await client.send("POST", bare, fields: form, body: "a=b")
                _ = try await client.send("POST", bare, fields: form, body: "client_secret=b")
            }
            // One more at the second origin, so that the two counts differ.
            _ = try await second.send("GET", bare, fields: ["Authorization: Bearer a"])
            let expected = [false, true, true, true, true, true, true, false, true]
            #expect(running.log.entries().map(\.carriesCredential) == expected + expected + [true])
            #expect(running.log.credentialsAtSecondOrigin == 8)
            #expect(running.log.count { $0.origin == "second" } == 10)
        }
    }

    @Test("its lines are JSON that another program can read")
    func jsonLine() async throws {
        try await DevelopmentServer(.init(clients: ["demo": "demo-secret"])).withRunning { running in
            let client = try TestClient(running.primaryURL)
            _ = try await client.token("demo", "demo-secret")
            let entry = try #require(running.log.entries().last)
            let line = try AccessLogEntryLine.decode(entry.jsonLine)
            #expect(line.path == "/token")
            #expect(line.clientID == "demo")
            #expect(line.grantType == "client_credentials")
            #expect(line.carriesCredential)
            #expect(!entry.jsonLine.contains("\n"))
            #expect(entry.time.hasSuffix("Z"))
            #expect(entry.time.contains("T"))
        }
    }
}
#endif
