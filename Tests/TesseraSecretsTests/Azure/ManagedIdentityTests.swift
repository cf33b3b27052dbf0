#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Managed identity` {
    private let server = MockTransport()

    private func tokens(
        _ variables: [String: String] = [:], client: String? = nil, keys: String = ArcKeyFile.directory,
        passedOver: [String] = []
    ) throws -> RefreshingTokenSource {
        RefreshingTokenSource(
            ManagedIdentityAcquisition(
                identity: ManagedIdentity(
                    endpoint: try ManagedIdentityEndpoint { variables[$0] }, client: client, passedOver: passedOver),
                resource: "https://vault.azure.net", transport: server, arcKeys: keys))
    }

    private func query(_ request: MockRequest?) -> [String: String] {
        Dictionary((request?.queryItems ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0),\($1)" })
    }

    private let answer: JSONValue = [
        "access_token": "machine-token", "expires_in": "86399", "expires_on": "1767312000", "token_type": "Bearer",
        "resource": "https://vault.azure.net",
    ]

    @Test func `the metadata server is asked as it wants to be`() async throws {
        try await withVirtualTime { time in
            let route = server.on(.get, "http://169.254.169.254/metadata/identity/oauth2/token")
            route.reply(status: 410).reply(json: answer)
            let tokens = try tokens(client: "user-assigned")
            let token = try await time.run { try await tokens.accessToken() }
            #expect(token.value.exposedText == "machine-token")
            #expect(token.lifetime == .seconds(86_399))
            #expect(
                query(route.requests.first) == [
                    "api-version": "2018-02-01", "resource": "https://vault.azure.net", "client_id": "user-assigned",
                ])
            #expect(route.requests.first?.headerFields[try #require(HTTPField.Name("Metadata"))] == "true")
            #expect(route.count == 2)
        }
    }

    @Test func `App Service is shown the header, and names a time of expiry`() async throws {
        try await withVirtualTime { time in
            let route = server.on(.get, "http://169.254.131.2:8081/msi/token")
            route.reply(json: ["access_token": "machine-token", "expires_on": "1767229200", "token_type": "Bearer"])
            let tokens = try tokens([
                "IDENTITY_ENDPOINT": "http://169.254.131.2:8081/msi/token", "IDENTITY_HEADER": "process-header",
            ])
            let token = try await time.run { try await tokens.accessToken() }
            // Virtual time begins at 1767225600.
            #expect(token.lifetime == .seconds(3600))
            let request = try #require(route.requests.first)
            #expect(request.headerFields[try #require(HTTPField.Name("X-IDENTITY-HEADER"))] == "process-header")
            #expect(query(request)["api-version"] == "2019-08-01")
        }
    }

    @Test(
        arguments: [
            ["IDENTITY_ENDPOINT": "http://evil.test/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "https://evil.test/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://169.254.evil.test/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://10.0.0.1/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://localhost.evil.test/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://127.1/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://localhost\\@evil.test/msi", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://localhost/msi?x=1", "IDENTITY_HEADER": "h"],
            ["IDENTITY_ENDPOINT": "http://localhost/msi", "IDENTITY_HEADER": "h", "IDENTITY_SERVER_THUMBPRINT": "t"],
            ["IDENTITY_ENDPOINT": "http://169.254.1.1/arc", "IMDS_ENDPOINT": "http://169.254.1.1"],
            ["IDENTITY_ENDPOINT": "http://evil.test/arc", "IMDS_ENDPOINT": "http://evil.test"],
            ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://evil.test"],
        ] as [[String: String]])
    func `no place is asked that is none of the machine's`(variables: [String: String]) {
        #expect(throws: TesseraError.self) { try ManagedIdentityEndpoint { variables[$0] } }
    }

    @Test func `a machine without an identity says what was looked for`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "http://169.254.169.254/**").fail(.unreachable, phase: .connect, progress: .nothingSent)
            let tokens = try tokens(passedOver: AzureEnvironment.order)
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await tokens.accessToken() }
            }
            #expect(error?.code == .tokenEndpointUnavailable)
            for name in AzureEnvironment.order { #expect(error?.message.contains(name) == true) }
        }
    }

    @Test func `a refusal names the identity, not a client's registration`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "http://169.254.169.254/**").reply(
                status: 400, json: ["error": "invalid_request", "error_description": "Identity not found"])
            let tokens = try tokens()
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await tokens.accessToken() }
            }
            #expect(error?.code == .tokenRequestRefused)
            #expect(error?.remedy?.contains("assign an identity") == true)
        }
    }
}

@Suite struct `Azure Arc` {
    private static let variables = [
        "IDENTITY_ENDPOINT": "http://localhost:40342/metadata/identity/oauth2/token",
        "IMDS_ENDPOINT": "http://localhost:40342",
    ]

    private func tokens(_ server: MockTransport, keys: String) throws -> RefreshingTokenSource {
        let variables = Self.variables
        return RefreshingTokenSource(
            ManagedIdentityAcquisition(
                identity: ManagedIdentity(
                    endpoint: try ManagedIdentityEndpoint { variables[$0] }, client: nil, passedOver: []),
                resource: "https://vault.azure.net", transport: server, arcKeys: keys))
    }

    /// What the agent saw in `Authorization` after it named a file in its challenge.
    private func shown(_ challenge: String, keys: String) async throws -> [String] {
        try await withVirtualTime { time in
            let server = MockTransport()
            let route = server.on(.get, "http://localhost:40342/metadata/identity/oauth2/token")
            route.reply { request in
                guard request.isAuthenticated else {
                    return MockReply(status: 401, headers: ["WWW-Authenticate": challenge])
                }
                return MockReply(json: ["access_token": "machine-token", "expires_in": 3600])
            }
            let tokens = try tokens(server, keys: keys)
            _ = try? await time.run { try await tokens.accessToken() }
            return route.requests.map { $0.headerFields[.authorization] ?? "none" }
        }
    }

    @Test func `the agent's key is shown`() async throws {
        try await withTemporaryDirectory { keys in
            try writeFile("\(keys)/0a1b-2c.key", Array("the-arc-key".utf8))
            #expect(try await shown("Basic realm=\(keys)/0a1b-2c.key", keys: keys) == ["none", "Basic the-arc-key"])
            #expect(
                try await shown(#"Basic realm="\#(keys)/0a1b-2c.key""#, keys: keys) == ["none", "Basic the-arc-key"])
        }
    }

    @Test(
        arguments: [
            "Basic realm=/etc/passwd", "Basic realm=/etc/ssl/private/server.key", "Basic realm=KEYS/../KEYS/good.key",
            "Basic realm=KEYS/sub/good.key", "Basic realm=KEYS/good.txt", "Basic realm=KEYS/.key",
            "Basic realm=KEYS//good.key", "Basic realm=KEYSx/good.key",
            "Basic realm=good.key", "Basic realm=", "Basic", "Bearer realm=KEYS/good.key", "Basic realm=KEYS/large.key",
            "Basic realm=KEYS/missing.key", "Basic realm=KEYS/directory.key", "Basic realm=KEYS/good.key, x=y",
            "Basic realm=KEYS/%67ood.key", "Basic realm=file:///KEYS/good.key",
        ])
    func `no other file is read`(challenge: String) async throws {
        try await withTemporaryDirectory { keys in
            try writeFile("\(keys)/good.key", Array("the-arc-key".utf8))
            try writeFile("\(keys)/good.txt", Array("another-file".utf8))
            try writeFile("\(keys)/.key", Array("another-file".utf8))
            try writeFile("\(keys)/large.key", Array(repeating: 0x61, count: 4097))
            #expect(try await shown(challenge.replacing("KEYS", with: keys), keys: keys) == ["none"])
        }
    }

    @Test func `a path is judged without a look at the disk`() {
        let directory = ArcKeyFile.directory
        #expect(ArcKeyFile.path("Basic realm=\(directory)/a.key", in: directory) == "\(directory)/a.key")
        #expect(ArcKeyFile.path("Basic realm=\(directory)/a.key\0", in: directory) == nil)
        #expect(
            ArcKeyFile.path("Basic realm=\(directory)/\(String(repeating: "a", count: 2000)).key", in: directory) == nil
        )
    }
}
#endif
