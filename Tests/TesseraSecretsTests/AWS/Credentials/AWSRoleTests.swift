#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS roles` {
    private let server = MockTransport()

    private static let answer = """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
        <SessionToken>role-token==</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>
        """

    private func find(
        _ config: String, variables: [String: String] = [:], credentials: String = "", profile: String? = nil
    ) async throws -> AWSCredentials? {
        try await AWSFixture.withProfiles(config: config, credentials: credentials, variables: variables) {
            environment, home in
            try writeFile("\(home)/token", Array("CANARY.web.identity\n".utf8))
            let variables = variables.mapValues { $0.replacing("HOME/", with: "\(home)/") }
            let all = AWSEnvironment { variables[$0] ?? environment[$0] }
            return try await AWSFixture.found(
                AWSCredentialChain.standard(profile: profile, environment: all), server)
        }
    }

    private func form(_ request: MockRequest?) -> [String: String] {
        (request?.form ?? []).reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    @Test func `a role is assumed with the key of its source profile`() async throws {
        server.on(.post, "https://sts.eu-west-1.amazonaws.com/").reply(body: Self.answer)
        let found = try await find(
            """
            [default]
            role_arn = arn:aws:iam::1:role/x
            source_profile = base
            external_id = ext
            role_session_name = me
            duration_seconds = 900
            region = eu-west-1
            """, credentials: "[base]\naws_access_key_id = BASE\naws_secret_access_key = base-secret")
        #expect(found?.accessKeyID == "ASIAROLE")
        #expect(found?.expiry == Timestamp(secondsSinceEpoch: 1_767_229_200))
        let request = server.requests.first
        #expect(
            form(request) == [
                "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/x",
                "RoleSessionName": "me", "ExternalId": "ext", "DurationSeconds": "900",
            ])
        #expect(request?.headerFields[.authorization]?.contains("Credential=BASE/") == true)
        #expect(request?.headerFields[.authorization]?.contains("/eu-west-1/sts/aws4_request") == true)
    }

    @Test func `roles lead to roles, and to no circle`() async throws {
        server.on(.post, "https://sts.us-east-1.amazonaws.com/").reply(body: Self.answer)
        let chain = """
            [default]
            role_arn = arn:outer
            source_profile = middle
            [profile middle]
            role_arn = arn:inner
            credential_source = Environment
            """
        _ = try await find(
            chain, variables: ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "env-secret"], profile: "default")
        #expect(server.requests.map { form($0)["RoleArn"] } == ["arn:inner", "arn:outer"])
        #expect(server.requests.last?.headerFields[.authorization]?.contains("Credential=ASIAROLE/") == true)
        let circle = """
            [profile a]
            role_arn = arn:a
            source_profile = b
            [profile b]
            role_arn = arn:b
            source_profile = a
            """
        let error = await #expect(throws: TesseraError.self) { try await find(circle, profile: "a") }
        #expect(error?.message.contains("a, b, a lead in a circle") == true, "\(error as Any)")
    }

    @Test func `a profile with a key may name itself`() async throws {
        server.on(.post, "/").reply(body: Self.answer)
        let found = try await find(
            """
            [default]
            role_arn = arn:self
            source_profile = default
            aws_access_key_id = SELF
            aws_secret_access_key = self-secret
            """)
        #expect(found?.accessKeyID == "ASIAROLE")
        #expect(server.requests.count == 1)
    }

    @Test(
        arguments: [
            ("role_arn = arn:x", "both or neither"),
            ("role_arn = arn:x\nsource_profile = y\ncredential_source = Environment", "both or neither"),
            ("role_arn = arn:x\nsource_profile = y", "stands in neither file"),
            ("role_arn = arn:x\ncredential_source = Wishes", "no credential_source"),
            ("role_arn = arn:x\ncredential_source = Environment\nmfa_serial = z", "mfa_serial"),
            ("role_arn = arn:x\ncredential_source = Environment", "no credentials are there"),
        ])
    func `a profile that cannot be followed says so`(lines: String, words: String) async throws {
        let error = await #expect(throws: TesseraError.self) { try await find("[default]\n\(lines)") }
        #expect(error?.message.contains(words) == true, "\(error as Any)")
    }

    @Test func `a web identity's token is shown to the token service, unsigned`() async throws {
        server.on(.post, "https://sts.us-east-1.amazonaws.com/").reply(body: Self.answer)
        let found = try await find(
            "",
            variables: [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token", "AWS_ROLE_ARN": "arn:web", "AWS_ROLE_SESSION_NAME": "s",
            ])
        #expect(found?.accessKeyID == "ASIAROLE")
        #expect(
            form(server.requests.first) == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": "arn:web",
                "RoleSessionName": "s", "WebIdentityToken": "CANARY.web.identity",
            ])
        #expect(server.requests.first?.isAuthenticated == false)
    }

    @Test func `a token service that refuses is named with its code and nothing else`() async throws {
        server.on(.post, "/").reply(
            status: 403,
            body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>CANARY</Message></Error></ErrorResponse>")
        let error = await #expect(throws: TesseraError.self) {
            try await find("", variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token", "AWS_ROLE_ARN": "arn:web"])
        }
        #expect(error?.code == .secretUnavailable)
        #expect(error?.message.contains("AccessDenied") == true)
        #expect(!"\(error as Any)".contains("CANARY"))
    }

    @Test(arguments: ["http://sts.example.com", "http://10.0.0.1"])
    func `a token goes to no endpoint without TLS`(url: String) async throws {
        let error = await #expect(throws: TesseraError.self) {
            try await find(
                "",
                variables: [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": "HOME/token", "AWS_ROLE_ARN": "arn:web", "AWS_ENDPOINT_URL_STS": url,
                ])
        }
        #expect(error?.code == .insecureTransport)
        #expect(server.requests.isEmpty)
    }

    @Test(
        arguments: [
            "", "<Credentials>", "<Credentials></Credentials>", String(repeating: "<a>", count: 100_000),
            "<Credentials><AccessKeyId><b>x</b></AccessKeyId><SecretAccessKey>y</SecretAccessKey></Credentials>",
            "<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken></Credentials>",
        ])
    func `an answer without credentials is an error`(body: String) {
        #expect(throws: TesseraError.self) { try AWSQueryAnswer(Array(body.utf8)).credentials() }
    }
}
#endif
