import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite("An answer is asked about again (RFC 9110 §13.1)")
struct RevalidationTests {
    @Test(
        "304 brings the known body with newer fields",
        arguments: [
            (["ETag": "\"v1\""], "If-None-Match", "\"v1\""), (["ETag": "W/\"v1\""], "If-None-Match", "W/\"v1\""),
            (["Last-Modified": "Mon, 01 Dec 2025 00:00:00 GMT"], "If-Modified-Since", "Mon, 01 Dec 2025 00:00:00 GMT"),
            (["ETag": "\"v1\"", "Last-Modified": "Mon, 01 Dec 2025 00:00:00 GMT"], "If-None-Match", "\"v1\""),
        ] as [([String: String], String, String)])
    func notModified(headers: [String: String], field: String, value: String) async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(headers: headers, json: [1, 2])
                .then(status: 304, headers: ["ETag": "\"v1\"", "X-Limit": "9", "Content-Length": "0"])
            let api = try scenario.api()
            let second = try await scenario.time.run {
                let first = try await api.get("/a", revalidating: nil)
                return try await api.get("/a", revalidating: first)
            }
            #expect(try second.status == .ok && second.json([Int].self) == [1, 2])
            #expect(
                second.headerFields[.contentType] == "application/json" && second.headerFields[.contentLength] == nil)
            #expect(second.headerFields.contains { $0.name.canonicalName == "x-limit" } && second.history.count == 1)
            #expect(try scenario.values(field) == [nil, value])
        }
    }

    @Test("a changed answer is the new one, another URL and no validator are not asked about")
    func others() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(headers: ["ETag": "\"v1\""], json: [1])
                .then(headers: ["ETag": "\"v2\""], json: [2])
            scenario.server.on(.get, "/b").reply(json: [3])
            let api = try scenario.api()
            try await scenario.time.run {
                let first = try await api.get("/a", revalidating: nil)
                let second = try await api.get("/a", revalidating: first)
                #expect(try second.json([Int].self) == [2])
                let other = try await api.get("/b", revalidating: second)
                _ = try await api.get("/b", revalidating: other)
                _ = try await api.get("/a", revalidating: second, query: ["q": 1])
            }
            #expect(try scenario.values("If-None-Match") == [nil, "\"v1\"", nil, nil, nil])
        }
    }

    @Test("304 to a request that did not ask is an error")
    func unasked() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/a").reply(status: 304)
            let api = try scenario.api()
            let error = try await scenario.failure { try await api.get("/a", revalidating: nil) }
            #expect(error.code == .httpStatus)
        }
    }
}
