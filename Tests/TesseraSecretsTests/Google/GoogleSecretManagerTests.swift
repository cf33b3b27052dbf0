#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Google Secret Manager` {
    private func text(_ value: SecretValue) -> String {
        value.secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func scenario() -> GoogleScenario {
        let scenario = GoogleScenario()
        scenario.server.on(.post, "https://oauth2.googleapis.com/token").reply(json: GoogleScenario.token)
        return scenario
    }

    @Test func `a secret is accessed with a bearer token, and comes with its version`() async throws {
        try await withVirtualTime { _ in
            let scenario = scenario()
            scenario.server.on(.get, GoogleScenario.access).reply(json: GoogleScenario.answer("hunter2-and-more"))
            let value = try await scenario.fetch(GoogleScenario.serviceAccount())
            #expect(text(value) == "hunter2-and-more")
            #expect(value.version == "7")
            #expect(scenario.server.requests.last?.headerFields[.authorization] == "Bearer ya29.token-1")
        }
    }

    @Test(
        arguments: [
            ("s", nil, "secretmanager.googleapis.com/v1/projects/p/secrets/s/versions/latest:access"),
            ("s_1-A", nil, "secretmanager.googleapis.com/v1/projects/p/secrets/s_1-A/versions/latest:access"),
            (
                "projects/q/secrets/t", nil,
                "secretmanager.googleapis.com/v1/projects/q/secrets/t/versions/latest:access"
            ),
            (
                "projects/q/secrets/t/versions/3", nil,
                "secretmanager.googleapis.com/v1/projects/q/secrets/t/versions/3:access"
            ),
            (
                "s", "europe-west3",
                "secretmanager.europe-west3.rep.googleapis.com/v1/projects/p/locations/europe-west3/secrets/s/versions/latest:access"
            ),
        ] as [(String, String?, String)])
    func `names become the paths of the API`(_ name: String, _ location: String?, _ url: String) async throws {
        try await withVirtualTime { _ in
            let scenario = scenario()
            scenario.server.on(.get, "https://\(url)").reply(json: GoogleScenario.answer("payload-1"))
            let key = GoogleCredentials.json(.value(try GoogleScenario.secret(GoogleScenario.serviceAccount())))
            #expect(text(try await scenario.fetch(key, name, location: location)) == "payload-1")
        }
    }

    @Test(arguments: [
        "", "a/b", "../s", "..", "s?x", "s#x", "s%2F", "s t", "projects/p", "projects//secrets/s",
        "projects/p/secrets/s/x",
        "projects/p/secrets/../versions/1", "projects/p/secrets/s/versions/1/versions/2", "organizations/p/secrets/s",
        "projects/p/locations/l/secrets/s",
    ])
    func `a name that is none costs no request`(_ name: String) async throws {
        try await withVirtualTime { _ in
            let scenario = scenario()
            let error = await #expect(throws: TesseraError.self) {
                try await scenario.fetch(GoogleScenario.serviceAccount(), name)
            }
            #expect(error?.code == .misconfigured)
            #expect(scenario.server.requests.isEmpty)
        }
    }

    @Test func `a location that is no name of a region makes no manager`() {
        for location in ["", "evil.test/", "a.b", "A"] {
            #expect(throws: TesseraError.self) { try GoogleScenario().manager(.metadataServer(), location: location) }
        }
    }

    @Test(
        arguments: [
            ["name": "x", "payload": ["data": "cGF5bG9hZA==", "dataCrc32c": "1"]],
            ["name": "x", "payload": ["data": "cGF5bG9hZA==", "dataCrc32c": "4294967296"]],
            ["name": "x", "payload": ["data": "cGF5bG9hZA==", "dataCrc32c": "-1"]],
            ["name": "x", "payload": ["data": "cGF5bG9hZA==", "dataCrc32c": true]],
            ["name": "x", "payload": ["data": "cGF5bG9hZA", "dataCrc32c": "1"]],
            ["name": "x", "payload": ["data": "%%%%"]], ["name": "x"], ["payload": ["data": ""]], [], "text",
        ] as [JSONValue])
    func `a damaged payload is refused, whole`(_ answer: JSONValue) async throws {
        try await withVirtualTime { _ in
            let scenario = scenario()
            scenario.server.on(.get, GoogleScenario.access).reply(json: answer)
            let error = await #expect(throws: TesseraError.self) {
                try await scenario.fetch(GoogleScenario.serviceAccount())
            }
            #expect(error?.code == .protocolViolation || error?.code == .decoding)
            #expect(error?.description.contains("cGF5") == false)
        }
    }

    @Test func `each flipped bit of a payload is seen`() async throws {
        let payload = Array("the payload".utf8)
        for bit in 0..<(payload.count * 8) {
            var damaged = payload
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(CRC32C.checksum(damaged) != CRC32C.checksum(payload))
        }
    }

    @Test(arguments: [
        (403, "PERMISSION_DENIED", TesseraError.Code.secretUnavailable), (404, "NOT_FOUND", .secretUnavailable),
        (400, "FAILED_PRECONDITION", .secretUnavailable), (418, "free text\u{1B}[31m", .httpStatus),
    ])
    func `a refusal says what the API calls it, and no free text`(
        _ status: Int, _ name: String, _ code: TesseraError.Code
    ) async throws {
        try await withVirtualTime { _ in
            let scenario = scenario()
            scenario.server.on(.get, GoogleScenario.access)
                .reply(status: status, json: ["error": ["status": .string(name), "message": "free text"]])
            let error = await #expect(throws: TesseraError.self) {
                try await scenario.fetch(GoogleScenario.serviceAccount())
            }
            #expect(error?.code == code)
            #expect(error?.message.contains("free text") == false)
            #expect(error?.message.contains(name) == (status != 418))
        }
    }
}
#endif
