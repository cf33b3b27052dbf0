#if CLI
import Testing
import TesseraDevServer

@Suite("Host check and body limit (threats E10)")
struct HostCheckTests {
    @Test("loopback names are served, every other host gets 421")
    func hosts() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            for host in ["127.0.0.1:\(client.port)", "localhost:\(client.port)", "[::1]:\(client.port)"] {
                #expect(try await client.send("GET", "/health", host: host).status == 204)
            }
            let wrong = [
                "evil.example", "evil.example:\(client.port)", "127.0.0.1", "localhost", "127.0.0.1:1",
                "127.0.0.1.nip.io:\(client.port)", "localhost.:\(client.port)", "0.0.0.0:\(client.port)", "",
            ]
            for host in wrong {
                #expect(try await client.send("GET", "/health", host: host).status == 421)
                #expect(try await client.send("GET", "/nowhere", host: host).status == 421)
            }
            #expect(running.log.count { $0.outcome == "wrong_host" } == wrong.count * 2)
        }
    }

    @Test("a second Host, an absolute target with a wrong Host, and a request without Host get 421")
    func otherForms() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            let twice = try await client.send("GET", "/health", fields: ["Host: evil.example"])
            #expect(twice.status == 421)
            let absolute = try await client.send("GET", "http://127.0.0.1:\(client.port)/health", host: "evil.example")
            #expect(absolute.status == 421)
            let without = try await RawSocket.exchange(
                port: client.port, send: Array("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n".utf8))
            #expect(try RawAnswer(without).status == 421)
        }
    }

    @Test("a body above 1 MB gets 413, with and without a declared length")
    func bodyLimit() async throws {
        try await DevelopmentServer().withRunning { running in
            let client = try TestClient(running.primaryURL)
            let fits = try await client.send(
                "POST", "/echo?public=true", body: String(repeating: "a", count: 1 << 20))
            #expect(fits.status == 200)
            let tooLarge = try await client.send(
                "POST", "/echo?public=true", body: String(repeating: "a", count: 1 << 20 | 1))
            #expect(tooLarge.status == 413)
            let chunk = "100000\r\n" + String(repeating: "a", count: 1 << 20) + "\r\n"
            let head = "POST /echo?public=true HTTP/1.1\r\nHost: 127.0.0.1:\(client.port)\r\nConnection: close\r\n"
            let chunked = try await RawSocket.exchange(
                port: client.port,
                send: Array((head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n").utf8))
            #expect(try RawAnswer(chunked).status == 413)
        }
    }
}
#endif
