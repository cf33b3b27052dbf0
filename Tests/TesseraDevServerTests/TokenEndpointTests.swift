#if CLI
import Testing
import TesseraDevServer

@Suite("POST /token")
struct TokenEndpointTests {
    /// What RFC 6749 section 2.3.1 has form-encoding for.
    private static let hardID = "id: 100%+x y"
    private static let hardSecret = "s:e%c+r e&t=ü"
    private static let encodedID = "id%3A+100%25%2Bx+y"
    private static let encodedSecret = "s%3Ae%25c%2Br+e%26t%3D%C3%BC"

    private func withServer(_ body: (TestClient, DevelopmentServer.Running) async throws -> Void) async throws {
        let server = DevelopmentServer(
            .init(tokenLifetime: 60, clients: [Self.hardID: Self.hardSecret, "plain": "plain-secret"]))
        try await server.withRunning { running in
            try await body(TestClient(running.primaryURL), running)
        }
    }

    @Test("issues to a Basic client whose id and secret are form-encoded")
    func basic() async throws {
        try await withServer { client, running in
            let answer = try await client.post(
                form: "grant_type=client_credentials&scope=a+b+a",
                fields: [BasicField.of(Self.encodedID, Self.encodedSecret)])
            #expect(answer.status == 200)
            #expect(answer["Cache-Control"] == "no-store")
            #expect(answer["Pragma"] == "no-cache")
            let body = try answer.json(TokenBody.self)
            #expect(body.accessToken.utf8.count == 43)
            #expect(body.tokenType == "Bearer")
            #expect(body.expiresIn == 60)
            #expect(body.scope == "a b")
            let entry = try #require(running.log.entries().last)
            #expect(entry.outcome == "issued")
            #expect(entry.authorization == "basic")
            #expect(entry.clientID == Self.hardID)
            #expect(entry.grantType == "client_credentials")
            #expect(running.log.tokenRequests == 1)
        }
    }

    @Test("issues to a client that authenticates in the body")
    func post() async throws {
        try await withServer { client, running in
            let answer = try await client.post(
                form: "grant_type=client_credentials&client_id=\(Self.encodedID)&client_secret=\(Self.encodedSecret)")
            #expect(answer.status == 200)
            #expect(running.log.entries().last?.authorization == "none")
            #expect(running.log.entries().last?.carriesCredential == true)
        }
    }

    @Test("an issued token opens the API, and two tokens differ")
    func tokenWorks() async throws {
        try await withServer { client, _ in
            let first = try await client.token("plain", "plain-secret")
            let second = try await client.token("plain", "plain-secret")
            #expect(first != second)
            for token in [first, second] {
                let answer = try await client.send("GET", "/data", fields: ["authorization: bearer \(token)"])
                #expect(answer.status == 200)
            }
        }
    }

    @Test(
        "refuses wrong clients with 401 and a challenge",
        arguments: [
            ("grant_type=client_credentials", [BasicField.of("plain", "wrong")]),
            ("grant_type=client_credentials", [BasicField.of("nobody", "plain-secret")]),
            // Sent without the form-encoding of RFC 6749 section 2.3.1, which makes it another secret.
            ("grant_type=client_credentials", [BasicField.of("id: 100%25+x y", "s:e%25c+r e&t=ü")]),
            ("grant_type=client_credentials", ["Authorization: Basic !!!"]),
            ("grant_type=client_credentials", ["Authorization: Bearer abc"]),
            ("grant_type=client_credentials", []),
            ("grant_type=client_credentials&client_id=plain", []),
            ("grant_type=client_credentials&client_id=plain&client_secret=plain-secre", []),
            ("grant_type=client_credentials&client_id=plain&client_secret=plain-secretplain-secret", []),
        ])
    func invalidClient(form: String, fields: [String]) async throws {
        try await withServer { client, running in
            let answer = try await client.post(form: form, fields: fields)
            #expect(answer.status == 401)
            #expect(answer["WWW-Authenticate"] == "Basic realm=\"tessera\"")
            #expect(try answer.json(ErrorBody.self).error == "invalid_client")
            #expect(running.log.entries().last?.outcome == "invalid_client")
        }
    }

    @Test(
        "refuses malformed requests with 400",
        arguments: [
            ("grant_type=client_credentials&client_secret=plain-secret", true, "invalid_request"),
            ("grant_type=client_credentials&client_id=other", true, "invalid_request"),
            ("grant_type=client_credentials&grant_type=client_credentials", true, "invalid_request"),
            ("grant_type=client_credentials&foo=1&foo=1", true, "invalid_request"),
            ("grant_type=client_credentials&foo=%zz", true, "invalid_request"),
            ("grant_type=client_credentials&foo=%ff", true, "invalid_request"),
            ("grant_type=", true, "invalid_request"),
            ("scope=a", true, "invalid_request"),
            ("grant_type=authorization_code", true, "unsupported_grant_type"),
            ("grant_type=client_credentials&scope=a++b", true, "invalid_scope"),
            ("grant_type=client_credentials&scope=%22", true, "invalid_scope"),
        ])
    func invalidRequest(form: String, basic: Bool, error: String) async throws {
        try await withServer { client, _ in
            let answer = try await client.post(
                form: form, fields: basic ? [BasicField.of("plain", "plain-secret")] : [])
            #expect(answer.status == 400)
            #expect(try answer.json(ErrorBody.self).error == error)
        }
    }

    @Test("refuses two Authorization fields, a body of another type, and a secret in the URL")
    func ambiguous() async throws {
        try await withServer { client, _ in
            let field = BasicField.of("plain", "plain-secret")
            let twice = try await client.post(form: "grant_type=client_credentials", fields: [field, field])
            #expect(twice.status == 400)
            let json = try await client.send(
                "POST", "/token", fields: [field, "Content-Type: application/json"], body: "{}")
            #expect(json.status == 400)
            let inURL = try await client.send(
                "POST", "/token?client_id=plain&client_secret=plain-secret",
                fields: ["Content-Type: application/x-www-form-urlencoded"], body: "grant_type=client_credentials")
            #expect(inURL.status == 400)
        }
    }

    @Test("allows several resource parameters (RFC 8707)")
    func resources() async throws {
        try await withServer { client, _ in
            let answer = try await client.post(
                form: "grant_type=client_credentials&resource=https%3A%2F%2Fa.test&resource=https%3A%2F%2Fb.test",
                fields: [BasicField.of("plain", "plain-secret")])
            #expect(answer.status == 200)
        }
    }

    @Test("publishes its metadata with the primary origin as issuer (RFC 8414)")
    func metadata() async throws {
        struct Metadata: Decodable {
            var issuer: String
            var tokenEndpoint: String
            var responseTypes: [String]

            enum CodingKeys: String, CodingKey {
                case issuer
                case tokenEndpoint = "token_endpoint"
                case responseTypes = "response_types_supported"
            }
        }
        try await withServer { client, running in
            for url in [running.primaryURL, running.secondURL] {
                let answer = try await TestClient(url).send("GET", "/.well-known/oauth-authorization-server")
                let metadata = try answer.json(Metadata.self)
                #expect(metadata.issuer == running.primaryURL)
                #expect(metadata.tokenEndpoint == running.primaryURL + "/token")
                #expect(metadata.responseTypes.isEmpty)
            }
        }
    }
}
#endif
