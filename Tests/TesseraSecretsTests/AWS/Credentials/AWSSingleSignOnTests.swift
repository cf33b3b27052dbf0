#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

@Suite struct `AWS single sign-on` {
    private let server = MockTransport()

    private static let config = """
        [default]
        sso_session = main
        sso_account_id = 123456789012
        sso_role_name = Reader
        [sso-session main]
        sso_start_url = https://example.awsapps.com/start
        sso_region = eu-central-1
        [profile legacy]
        sso_start_url = https://example.awsapps.com/start
        sso_region = eu-central-1
        sso_account_id = 123456789012
        sso_role_name = Reader
        [profile lost]
        sso_session = nowhere
        sso_account_id = 1
        sso_role_name = Reader
        [profile part]
        sso_role_name = Reader
        """
    /// SHA-1 of `main` and of the start URL.
    private static let files = [
        "default": "b28b7af69320201d1cf206ebf28373980add1451", "legacy": "e8be5486177c5b5392bd9aa76563515b29358e6e",
    ]

    private func find(_ profile: String, expiresAt: String? = "2099-01-01T00:00:00Z") async throws -> AWSCredentials? {
        try await AWSFixture.withProfiles(config: Self.config) { environment, home in
            for path in ["\(home)/.aws", "\(home)/.aws/sso", "\(home)/.aws/sso/cache"] { mkdir(path, 0o700) }
            if let expiresAt, let file = Self.files[profile] {
                try writeFile(
                    "\(home)/.aws/sso/cache/\(file).json",
                    Array(#"{"accessToken": "CANARY-sso-token", "expiresAt": "\#(expiresAt)"}"#.utf8))
            }
            return try await AWSFixture.found(
                AWSCredentialChain.standard(profile: profile, environment: environment), server)
        }
    }

    @Test(arguments: ["default", "legacy"])
    func `a login gives the credentials of a role`(profile: String) async throws {
        server.on(
            .get,
            "https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?role_name=Reader&account_id=123456789012"
        ).reply(
            json: [
                "roleCredentials": [
                    "accessKeyId": "ASIASSO", "secretAccessKey": "sso-secret", "sessionToken": "sso-session",
                    "expiration": 1_767_229_200_000,
                ]
            ])
        let found = try await find(profile)
        #expect(found?.accessKeyID == "ASIASSO")
        #expect(found?.expiry == Timestamp(secondsSinceEpoch: 1_767_229_200))
        let name = try #require(HTTPField.Name("x-amz-sso_bearer_token"))
        #expect(server.requests.map { $0.headerFields[name] } == ["CANARY-sso-token"])
    }

    @Test(
        arguments: [
            ("default", "2020-01-01T00:00:00Z", "has expired"), ("default", "soon", "has expired"),
            ("default", nil, "nobody has logged in"), ("lost", nil, "is not in the config file"),
            ("part", nil, "lacks one of"),
        ] as [(String, String?, String)])
    func `a login that cannot be used says what to run`(profile: String, expiresAt: String?, words: String) async throws
    {
        let error = await #expect(throws: TesseraError.self) { try await find(profile, expiresAt: expiresAt) }
        #expect(error?.message.contains(words) == true, "\(error as Any)")
        #expect(server.requests.isEmpty)
    }

    @Test func `a refused login is an error without the token`() async throws {
        server.on(.get, "/federation/credentials").reply(status: 401, json: ["message": "CANARY"])
        let error = await #expect(throws: TesseraError.self) { try await find("default") }
        #expect(error?.code == .secretUnavailable)
        #expect(error?.remedy?.contains("aws sso login") == true)
        #expect(!"\(error as Any)".contains("CANARY"))
    }
}
#endif
