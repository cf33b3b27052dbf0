#if Secrets
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS authenticator` {
    private let server = MockTransport()

    private func session(
        _ url: String = "https://service.eu-west-1.amazonaws.com", token: String? = nil,
        _ change: (inout AWSSignatureV4) -> Void = { _ in }
    ) throws -> Session {
        var signature = AWSSignatureV4(service: "service", region: "eu-west-1")
        change(&signature)
        let provider = AWSCredentialProvider(FixedAWSCredentials(try AWSFixture.credentials(token: token)))
        return try Session(url, auth: AWSAuthenticator(signature, credentials: provider), transport: server)
    }

    private func value(_ name: String, of request: MockRequest) -> String? {
        HTTPField.Name(name).flatMap { request.headerFields[$0] }
    }

    @Test(arguments: AuthenticatorContract.checks)
    func `keeps the contract`(check: AuthenticatorCheck) async throws {
        let subject = AuthenticatorSubject(origin: try Origin("https://api.test")) {
            .awsSignature(
                service: "service", region: "eu-west-1",
                credentials: AWSCredentialProvider(FixedAWSCredentials(try AWSFixture.credentials())))
        }
        if case .violated(let violation) = await check.run(on: subject) { Issue.record("\(violation)") }
    }

    @Test func `the signature covers the head and the body that are sent`() async throws {
        try await withVirtualTime { time in
            server.on(.post, "/").reply()
            let session = try session(token: "SESSION-TOKEN")
            _ = try await session.post("/", .text("one"), headers: ["X-Own": "1", "User-Agent": "x"])
            _ = try await session.post("/", .text("two"), headers: ["X-Own": "1", "User-Agent": "x"])
            let requests = server.requests
            let signatures = requests.compactMap { $0.headerFields[.authorization] }
            #expect(Set(signatures).count == 2)
            #expect(
                signatures.first?.contains(
                    "SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token;x-own,") == true)
            #expect(requests.allSatisfy { value("X-Amz-Security-Token", of: $0) == "SESSION-TOKEN" })
            #expect(requests.allSatisfy { value("X-Amz-Date", of: $0) == "20260101T000000Z" })
        }
    }

    @Test func `a signature stays with its origin`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "/a").reply(status: 302, headers: ["Location": "https://evil.example/b"])
            server.on(.get, "https://evil.example/b").reply()
            _ = try await session(token: "SESSION-TOKEN").get("/a")
            let stray = try #require(server.requests.last)
            #expect(stray.origin.host == "evil.example")
            #expect(!stray.isAuthenticated)
            #expect(value("X-Amz-Security-Token", of: stray) == nil)
        }
    }

    @Test func `a streamed body is not signed unless that is allowed, and never without TLS`() async throws {
        try await withVirtualTime { time in
            server.on(.put, "/").reply()
            let body = RequestBody.stream { try await $0.write("x") }
            for session in [
                try session(), try session("http://127.0.0.1:9") { $0.allowsUnsignedPayload = true },
            ] {
                let error = await #expect(throws: TesseraError.self) { try await session.put("/", body) }
                #expect(error?.code == .misconfigured)
            }
            let storage = try session {
                $0 = AWSSignatureV4(service: "s3", region: "eu-west-1")
                $0.allowsUnsignedPayload = true
            }
            _ = try await storage.put("/", body)
            #expect(server.requests.map { value("X-Amz-Content-Sha256", of: $0) } == ["UNSIGNED-PAYLOAD"])
        }
    }

    @Test(arguments: [400, 403])
    func `a wrong clock is learned from the refusal, and the call is sent once more`(status: Int) async throws {
        try await withVirtualTime { time in
            server.on(.get, "/").reply(status: status, headers: ["Date": "Thu, 01 Jan 2026 05:00:00 GMT"]).then()
            let session = try session()
            let answer = try await session.get("/")
            #expect(answer.history.attempts.map(\.decision) == [.reauthorize, .delivered])
            _ = try await session.get("/")
            #expect(
                server.requests.map { value("X-Amz-Date", of: $0) }
                    == ["20260101T000000Z", "20260101T050000Z", "20260101T050000Z"])
        }
    }

    @Test func `a call is sent once more at most`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "/").reply { request in
                // A server whose time runs away.
                let hour = server.requests.count * 2
                return MockReply(
                    status: 403, headers: ["Date": "Thu, 01 Jan 2026 \(hour < 10 ? "0" : "")\(hour):00:00 GMT"])
            }
            let error = await #expect(throws: TesseraError.self) { try await session().get("/") }
            #expect(error?.code == .forbidden)
            #expect(server.requests.count == 2)
        }
    }

    @Test(
        arguments: [
            (403, "Thu, 01 Jan 2026 00:03:59 GMT"), (403, "Wed, 31 Dec 2025 23:57:00 GMT"), (403, "soon"),
            (404, "Thu, 01 Jan 2026 05:00:00 GMT"), (409, "Thu, 01 Jan 2026 05:00:00 GMT"),
        ])
    func `a refusal for another reason is delivered`(status: Int, date: String) async throws {
        try await withVirtualTime { time in
            server.on(.get, "/").reply(status: status, headers: ["Date": date])
            _ = await #expect(throws: TesseraError.self) { try await session().get("/") }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a server whose time is days away is not believed`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "/").reply(status: 403, headers: ["Date": "Tue, 01 Jan 2036 00:00:00 GMT"])
            let error = await #expect(throws: TesseraError.self) { try await session().get("/") }
            #expect(error?.code == .misconfigured)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `calls at the same time learn from one another and all succeed`() async throws {
        try await withVirtualTime { time in
            server.on(.get, "/").reply(after: .milliseconds(10)) { request in
                let isRight = value("X-Amz-Date", of: request)?.hasPrefix("20260101T0500") == true
                return MockReply(status: isRight ? 200 : 403, headers: ["Date": "Thu, 01 Jan 2026 05:00:00 GMT"])
            }
            let session = try session()
            let statuses = try await time.run {
                try await session.map(Array(0..<20), limit: 20) { session, _ in try await session.get("/").status.code }
            }
            #expect(statuses == Array(repeating: 200, count: 20))
        }
    }
}
#endif
