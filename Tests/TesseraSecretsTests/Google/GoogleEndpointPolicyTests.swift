#if Secrets
import TesseraCore
import Testing

@testable import TesseraSecrets

/// Threat A4: URLs from documents and the environment.
@Suite struct `Google's endpoints` {
    @Test(
        arguments: [
            (.token, "https://oauth2.googleapis.com/token"), (.token, "https://oauth2.mtls.googleapis.com/token"),
            (.exchange, "https://sts.googleapis.com/v1/token"),
            (.exchange, "https://sts.us-east1.rep.googleapis.com/v1/token"),
            (.impersonation, "https://iamcredentials.googleapis.com/v1/x:generateAccessToken"),
            (.subjectToken, "https://run-actions-1.actions.githubusercontent.com/x?audience=y"),
            (.metadata, "http://169.254.169.254"), (.metadata, "http://metadata.google.internal"),
            (.metadata, "http://127.0.0.1:8080"), (.metadata, "http://[fd20:ce::254]"),
        ] as [(GoogleEndpointPolicy.Role, String)])
    func `Google's own are asked`(_ role: GoogleEndpointPolicy.Role, _ url: String) throws {
        #expect(try GoogleEndpointPolicy(trusting: []).check(url, role).description.hasPrefix(url))
    }

    static let strangers: [(GoogleEndpointPolicy.Role, String)] =
        [
            "https://evil.test/token", "http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com:8443/token",
            "https://oauth2.googleapis.com.evil.test/token", "https://oauth2.googleapis.com@evil.test/token",
            "https://evil.test\\@oauth2.googleapis.com/token", "https://oauth2googleapis.com/token",
            "https://evil.googleapis.com/token", "https://oauth2.storage.googleapis.com/token",
            "https://oauth2.evil.test.rep.googleapis.com/", "https://oauth2.rep.googleapis.com/token",
            "https://sts.googleapis.com/token", "http://127.0.0.1/token", "http://10.0.0.1/token",
            "http://169.254.169.254/token", "file:///etc/passwd", "", "//oauth2.googleapis.com/token",
        ].map { (.token, $0) }
        + ["https://oauth2.googleapis.com/v1/token", "https://evil.test/v1/token"].map { (.exchange, $0) }
        + ["https://sts.googleapis.com/v1", "https://evil.test/v1"].map { (.impersonation, $0) }
        + [
            "http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://10.1.2.3/",
            "https://10.1.2.3/",
            "http://localhost:9/", "https://metadata.google.internal/", "http://x.actions.githubusercontent.com/",
            "https://actions.githubusercontent.com.evil.test/", "https://evilactions.githubusercontent.com/",
        ].map { (.subjectToken, $0) }
        + ["http://evil.test", "http://10.0.0.1", "http://[::ffff:169.254.169.254]", "http://metadata.evil.test"].map {
            (.metadata, $0)
        }

    @Test(arguments: strangers)
    func `others are not`(_ role: GoogleEndpointPolicy.Role, _ url: String) {
        let error = #expect(throws: TesseraError.self) { try GoogleEndpointPolicy(trusting: []).check(url, role) }
        #expect(error?.code == .misconfigured)
    }

    @Test func `named ones are, over https, on loopback, and metadata services on their one address`() throws {
        let policy = try GoogleEndpointPolicy(
            trusting: [
                "https://tokens.test", "http://127.0.0.1:9", "http://169.254.169.254", "http://plain.test",
                "http://10.0.0.1",
            ])
        for role in GoogleEndpointPolicy.Role.allCases {
            _ = try policy.check("https://tokens.test/x", role)
            _ = try policy.check("http://127.0.0.1:9/x", role)
            let isMetadata = role == .metadata
            #expect(((try? policy.check("http://plain.test/x", role)) != nil) == isMetadata)
            #expect(((try? policy.check("http://10.0.0.1/x", role)) != nil) == isMetadata)
        }
        _ = try policy.check("http://169.254.169.254/metadata/identity", .subjectToken)
        #expect(throws: TesseraError.self) { try policy.check("http://169.254.169.254/token", .token) }
        #expect(throws: TesseraError.self) { try policy.check("https://tokens.test:444/x", .token) }
    }
}
#endif
