#if Secrets
import Crypto
import CryptoExtras
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Google's credentials` {
    private func prepared() -> GoogleScenario {
        let scenario = GoogleScenario()
        scenario.server.on(.get, GoogleScenario.access).reply(json: GoogleScenario.answer("payload-1"))
        return scenario
    }

    private func form(_ request: MockRequest?) -> [String] {
        request?.form.map { "\($0.name)=\($0.value)" } ?? []
    }

    @Test func `a service account shows an assertion that is for the token endpoint alone`() async throws {
        try await withVirtualTime { _ in
            let scenario = prepared()
            scenario.server.on(.post, "https://oauth2.googleapis.com/token").reply(json: GoogleScenario.token)
            _ = try await scenario.fetch(GoogleScenario.serviceAccount())
            let request = try #require(scenario.server.requests.first)
            #expect(request.headerFields[.authorization] == nil)
            #expect(request.form.map(\.name) == ["grant_type", "assertion"])
            #expect(request.form.first?.value == "urn:ietf:params:oauth:grant-type:jwt-bearer")
            let parts = (request.form.last?.value ?? "").split(separator: ".")
            let decoded = parts.compactMap { Base64.decode($0.utf8, alphabet: .urlSafe) }
            #expect(decoded.count == 3)
            #expect(String(decoding: decoded[0], as: UTF8.self) == #"{"alg":"RS256","kid":"k1","typ":"JWT"}"#)
            #expect(
                String(decoding: decoded[1], as: UTF8.self)
                    == #"{"aud":"https://oauth2.googleapis.com/token","exp":1767229200,"iat":1767225600,"#
                    + #""iss":"robot@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform"}"#
            )
            let isSigned = try GoogleScenario.key.get().publicKey.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: decoded[2]),
                for: SHA256.hash(data: Array("\(parts[0]).\(parts[1])".utf8)), padding: .insecurePKCS1v1_5)
            #expect(isSigned)
        }
    }

    @Test func `a user's login is a refresh token with the client's secret`() async throws {
        try await withVirtualTime { time in
            let scenario = prepared()
            scenario.server.on(.post, "https://oauth2.googleapis.com/token")
                .reply(status: 503).then(json: GoogleScenario.token)
            async let value = scenario.fetch([
                "type": "authorized_user", "client_id": "id.apps", "client_secret": "client-secret-1",
                "refresh_token": "1//refresh-token-1",
            ])
            await time.advanceUntilIdle()
            _ = try await value
            let posts = scenario.server.requests.filter { $0.method == .post }
            #expect(posts.count == 2)
            #expect(
                form(posts.last) == [
                    "grant_type=refresh_token", "refresh_token=1//refresh-token-1",
                    "scope=https://www.googleapis.com/auth/cloud-platform", "client_id=id.apps",
                    "client_secret=client-secret-1",
                ])
        }
    }

    @Test(arguments: [(false, "{\"token\":\"eyJ.platform.1\"}"), (true, "eyJ.platform.1\n")])
    func `a workload's token in a file is exchanged`(_ isText: Bool, _ contents: String) async throws {
        try await withVirtualTime { _ in
            let scenario = prepared()
            scenario.server.on(.post, "https://sts.googleapis.com/v1/token").reply(json: GoogleScenario.token)
            try await withTemporaryDirectory { directory in
                let path = "\(directory)/token"
                try writeFile(path, Array(contents.utf8))
                var source: [String: JSONValue] = ["file": .string(path)]
                if !isText { source["format"] = ["type": "json", "subject_token_field_name": "token"] }
                _ = try await scenario.fetch(GoogleScenario.externalAccount(.object(source)))
            }
            #expect(
                form(scenario.server.requests.first) == [
                    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange", "audience=//iam.googleapis.com/pool",
                    "requested_token_type=urn:ietf:params:oauth:token-type:access_token",
                    "scope=https://www.googleapis.com/auth/cloud-platform", "subject_token=eyJ.platform.1",
                    "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                ])
        }
    }

    @Test func `a job's token is asked for with the headers of the document, and lends a service account`() async throws
    {
        try await withVirtualTime { _ in
            let scenario = prepared()
            let job = "https://run-1.actions.githubusercontent.com/token"
            let account = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/x:generateAccessToken"
            scenario.server.on(.get, job).reply(json: ["value": "eyJ.job.1"])
            scenario.server.on(.post, "https://sts.googleapis.com/v1/token").reply(json: GoogleScenario.token)
            scenario.server.on(.post, account)
                .reply(json: ["accessToken": "ya29.account-1", "expireTime": "2026-01-01T01:00:00Z"])
            _ = try await scenario.fetch(
                GoogleScenario.externalAccount(
                    [
                        "url": .string(job + "?audience=a"),
                        "headers": ["Authorization": "Bearer job-request-token", "X-Kind": "1"],
                        "format": ["type": "json", "subject_token_field_name": "value"],
                    ], ["service_account_impersonation_url": .string(account)]))
            let requests = scenario.server.requests
            #expect(requests.count == 4)
            #expect(requests[0].headerFields[.authorization] == "Bearer job-request-token")
            #expect(requests[0].headerFields[HTTPField.Name("X-Kind")!] == "1")
            #expect(requests[0].query == "audience=a")
            #expect(form(requests[1]).contains("subject_token=eyJ.job.1"))
            #expect(requests[2].headerFields[.authorization] == "Bearer ya29.token-1")
            #expect(
                requests[2].json
                    == ["scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s"])
            #expect(requests[3].headerFields[.authorization] == "Bearer ya29.account-1")
        }
    }

    /// Threat A4: nothing is connected, and nothing signed, for a document that wants strangers asked.
    @Test func `a document that names a stranger anywhere costs no request`() async throws {
        let evil: JSONValue = "https://evil.test/x"
        let file: JSONValue = ["file": "/dev/null"]
        let documents: [JSONValue] = [
            try GoogleScenario.serviceAccount(["token_uri": evil]),
            [
                "type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r",
                "token_uri": evil,
            ],
            GoogleScenario.externalAccount(file, ["token_url": evil]),
            GoogleScenario.externalAccount(file, ["service_account_impersonation_url": evil]),
            GoogleScenario.externalAccount(["url": evil]),
            GoogleScenario.externalAccount(["url": "http://169.254.169.254/latest/meta-data"]),
            GoogleScenario.externalAccount(["url": "http://[::ffff:169.254.169.254]/"]),
            GoogleScenario.externalAccount(["executable": ["command": "/bin/sh -c id"]]),
            GoogleScenario.externalAccount(["environment_id": "aws1", "url": evil]),
            GoogleScenario.externalAccount(["file": "relative"]),
            GoogleScenario.externalAccount(["file": "/x", "url": "https://x.actions.githubusercontent.com/"]),
            GoogleScenario.externalAccount(["file": "/x", "format": ["type": "json"]]),
            GoogleScenario.externalAccount(file, ["workforce_pool_user_project": "1"]),
        ]
        for document in documents {
            try await withVirtualTime { _ in
                let scenario = prepared()
                let error = await #expect(throws: TesseraError.self) { try await scenario.fetch(document) }
                #expect(error?.code == .misconfigured)
                #expect(scenario.server.requests.isEmpty)
            }
        }
    }

    @Test func `a document that is none is refused without a word of it`() async throws {
        for text in ["", "{", "[]", "{\"type\":1}", "{\"type\":\"canary-secret-type\"}", "canary-secret-1"] {
            try await withVirtualTime { _ in
                let scenario = prepared()
                let error = await #expect(throws: TesseraError.self) {
                    try await scenario.fetch(GoogleCredentials.json(.value(Secret(text))))
                }
                #expect(error?.code == .misconfigured)
                #expect(error?.description.contains("canary") == false)
                #expect(scenario.server.requests.isEmpty)
            }
        }
        let members = ["client_email", "private_key"]
        for member in members {
            try await withVirtualTime { _ in
                let scenario = prepared()
                let error = await #expect(throws: TesseraError.self) {
                    try await scenario.fetch(GoogleScenario.serviceAccount([member: ""]))
                }
                #expect(error?.message.contains(member) == true)
            }
        }
    }

    @Test func `credentials that cannot be read do not say that the secret is gone`() async throws {
        let platform = try GoogleScenario.secret(GoogleScenario.externalAccount(["file": "/nonexistent/token"]))
        for credentials in [GoogleCredentials.json(.file("/nonexistent/key.json")), .json(.value(platform))] {
            try await withVirtualTime { _ in
                let error = await #expect(throws: TesseraError.self) { try await prepared().fetch(credentials) }
                #expect(error?.code == .misconfigured)
            }
        }
    }

    @Test(arguments: [(["Metadata-Flavor": "Google"], true), ([:], false), (["Metadata-Flavor": "Other"], false)])
    func `the metadata server is known by its header`(_ headers: [String: String], _ isKnown: Bool) async throws {
        try await withVirtualTime { _ in
            let scenario = prepared()
            let path = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token"
            scenario.server.on(.get, path).reply(headers: headers, json: GoogleScenario.token)
            let value = try? await scenario.fetch(GoogleCredentials.metadataServer())
            #expect((value != nil) == isKnown)
            let request = try #require(scenario.server.requests.first)
            #expect(request.headerFields[HTTPField.Name("Metadata-Flavor")!] == "Google")
            #expect(request.queryItems.map(\.value) == ["https://www.googleapis.com/auth/cloud-platform"])
        }
    }

    @Test(
        arguments: [
            (
                ["GOOGLE_APPLICATION_CREDENTIALS": "/a", "HOME": "/h"],
                ["/h/.config/gcloud/application_default_credentials.json"], .file("/a")
            ),
            (
                ["GOOGLE_APPLICATION_CREDENTIALS": "", "HOME": "/h"],
                ["/h/.config/gcloud/application_default_credentials.json"],
                .file("/h/.config/gcloud/application_default_credentials.json")
            ),
            (
                ["CLOUDSDK_CONFIG": "/c", "HOME": "/h"],
                ["/h/.config/gcloud/application_default_credentials.json", "/c/application_default_credentials.json"],
                .file("/c/application_default_credentials.json")
            ),
            (
                ["CLOUDSDK_CONFIG": "/c", "HOME": "/h"], ["/h/.config/gcloud/application_default_credentials.json"],
                .metadataServer
            ),
            (["HOME": "/h"], [], .metadataServer), ([:], [], .metadataServer),
        ] as [([String: String], [String], GoogleDefaultPlace)])
    func `the defaults are looked for in Google's order`(
        _ variables: [String: String], _ files: [String], _ place: GoogleDefaultPlace
    ) {
        #expect(GoogleDefaultPlace.find({ variables[$0] }, exists: files.contains) == place)
    }

    @Test func `credentials print where they come from and nothing else`() throws {
        let credentials = GoogleCredentials.json(.value(try GoogleScenario.secret(GoogleScenario.serviceAccount())))
        var text = "\(credentials)"
        dump(credentials, to: &text)
        #expect(!text.contains("PRIVATE") && text.utf8.count < 200)
    }
}
#endif
