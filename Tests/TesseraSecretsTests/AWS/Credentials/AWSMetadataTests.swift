#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS metadata endpoints` {
    private let server = MockTransport()
    private static let document: JSONValue = [
        "Code": "Success", "AccessKeyId": "ASIAMETADATA", "SecretAccessKey": "metadata-secret",
        "Token": "metadata-token",
        "Expiration": "2026-01-01T06:00:00Z",
    ]

    private func container(_ variables: [String: String]) async throws -> AWSCredentials? {
        try await AWSFixture.found(AWSContainerCredentials(AWSFixture.environment(variables)), server)
    }

    private func instance(_ variables: [String: String] = [:]) async throws -> AWSCredentialFinding {
        try await AWSInstanceCredentials(AWSFixture.environment(variables)).find(AWSFixture.search(server))
    }

    @Test func `a container's credentials come from its address, with its token`() async throws {
        server.on(.get, "http://169.254.170.2/v2/credentials/x").reply(json: Self.document)
        server.on(.get, "http://169.254.170.23/v1/credentials").reply(json: Self.document)
        let relative = try await container(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x"])
        #expect(relative?.accessKeyID == "ASIAMETADATA")
        #expect(relative?.expiry == Timestamp(secondsSinceEpoch: 1_767_247_200))
        try await withTemporaryDirectory { directory in
            try writeFile("\(directory)/token", Array("pod-token\n".utf8))
            _ = try await container([
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(directory)/token",
            ])
        }
        #expect(server.requests.map { $0.headerFields[.authorization] } == [nil, "pod-token"])
        #expect(try await container([:]) == nil)
    }

    @Test(
        arguments: [
            "http://169.254.169.254/latest", "http://10.0.0.1/", "https://example.com/creds",
            "http://169.254.170.2.nip.io/",
            "http://[::ffff:169.254.169.254]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
            "http://localhost.evil.test/",
            "http://2130706433/", "http://169.254.170.2@evil.test/", "http://evil.test#@169.254.170.2/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd", "", "169.254.170.2", "http://127.0.0.1\\@evil.test/", "https://169.254.170.23/",
        ])
    func `no other address is asked, whatever a variable says`(url: String) async throws {
        server.onAny("/**").reply(json: Self.document).optional()
        let result = try? await container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        #expect(result ?? nil == nil)
        #expect(server.requests.isEmpty)
        guard url != "http://169.254.169.254/latest" else { return }
        _ = try? await instance(["AWS_EC2_METADATA_SERVICE_ENDPOINT": url.isEmpty ? "x" : url])
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: ["@evil.test/", "evil.test", ".evil.test/", ":80@evil.test/", "//evil.test/"])
    func `a relative address cannot leave its host`(path: String) async throws {
        server.on(.get, "http://169.254.170.2/**").reply(json: Self.document).optional()
        _ = try? await container(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path])
        #expect(server.requests.allSatisfy { $0.origin.host == "169.254.170.2" })
    }

    @Test func `an instance is asked for a session first, and its token goes along`() async throws {
        server.on(.put, "http://169.254.169.254/latest/api/token").reply(body: "IMDS-TOKEN")
        server.on(.get, "/latest/meta-data/iam/security-credentials/").reply(body: "my role\n")
        server.on(.get, "/latest/meta-data/iam/security-credentials/my%20role").reply(json: Self.document)
        guard case .found(let credentials) = try await instance() else {
            Issue.record("nothing found")
            return
        }
        #expect(credentials.sessionToken == .fixture("metadata-token"))
        let token = try #require(HTTPField.Name("x-aws-ec2-metadata-token"))
        let lifetime = try #require(HTTPField.Name("x-aws-ec2-metadata-token-ttl-seconds"))
        #expect(server.requests.map { $0.headerFields[token] } == [nil, "IMDS-TOKEN", "IMDS-TOKEN"])
        #expect(server.requests.map { $0.headerFields[lifetime] } == ["21600", nil, nil])
    }

    @Test(arguments: [403, 404, 405, 500])
    func `without a session nothing is asked: version 1 is not spoken`(status: Int) async throws {
        server.on(.put, "/latest/api/token").reply(status: status)
        guard case .nothing = try await instance() else {
            Issue.record("something found")
            return
        }
        #expect(server.requests.count == 1)
    }

    @Test func `a machine that is no instance is left after a second`() async throws {
        try await withVirtualTime { time in
            server.on(.put, "/latest/api/token").reply(body: "late", after: .seconds(30))
            let search = AWSFixture.search(server)
            let source = AWSInstanceCredentials(AWSFixture.environment([:]))
            let runtime = Runtime.current
            let waited = try await time.run {
                let began = runtime.now()
                guard case .nothing = try await source.find(search) else { return Duration.zero }
                return began.duration(to: runtime.now())
            }
            #expect(waited == .seconds(1))
        }
    }

    @Test(arguments: ["true", "TRUE"])
    func `an instance that is switched off is not asked`(value: String) async throws {
        guard case .nothing = try await instance(["AWS_EC2_METADATA_DISABLED": value]) else {
            Issue.record("something found")
            return
        }
        #expect(server.requests.isEmpty)
    }

    @Test(
        arguments: [
            "", "{}", "[]", "null", #"{"Code":"Failed","AccessKeyId":"A","SecretAccessKey":"B"}"#,
            #"{"AccessKeyId":"A/B","SecretAccessKey":"CANARY-secret"}"#,
            #"{"AccessKeyId":"AB","SecretAccessKey":"CANARY-secret","Expiration":"soon"}"#,
            #"{"AccessKeyId":"AB","SecretAccessKey":"CANARY-secret","Expiration":1e300}"#,
            #"{"AccessKeyId":"AB","SecretAccessKey":"CANARY\r\nsecret"}"#,
        ])
    func `a document that is none is an error without its words`(body: String) async throws {
        server.on(.get, "/x").reply(body: body)
        let error = await #expect(throws: TesseraError.self) {
            try await container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x"])
        }
        #expect(!"\(error as Any)".contains("CANARY"))
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("CANARY"))
    }
}
#endif
