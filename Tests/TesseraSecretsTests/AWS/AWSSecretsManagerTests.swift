#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS Secrets Manager` {
    private let server = MockTransport()

    private func manager(
        region: String? = "eu-west-1", endpoint: String? = nil, _ variables: [String: String] = [:]
    ) throws -> AWSSecretsManager {
        try AWSSecretsManager(
            region: region, credentials: AWSCredentialProvider(FixedAWSCredentials(try AWSFixture.credentials())),
            endpoint: endpoint, environment: AWSFixture.environment(variables), transport: server)
    }

    private func fetch(_ name: String, version: String? = nil, time: VirtualTime) async throws -> SecretValue {
        let manager = try manager()
        let runtime = Runtime.current
        return try await time.run {
            try await manager.fetch(
                SecretReference(name, version: version),
                SecretFetch(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
        }
    }

    @Test(
        arguments: [
            (nil, ["SecretId": "prod/billing"]),
            ("AWSPREVIOUS", ["SecretId": "prod/billing", "VersionStage": "AWSPREVIOUS"]),
            (
                "01234567-89ab-cdef-0123-456789abcdef",
                ["SecretId": "prod/billing", "VersionId": "01234567-89ab-cdef-0123-456789abcdef"]
            ),
        ] as [(String?, JSONValue)])
    func `a secret is asked for by name, and version or stage`(version: String?, body: JSONValue) async throws {
        try await withVirtualTime { time in
            server.on(.post, "https://secretsmanager.eu-west-1.amazonaws.com/", .json(body))
                .reply(json: ["SecretString": "the-secret", "VersionId": "v1"])
            let value = try await fetch("prod/billing", version: version, time: time)
            #expect(value.secret == .fixture("the-secret"))
            #expect(value.version == "v1")
            let fields = try #require(server.requests.first).headerFields
            #expect(fields[.contentType] == "application/x-amz-json-1.1")
            #expect(fields[try #require(HTTPField.Name("X-Amz-Target"))] == "secretsmanager.GetSecretValue")
            #expect(fields[.authorization]?.contains("/eu-west-1/secretsmanager/aws4_request") == true)
        }
    }

    @Test func `bytes are bytes`() async throws {
        try await withVirtualTime { time in
            server.on(.post, "/").reply(json: ["SecretBinary": "AP9/"]).then(json: ["SecretBinary": "!"])
            let value = try await fetch("a", time: time)
            #expect(value.secret == Secret(bytes: [0x00, 0xFF, 0x7F]))
            await #expect(throws: TesseraError.self) { try await fetch("a", time: time) }
        }
    }

    @Test(
        arguments: [
            (400, "ResourceNotFoundException", TesseraError.Code.secretUnavailable, 1),
            (400, "com.amazonaws.secretsmanager#AccessDeniedException", .secretUnavailable, 1),
            (400, "DecryptionFailure", .secretUnavailable, 1), (400, "InvalidRequestException", .secretUnavailable, 1),
            (400, "ThrottlingException", .rateLimited, 3), (400, "UnrecognizedClientException", .unauthorized, 2),
            (403, "ExpiredTokenException", .unauthorized, 2), (400, "Something CANARY", .httpStatus, 1),
            (403, "Unknown", .secretUnavailable, 1), (500, "InternalServiceError", .httpStatus, 3),
        ])
    func `an error's code decides what becomes of it`(
        status: Int, type: String, code: TesseraError.Code, requests: Int
    ) async throws {
        try await withVirtualTime { time in
            server.on(.post, "/").reply(status: status, json: ["__type": .string(type), "message": "CANARY"])
            let error = await #expect(throws: TesseraError.self) { try await fetch("prod/billing", time: time) }
            #expect(error?.code == code)
            #expect(error?.message.contains("prod/billing") == true)
            #expect(!"\(error as Any)".contains("CANARY"))
            #expect(server.requests.count == requests)
        }
    }

    @Test func `a throttled request is repeated, a new key is taken`() async throws {
        try await withVirtualTime { time in
            server.on(.post, "/")
                .reply(status: 400, headers: ["x-amzn-ErrorType": "ThrottlingException:http://x"])
                .then(status: 400, json: ["__type": "ExpiredTokenException"])
                .then(json: ["SecretString": "the-secret"])
            let value = try await fetch("a", time: time)
            #expect(value.secret == .fixture("the-secret"))
        }
    }

    @Test(
        arguments: [
            ("eu-west-1", "https://secretsmanager.eu-west-1.amazonaws.com"),
            ("cn-north-1", "https://secretsmanager.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "https://secretsmanager.us-gov-west-1.amazonaws.com"),
            ("us-iso-east-1", "https://secretsmanager.us-iso-east-1.c2s.ic.gov"),
        ])
    func `a region has its own host`(region: String, url: String) async throws {
        try await withVirtualTime { time in
            server.on(.post, "\(url)/").reply(json: ["SecretString": "the-secret"])
            let source = try manager(region: region).secret("a")
            #expect(try await time.run { try await source.secret() } == .fixture("the-secret"))
        }
    }

    @Test(arguments: ["", "eu-west-1.evil.test", "x@evil.test", "a/b", "-x", "a#", String(repeating: "a", count: 64)])
    func `a region that is none makes no host name`(region: String) {
        let error = #expect(throws: TesseraError.self) { try manager(region: region) }
        #expect(error?.code == .misconfigured)
    }

    @Test func `the region comes from the argument, the variables, the profile`() async throws {
        try await AWSFixture.withProfiles(config: "[default]\nregion = eu-south-1") { environment, _ in
            let named = AWSEnvironment { $0 == "AWS_DEFAULT_REGION" ? "eu-north-1" : environment[$0] }
            let managers = [
                try AWSSecretsManager(region: "eu-west-3", environment: named),
                try AWSSecretsManager(environment: named),
                try AWSSecretsManager(environment: environment),
            ]
            #expect(managers.map(\.region) == ["eu-west-3", "eu-north-1", "eu-south-1"])
        }
        let error = #expect(throws: TesseraError.self) { try manager(region: nil) }
        #expect(error?.code == .misconfigured)
    }

    @Test(
        arguments: [
            ("http://secrets.example.com", TesseraError.Code.insecureTransport),
            ("http://10.0.0.1", .insecureTransport),
            ("ftp://127.0.0.1", .invalidURL), ("https://vpce.example.com", nil), ("http://127.0.0.1:5000", nil),
        ] as [(String, TesseraError.Code?)])
    func `another endpoint has TLS, or is this machine`(endpoint: String, code: TesseraError.Code?) throws {
        for make in [
            { try self.manager(endpoint: endpoint) },
            { try self.manager(["AWS_ENDPOINT_URL_SECRETS_MANAGER": endpoint]) },
            { try self.manager(["AWS_ENDPOINT_URL": endpoint]) },
        ] {
            do {
                _ = try make()
                #expect(code == nil)
            } catch let error as TesseraError {
                #expect(error.code == code)
            }
        }
        _ = try manager(["AWS_ENDPOINT_URL": endpoint, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"])
    }
}
#endif
