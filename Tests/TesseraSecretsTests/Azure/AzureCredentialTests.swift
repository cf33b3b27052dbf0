#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Azure credential` {
    @Test func `a workload's token is read for each request`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/token"
            try writeFile(path, Array("federated.token.1\n".utf8))
            try await withVirtualTime { time in
                let scenario = AzureScenario()
                let route = scenario.issueTokens()
                let variables = [
                    "AZURE_TENANT_ID": AzureScenario.tenant, "AZURE_CLIENT_ID": "app-id",
                    "AZURE_FEDERATED_TOKEN_FILE": path,
                ]
                let tokens = try AzureCredential.fromEnvironment { variables[$0] }
                    .tokens(for: "https://vault.azure.net", transport: scenario.server)
                _ = try await time.run { try await tokens.accessToken() }
                try writeFile(path, Array("federated.token.two\n".utf8))
                await time.advance(by: .seconds(3600))
                _ = try await time.run { try await tokens.accessToken() }
                let forms = route.requests.map { request in
                    Dictionary(request.form.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0),\($1)" })
                }
                #expect(forms.map { $0["client_assertion"] } == ["federated.token.1", "federated.token.two"])
                #expect(
                    forms.first?.filter { $0.key != "client_assertion" } == [
                        "grant_type": "client_credentials", "client_id": "app-id",
                        "scope": "https://vault.azure.net/.default",
                        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ])
            }
        }
    }

    @Test func `a rotated client secret is picked up`() async throws {
        try await withVirtualTime { time in
            let scenario = AzureScenario()
            scenario.server.on(.post, AzureScenario.tokenURL).reply { request in
                guard request.text.contains("new-client-secret") else {
                    return MockReply(status: 401, json: ["error": "invalid_client"])
                }
                return MockReply(json: ["access_token": "token-number-1", "expires_in": 3599])
            }
            let source = RotatingSource(.fixture("old-client-secret"), later: .fixture("new-client-secret"))
            let tokens = try scenario.credential(source)
                .tokens(for: "https://vault.azure.net", transport: scenario.server)
            _ = try await time.run { try await tokens.accessToken() }
        }
    }

    @Test(
        arguments: [
            ("login.microsoftonline.us", "https://login.microsoftonline.us"),
            ("https://login.microsoftonline.com/", "https://login.microsoftonline.com"),
            ("https://localhost:8443", "https://localhost:8443"), ("http://login.microsoftonline.com", nil),
            ("http://localhost:8080", nil), ("https://login.microsoftonline.com/tenant", nil),
            ("https://login.microsoftonline.com\\@evil.test", nil), ("", nil),
        ] as [(String, String?)])
    func `an authority is https`(host: String, origin: String?) {
        #expect((try? AzureAuthority(host))?.origin.description == origin)
    }

    @Test(arguments: ["", "..", "../x", "a/b", "a?b", "a b", "a#", ".hidden", String(repeating: "a", count: 254)])
    func `a tenant is a part of no other URL`(tenant: String) {
        #expect(throws: TesseraError.self) { try AzureTenant(tenant, at: .publicCloud) }
    }

    @Test(
        arguments: [
            ("contoso.onmicrosoft.com", AzureScenario.tenant, true), (AzureScenario.tenant, "common", true),
            (AzureScenario.tenant, AzureScenario.tenant.uppercased(), true),
            (AzureScenario.tenant, "00000000-0000-0000-0000-000000000001", false),
        ])
    func `tenants are compared where they can be`(own: String, other: String, may: Bool) throws {
        #expect(try AzureTenant(own, at: .publicCloud).mayBe(other) == may)
    }
}

@Suite struct `Azure environment` {
    private static let application = ["AZURE_TENANT_ID": "contoso.com", "AZURE_CLIENT_ID": "app-id"]

    @Test(
        arguments: [
            ([:], .machine), (application, .machine), (["AZURE_CLIENT_SECRET": ""], .machine),
            (["AZURE_CLIENT_SECRET": "s"], .secret),
            (["AZURE_CLIENT_CERTIFICATE_PATH": "/c.pem"], .certificate(path: "/c.pem")),
            (["AZURE_FEDERATED_TOKEN_FILE": "/t"], .workload(path: "/t")),
            (["AZURE_FEDERATED_TOKEN_FILE": "/t", "AZURE_CLIENT_SECRET": "s"], .secret),
        ] as [([String: String], AzureEnvironment.Choice)])
    func `the first that is set counts`(variables: [String: String], choice: AzureEnvironment.Choice) throws {
        let all = variables.merging(Self.application) { $1 }
        #expect(try AzureEnvironment { all[$0] }.choice() == choice)
    }

    @Test(
        arguments: [
            (["AZURE_CLIENT_SECRET": "s", "AZURE_CLIENT_ID": "app-id"], "AZURE_TENANT_ID"),
            (["AZURE_FEDERATED_TOKEN_FILE": "/t", "AZURE_TENANT_ID": "contoso.com"], "AZURE_CLIENT_ID"),
            (
                application.merging(["AZURE_CLIENT_CERTIFICATE_PATH": "/c", "AZURE_CLIENT_CERTIFICATE_PASSWORD": "p"]) {
                    $1
                },
                "AZURE_CLIENT_CERTIFICATE_PASSWORD"
            ),
        ] as [([String: String], String)])
    func `what is set by half is said, and nothing else used`(variables: [String: String], name: String) {
        let error = #expect(throws: TesseraError.self) { try AzureCredential.fromEnvironment { variables[$0] } }
        #expect(error?.code == .misconfigured)
        #expect(error?.message.contains(name) == true)
    }

    @Test func `an authority without TLS is refused`() {
        let variables = Self.application.merging(
            ["AZURE_CLIENT_SECRET": "s", "AZURE_AUTHORITY_HOST": "http://login.test"]) { $1 }
        let error = #expect(throws: TesseraError.self) { try AzureCredential.fromEnvironment { variables[$0] } }
        #expect(error?.code == .insecureTransport)
    }
}
#endif
