#if Secrets
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS credential chain` {
    private static let config = """
        [default]
        aws_access_key_id = CONFIGDEFAULT
        aws_secret_access_key = config-secret
        [profile process]
        credential_process = /usr/bin/printf '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"process-secret"}'
        aws_access_key_id = CONFIGPROCESS
        aws_secret_access_key = config-secret
        [profile relative]
        credential_process = printf x
        [profile half]
        aws_access_key_id = HALF
        """
    private static let credentials = """
        [other]
        aws_access_key_id = FILEOTHER
        aws_secret_access_key = file-secret
        aws_session_token = file-token
        """

    private func find(
        _ variables: [String: String] = [:], profile: String? = nil, _ transport: any Transport = MockTransport()
    ) async throws -> AWSCredentials? {
        try await AWSFixture.withProfiles(
            config: Self.config, credentials: Self.credentials, variables: variables
        ) { environment, _ in
            try await AWSFixture.found(
                AWSCredentialChain.standard(profile: profile, environment: environment), transport)
        }
    }

    private static let variables = ["AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "environment-secret"]

    @Test func `variables come first, unless the program names a profile`() async throws {
        #expect(try await find(Self.variables)?.accessKeyID == "ENVIRONMENT")
        let both = Self.variables.merging(["AWS_PROFILE": "other"]) { $1 }
        #expect(try await find(both)?.accessKeyID == "ENVIRONMENT")
        #expect(try await find(Self.variables, profile: "other")?.accessKeyID == "FILEOTHER")
    }

    @Test func `a profile is found by its variable, a process goes before the config file`() async throws {
        #expect(try await find()?.accessKeyID == "CONFIGDEFAULT")
        #expect(try await find(["AWS_PROFILE": "other"])?.sessionToken == .fixture("file-token"))
        #expect(try await find(["AWS_DEFAULT_PROFILE": "other"])?.accessKeyID == "FILEOTHER")
        #expect(try await find(["AWS_PROFILE": "process"])?.accessKeyID == "PROCESS")
    }

    @Test(
        arguments: [
            (["AWS_PROFILE": "missing"], TesseraError.Code.misconfigured, "missing, which AWS_PROFILE names"),
            (["AWS_PROFILE": "half"], .misconfigured, "no aws_secret_access_key"),
            (["AWS_PROFILE": "relative"], .misconfigured, "no absolute path"),
            (["AWS_ACCESS_KEY_ID": "HALF"], .misconfigured, "AWS_SECRET_ACCESS_KEY is not"),
            (
                variables.merging(["AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"]) { $1 }, .secretUnavailable,
                "have expired"
            ),
        ])
    func `a place that is meant to give some and cannot ends the search`(
        variables: [String: String], code: TesseraError.Code, words: String
    ) async throws {
        let error = await #expect(throws: TesseraError.self) { try await find(variables) }
        #expect(error?.code == code)
        #expect(error?.message.contains(words) == true, "\(error as Any)")
    }

    @Test func `an error names each place, and why it gave nothing, and no secret`() async throws {
        try await AWSFixture.withProfiles { environment, _ in
            let provider = AWSCredentialProvider(AWSCredentialChain.standard(environment: environment))
            let runtime = Runtime.current
            let error = await #expect(throws: TesseraError.self) {
                try await provider.credentials(
                    for: TokenUse(deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime))
            }
            #expect(error?.code == .secretUnavailable)
            for place in [
                "environment: no AWS_ACCESS_KEY_ID", "role: ", "web identity: ", "single sign-on: ",
                "credentials file: ",
                "credential process: ", "config file: ", "container: ", "instance: AWS_EC2_METADATA_DISABLED",
            ] {
                #expect(error?.message.contains(place) == true, "\(place) in \(error as Any)")
            }
        }
    }

    @Test(
        arguments: [
            ("AKID/EXAMPLE", "secret", nil), ("", "secret", nil), ("AKID", "", nil), ("AKID", "sec\nret", nil),
            ("AKID", "secret", "to\r\nken"), ("AKID", "secret", "a b"), ("AKID,x", "secret", nil),
        ] as [(String, String, String?)])
    func `what cannot stand in a request is refused`(id: String, secret: String, token: String?) {
        let error = #expect(throws: TesseraError.self) {
            try AWSCredentials(
                accessKeyID: id, secretAccessKey: .fixture(secret), sessionToken: token.map { .fixture($0) })
        }
        #expect(error?.code == .malformedCredential)
    }

    @Test func `credentials show no secret`() throws {
        let credentials = try AWSFixture.credentials(token: "CANARY-session-token")
        var dumped = "\(credentials) \(String(reflecting: credentials))"
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("CANARY"))
        #expect(dumped.contains("AKID…"))
    }
}
#endif
