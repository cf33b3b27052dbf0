#if CLI
import Testing
import TesseraDevServer

@Suite("Misbehaviour on request")
struct MisbehaviourTests {
    private func withClient(_ body: (TestClient, DevelopmentServer.Running) async throws -> Void) async throws {
        try await DevelopmentServer().withRunning { running in
            try await body(TestClient(running.primaryURL), running)
        }
    }

    @Test("a cut body really ends early, then comes whole")
    func cut() async throws {
        try await withClient { client, running in
            for _ in 0..<2 {
                let answer = try await client.send("GET", "/cut?public=true&times=2&key=a")
                let declared = try #require(answer["Content-Length"].flatMap { Int($0) })
                #expect(answer.status == 200)
                #expect(answer.body.count == declared / 2)
            }
            let whole = try await client.send("GET", "/cut?public=true&times=2&key=a")
            #expect(whole["Content-Length"] == String(whole.body.count))
            #expect(try whole.json([UserBody].self).count == 20)
            #expect(running.log.entries().map(\.outcome) == ["cut", "cut", "ok"])
            #expect(try await client.send("GET", "/cut?public=true&times=1&key=b").body.count < whole.body.count)
        }
    }

    @Test("a status fails as often as asked for each key, then succeeds")
    func status() async throws {
        try await withClient { client, _ in
            for key in ["a", "b"] {
                var statuses: [Int] = []
                for _ in 0..<4 {
                    let target = "/status/503?public=true&times=2&key=\(key)&retry-after=7"
                    let answer = try await client.send("GET", target)
                    #expect((answer["Retry-After"] == "7") == (answer.status == 503))
                    statuses.append(answer.status)
                }
                #expect(statuses == [503, 503, 200, 200])
            }
            #expect(try await client.send("POST", "/status/500?public=true").status == 500)
            let unauthorized = try await client.send("GET", "/status/401?public=true")
            #expect(unauthorized["WWW-Authenticate"]?.hasPrefix("Bearer ") == true)
            let hostile = "/status/99999999999999999999?public=true&retry-after=99999999999999999999"
            #expect(try await client.send("GET", hostile).status == 599)
            #expect(try await client.send("GET", "/status/304?public=true").body.isEmpty)
        }
    }

    @Test("a redirect leads where asked, and never injects a field")
    func redirect() async throws {
        try await withClient { client, running in
            let target = "\(running.secondURL)/echo"
            for code in [301, 302, 303, 307, 308] {
                let answer = try await client.send("GET", "/redirect?public=true&status=\(code)&to=\(target)")
                #expect(answer.status == code)
                #expect(answer["Location"] == target)
            }
            for query in ["to=/a%0d%0aX-Evil:1", "to=", "to=/a%20b", "status=200&to=/a", "status=304&to=/a"] {
                let answer = try await client.send("GET", "/redirect?public=true&\(query)")
                #expect(query.hasPrefix("status=200") || answer.status == 400)
                #expect(answer["X-Evil"] == nil)
            }
        }
    }

    @Test("a rate limit counts, says so, and forgives after its window")
    func rateLimit() async throws {
        try await withClient { client, running in
            let target = "/rate-limit?public=true&key=a&limit=2&window=3600"
            #expect(try await client.send("GET", target)["X-RateLimit-Remaining"] == "1")
            #expect(try await client.send("GET", target)["X-RateLimit-Remaining"] == "0")
            let refused = try await client.send("GET", target)
            #expect(refused.status == 429)
            let wait = try #require(refused["Retry-After"].flatMap { Int($0) })
            #expect((3500...3600).contains(wait))
            #expect(refused["RateLimit"] == "\"demo\";r=0;t=\(wait)")
            #expect(running.log.count { $0.outcome == "rate_limited" } == 1)

            let short = "/rate-limit?public=true&key=b&limit=1&window=1"
            #expect(try await client.send("GET", short).status == 200)
            try await Task.sleep(for: .milliseconds(1100))
            #expect(try await client.send("GET", short).status == 200)
        }
    }

    @Test("an echo says of credentials only that they are present")
    func echo() async throws {
        try await withClient { client, _ in
            let answer = try await client.send(
                "POST", "/echo?public=true&a=1&a=2&api_key=CANARY-1",
                fields: [
                    "Authorization: Bearer CANARY-2", "Cookie: CANARY-3", "X-Api-Key: CANARY-4",
                    "X-Auth-Token: CANARY-5", "X-Plain: visible",
                ],
                body: "12345")
            #expect(answer.status == 200)
            #expect(!answer.text.contains("CANARY"))
            #expect(answer.text.contains("\"x-plain\":\"visible\""))
            #expect(answer.text.contains("\"authorization\":\"present\""))
            #expect(answer.text.contains("\"a\":[\"1\",\"2\"]"))
            #expect(answer.text.contains("\"body_length\":5"))
        }
    }

    @Test("streams, events, bytes and delays")
    func streams() async throws {
        try await withClient { client, _ in
            let lines = try await client.send("GET", "/stream?public=true&chunks=3&interval=5")
            #expect(lines.dechunked == "{\"chunk\":1}\n{\"chunk\":2}\n{\"chunk\":3}\n")
            #expect(try await client.send("GET", "/stream?public=true&chunks=0").dechunked.isEmpty)
            let events = try await client.send("GET", "/sse?public=true&events=2")
            #expect(events["Content-Type"] == "text/event-stream")
            #expect(events.dechunked.split(separator: "\n\n").count == 2)
            for count in [0, 1, 65536, 200_000] {
                let answer = try await client.send("GET", "/bytes/\(count)?public=true")
                #expect(answer.body.count == count)
            }
            let start = ContinuousClock.now
            #expect(try await client.send("GET", "/delay/200?public=true").status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(200))
        }
    }
}
#endif
