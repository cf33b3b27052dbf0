#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Vault KV` {
    @Test func `a secret is read as it is stored, with its version`() async throws {
        try await withVirtualTime { _ in
            let scenario = VaultScenario()
            scenario.holdSecret(for: "kept-token")
            let value = try await scenario.vault(namespace: "team/billing").fetch("prod/database", version: "3")
            #expect(value.secret.exposedText == VaultScenario.object)
            #expect(value.version == "3")
            let request = try #require(scenario.server.requests.first)
            #expect(request.query == "version=3")
            #expect(request.headerFields[VaultTokens.field] == "kept-token")
            #expect(request.headerFields[try #require(HTTPField.Name("X-Vault-Request"))] == "true")
            #expect(request.headerFields[try #require(HTTPField.Name("X-Vault-Namespace"))] == "team/billing")
            #expect(request.headerFields[.authorization] == nil)
        }
    }

    @Test func `one member of it is taken`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.holdSecret(for: "kept-token")
            let source = try scenario.vault().secret("prod/database", member: "password")
            #expect(try await time.run { try await source.secret() }.exposedText == "s3cr3t-password")
        }
    }

    static let gone = #"{"data": {"data": null, "metadata": {"version": 2, "deletion_time": "2026-01-01T00:00:00Z"}}}"#
    static let destroyed = #"{"data": {"data": null, "metadata": {"version": 2, "destroyed": true}}}"#

    @Test(
        arguments: [
            (404, #"{"errors": []}"#, "has no secret"), (404, "", "has no secret"), (404, gone, "was deleted"),
            (404, destroyed, "was destroyed"), (403, #"{"errors": ["permission denied"]}"#, "does not let"),
            (200, #"{"data": {"password": "version 1"}}"#, "no secret of KV version 2"),
            (200, #"{"data": {"data": "text", "metadata": {}}}"#, "no secret of KV version 2"),
            (200, "<html>", "no secret of KV version 2"),
        ] as [(Int, String, String)])
    func `what cannot be had is said`(status: Int, body: String, words: String) async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.get, VaultScenario.path).reply(
                status: status, headers: ["Content-Type": "application/json"], body: body)
            scenario.server.on(.get, "/v1/auth/token/lookup-self").reply(status: 200)
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(error?.code == .secretUnavailable)
            #expect(error?.message.contains(words) == true)
            #expect(scenario.shown.count == 1)
        }
    }

    /// Vault answers 403 to both; but only one of them is a word about the secret, and ends the use of a kept copy.
    @Test func `a token that is dead is told from one that may not read`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.holdSecret(for: "another-token")
            scenario.server.on(.get, "/v1/auth/token/lookup-self").reply(status: 403)
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.message.contains("does not know the token") == true)
        }
    }

    @Test func `a sealed server is no word about the secret`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.get, VaultScenario.path).reply(status: 503, json: ["errors": ["Vault is sealed"]])
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(error?.code == .httpStatus)
        }
    }

    @Test(arguments: ["", "/", "a//b", "..", "a/../../sys/seal", "a/./b", "%2e%2e\u{0}", "a/b/"])
    func `a name leads nowhere else`(name: String) async throws {
        try await withVirtualTime { _ in
            let scenario = VaultScenario()
            scenario.server.onAny("/**").reply(status: 404).optional()
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) { try await vault.fetch(name) }
            guard error?.code != .invalidTarget else {
                #expect(scenario.server.requests.isEmpty)
                return
            }
            // What is sent stays one segment of the engine's own.
            let path = try #require(scenario.server.requests.first?.path)
            #expect(path.hasPrefix("/v1/secret/data/"))
            #expect(path.split(separator: "/").count == 4)
        }
    }

    @Test func `a name with signs of its own is encoded`() async throws {
        try await withVirtualTime { _ in
            let scenario = VaultScenario()
            scenario.server.onAny("/**").reply(status: 404)
            _ = try? await scenario.vault().fetch("team a/x?version=1#y%2f")
            #expect(scenario.server.requests.map(\.path) == ["/v1/secret/data/team%20a/x%3Fversion%3D1%23y%252f"])
        }
    }

    @Test(arguments: ["latest", "0", "-1", "+1", "1&x=y", "99999999999999999999"])
    func `a version is a number`(version: String) async throws {
        try await withVirtualTime { _ in
            let scenario = VaultScenario()
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await vault.fetch("prod/database", version: version)
            }
            #expect(error?.code == .misconfigured)
            #expect(scenario.server.requests.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("http://vault.test", .insecureTransport), ("http://localhost.evil.test:8200", .insecureTransport),
            ("http://127.1:8200", .invalidURL), ("vault.test:8200", .invalidURL),
            ("https://vault.test/?x=1", .misconfigured),
        ] as [(String, TesseraError.Code)])
    func `a token goes to no server without TLS`(address: String, code: TesseraError.Code) {
        let error = #expect(throws: TesseraError.self) {
            try VaultKV(address, auth: .token(.value(.fixture("kept-token"))), transport: MockTransport())
        }
        #expect(error?.code == code)
    }

    @Test func `a standby's redirect is not followed`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.get, VaultScenario.path).reply(
                status: 307, headers: ["Location": "https://vault-2.test\(VaultScenario.path)"])
            let vault = try scenario.vault()
            _ = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(scenario.server.requests.map(\.origin.host) == ["vault.test"])
        }
    }
}

@Suite struct `Vault environment` {
    private func vault(_ variables: [String: String]) throws -> VaultKV {
        try VaultKV.fromEnvironment("secret", nil, RefreshingTokenSource.Settings(), MockTransport()) { variables[$0] }
    }

    @Test func `the token file of the command line is read`() async throws {
        try await withTemporaryDirectory { home in
            try writeFile("\(home)/.vault-token", Array("file-token\n".utf8))
            let server = MockTransport()
            server.on(.get, "https://vault.test/v1/secret/data/x").reply(status: 404)
            let variables = ["VAULT_ADDR": "https://vault.test", "HOME": home, "VAULT_NAMESPACE": "ns"]
            let vault = try VaultKV.fromEnvironment("secret", nil, RefreshingTokenSource.Settings(), server) {
                variables[$0]
            }
            _ = try? await vault.fetch("x")
            #expect(server.requests.first?.headerFields[VaultTokens.field] == "file-token")
            #expect(server.requests.first?.headerFields[try #require(HTTPField.Name("X-Vault-Namespace"))] == "ns")
        }
    }

    @Test func `what is missing is said`() throws {
        let address = #expect(throws: TesseraError.self) { try vault(["VAULT_TOKEN": "t"]) }
        #expect(address?.message.contains("VAULT_ADDR") == true)
        let token = #expect(throws: TesseraError.self) {
            try vault(["VAULT_ADDR": "https://vault.test", "HOME": "/nowhere-at-all", "VAULT_TOKEN": ""])
        }
        #expect(token?.message.contains("VAULT_TOKEN") == true)
        #expect(token?.message.contains("~/.vault-token") == true)
    }
}
#endif
