#if Secrets
import TesseraCore
import TesseraTesting

@testable import TesseraSecrets

/// Variables, files and searches for tests of AWS's places.
enum AWSFixture {
    static func environment(_ variables: [String: String]) -> AWSEnvironment {
        AWSEnvironment { variables[$0] }
    }

    static func search(_ transport: any Transport = MockTransport()) -> AWSCredentialSearch {
        let runtime = Runtime.current
        return AWSCredentialSearch(
            deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime, transport: transport)
    }

    static func credentials(_ id: String = "AKIDEXAMPLE", token: String? = nil) throws -> AWSCredentials {
        try AWSCredentials(
            accessKeyID: id, secretAccessKey: .fixture("CANARY/secret+of+\(id)"),
            sessionToken: token.map { .fixture($0) })
    }

    /// What a search of the given place finds.
    static func found(
        _ source: any AWSCredentialSource, _ transport: any Transport = MockTransport()
    ) async throws -> AWSCredentials? {
        switch try await source.find(search(transport)) {
        case .found(let credentials): credentials
        case .nothing: nil
        }
    }

    /// Both files of profiles in a directory of their own.
    static func withProfiles<Result>(
        config: String = "", credentials: String = "", variables: [String: String] = [:],
        _ body: (_ environment: AWSEnvironment, _ home: String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { home in
            try writeFile("\(home)/config", Array(config.utf8))
            try writeFile("\(home)/credentials", Array(credentials.utf8))
            var all = [
                "HOME": home, "AWS_CONFIG_FILE": "\(home)/config", "AWS_SHARED_CREDENTIALS_FILE": "~/credentials",
                "AWS_EC2_METADATA_DISABLED": "true",
            ]
            all.merge(variables) { _, new in new }
            return try await body(environment(all), home)
        }
    }
}
#endif
