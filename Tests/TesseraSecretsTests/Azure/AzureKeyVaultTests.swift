#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Azure Key Vault` {
    @Test func `a secret is read after the challenge was seen`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret()
            let tokens = scenario.issueTokens()
            let vault = try scenario.vault()
            let value = try await time.run { try await vault.fetch("db-password") }
            #expect(value.secret.exposedText == "s3cr3t-value")
            #expect(value.version == "0123456789abcdef")
            _ = try await time.run { try await vault.fetch("db-password") }
            #expect(scenario.shown == ["none", "Bearer token-number-1", "Bearer token-number-1"])
            let form = Dictionary(
                tokens.requests.flatMap(\.form).map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0),\($1)" })
            #expect(
                form == [
                    "grant_type": "client_credentials", "client_id": "app-id", "client_secret": "client-secret-42",
                    "scope": "https://vault.azure.net/.default",
                ])
            #expect(
                scenario.server.requests.filter { $0.path.hasPrefix("/secrets") }.allSatisfy {
                    $0.query == "api-version=7.4"
                })
        }
    }

    @Test func `a version is pinned, and details are told`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.issueTokens()
            scenario.server.on(.get, "\(AzureScenario.secret)/v7").reply(
                status: 401, headers: ["WWW-Authenticate": AzureScenario.challenge]
            ).reply(json: AzureScenario.body)
            let vault = try scenario.vault()
            let runtime = Runtime.current
            let secret = try await time.run {
                try await vault.details(
                    SecretReference("db-password", version: "v7"),
                    SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
            }
            #expect(secret.contentType == "text/plain")
            #expect(secret.expiry == nil)
        }
    }

    @Test func `1,000 readers cost one token`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret()
            let tokens = scenario.issueTokens()
            let vault = try scenario.vault()
            try await time.run {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<1000 { group.addTask { _ = try await vault.fetch("db-password") } }
                    try await group.waitForAll()
                }
            }
            #expect(tokens.count == 1)
        }
    }

    static let login = "https://login.microsoftonline.com/\(AzureScenario.tenant)"

    @Test(
        arguments: [
            // Another domain than the vault's own.
            (#"Bearer authorization="\#(login)", resource="https://vault.azure.net.evil.test""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://management.azure.com""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://azure.net""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://net""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://billing.vault.azure.net""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="http://vault.azure.net""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://vault.azure.net\@evil.test""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="https://vault.azure.net/x""#, "another domain"),
            (#"Bearer authorization="\#(login)", scope="https://graph.microsoft.com/.default""#, "another domain"),
            (#"Bearer authorization="\#(login)", resource="""#, "another domain"),
            (#"Bearer authorization="\#(login)""#, "another domain"),
            // Another place to get tokens at.
            (#"Bearer authorization="https://evil.test/t", resource="https://vault.azure.net""#, "another authority"),
            (
                #"Bearer authorization="http://login.microsoftonline.com/t", resource="https://vault.azure.net""#,
                "another authority"
            ),
            (
                #"Bearer authorization="https://login.microsoftonline.com:8443/t", resource="https://vault.azure.net""#,
                "another authority"
            ),
            (
                #"Bearer authorization="https://login.microsoftonline.us/t", resource="https://vault.azure.net""#,
                "another authority"
            ),
            (#"Bearer resource="https://vault.azure.net""#, "another authority"),
            (
                #"Bearer authorization="https://login.windows.net/00000000-0000-0000-0000-000000000001", resource="https://vault.azure.net""#,
                "another tenant"
            ),
            (#"Basic realm="vault""#, "no bearer token"),
            (nil, "no bearer token"),
        ] as [(String?, String)])
    func `a challenge for anything else is refused, and no credential is sent`(
        challenge: String?, words: String
    ) async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret(challenge: challenge)
            scenario.server.onAny("https://evil.test/**").reply(status: 200).optional()
            let tokens = scenario.issueTokens().optional()
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("db-password") }
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.message.contains(words) == true, "\(error as Any)")
            #expect(tokens.count == 0)
            #expect(scenario.shown == ["none"])
            #expect(scenario.server.requests.count == 1)
        }
    }

    @Test(
        arguments: [
            #"Bearer authorization="\#(login)", scope="https://vault.azure.net/.default""#,
            #"Bearer authorization_uri="https://login.windows.net/\#(AzureScenario.tenant.uppercased())", resource="https://vault.azure.net/""#,
        ])
    func `other forms of the right challenge are understood`(challenge: String) async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret(challenge: challenge)
            scenario.issueTokens()
            let vault = try scenario.vault()
            _ = try await time.run { try await vault.fetch("db-password") }
        }
    }

    @Test func `a token that the vault refuses is replaced once`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret(refusing: ["Bearer token-number-1"])
            let tokens = scenario.issueTokens()
            let vault = try scenario.vault()
            _ = try await time.run { try await vault.fetch("db-password") }
            #expect(scenario.shown == ["none", "Bearer token-number-1", "Bearer token-number-2"])
            #expect(tokens.count == 2)
        }
    }

    @Test func `a vault that was taken over gets no second token`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            let tokens = scenario.issueTokens()
            let foreign = #"Bearer authorization="https://evil.test/t", resource="https://evil.test""#
            scenario.server.on(.get, AzureScenario.secret)
                .reply(status: 401, headers: ["WWW-Authenticate": AzureScenario.challenge])
                .reply(status: 401, headers: ["WWW-Authenticate": foreign])
            let vault = try scenario.vault()
            for _ in 0..<2 {
                _ = await #expect(throws: TesseraError.self) {
                    try await time.run { try await vault.fetch("db-password") }
                }
            }
            #expect(scenario.shown == ["none", "Bearer token-number-1", "none"])
            #expect(tokens.count == 1)
        }
    }

    @Test func `a server that asks for no token is not believed`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.server.on(.get, AzureScenario.secret).reply(json: AzureScenario.body)
            let vault = try scenario.vault()
            _ = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("db-password") }
            }
        }
    }

    @Test(
        arguments: [
            (404, #"{"error": {"code": "SecretNotFound", "message": "not found"}}"#, "has no secret"),
            (403, #"{"error": {"code": "Forbidden", "innererror": {"code": "SecretDisabled"}}}"#, "is disabled"),
            (403, #"{"error": {"code": "Forbidden", "innererror": {"code": "ForbiddenByFirewall"}}}"#, "firewall"),
            (403, #"{"error": {"code": "Forbidden", "innererror": {"code": "ForbiddenByRbac"}}}"#, "may not read"),
            (403, "<html>", "may not read"), (200, #"{"id": 1}"#, "no secret"),
            (200, #"{"value": "s3cr3t-value", "attributes": {"exp": 1767225600}}"#, "has expired"),
            (200, #"{"value": "s3cr3t-value", "attributes": {"nbf": 1767225601}}"#, "not active"),
        ] as [(Int, String, String)])
    func `what cannot be had is said`(status: Int, body: String, words: String) async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret(MockReply(status: status, headers: ["Content-Type": "application/json"], body: body))
            scenario.issueTokens()
            let vault = try scenario.vault()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("db-password") }
            }
            #expect(error?.code == .secretUnavailable)
            #expect(error?.message.contains(words) == true)
            #expect(!"\(error as Any)".contains("s3cr3t"))
        }
    }

    @Test func `an outdated secret is given out on demand`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.holdSecret(
                MockReply(json: ["value": "s3cr3t-value", "attributes": ["exp": 1, "nbf": 9_999_999_999]]))
            scenario.issueTokens()
            let vault = try scenario.vault(allowsOutdated: true)
            #expect(try await time.run { try await vault.fetch("db-password") }.secret.exposedText == "s3cr3t-value")
        }
    }

    @Test(
        arguments: [
            ("https://billing.vault.azure.net", nil, "https://vault.azure.net"),
            ("https://Billing.Vault.Azure.CN/", nil, "https://vault.azure.cn"),
            ("https://hsm.managedhsm.azure.net", nil, "https://managedhsm.azure.net"),
            ("https://localhost:8443", "https://vault.azure.net", "https://vault.azure.net"),
            ("https://localhost:8443", nil, nil), ("https://10.1.2.3", nil, nil), ("https://[::1]", nil, nil),
            ("https://vault.local", nil, nil), ("http://billing.vault.azure.net", nil, nil),
            ("https://billing.vault.azure.net/secrets/x", nil, nil), ("https://billing.vault.azure.net?x", nil, nil),
            ("https://billing.vault.azure.net", "http://vault.azure.net", nil),
            ("https://billing.vault.azure.net", "https://vault.azure.net/x", nil),
        ] as [(String, String?, String?)])
    func `what tokens are for follows from the vault's name`(url: String, given: String?, resource: String?) throws {
        let scenario = AzureScenario()
        let made = try? AzureKeyVault(
            url, credential: try scenario.credential(), resource: given, transport: scenario.server)
        #expect((made != nil) == (resource != nil))
        guard let resource else { return }
        #expect(try KeyVaultResource(vault: try Origin(url), given: given).resource == resource)
    }
}
#endif
