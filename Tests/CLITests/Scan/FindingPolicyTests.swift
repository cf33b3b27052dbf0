#if CLI
import TesseraCore
import Testing

@testable import TesseraCLI

@Suite struct `Finding policy` {
    /// The verdicts on everything that the patterns see in a text.
    private func verdicts(_ text: String) -> [FindingPolicy.Verdict] {
        ContentScanner.hits(in: Array(text.utf8)).map(\.verdict)
    }

    @Test(arguments: [
        "AKIA" + "IOSFODNN7EXAMPLE", "ghp" + "_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "Authorization: Bearer ${TOKEN_V1X2}",
        "Authorization: Bearer <token1234>", "password = \"changeme-1a2b3c\"", "postgres://user:password@host/db",
        "client_secret=\"your_client_secret_1a2b\"", "api_key: \"config.apiKeyFromEnvironment\"",
        "let token = \"access_token_v2\"", "secret = \"https://vault.test/v1/a1b2c3\"", "token: \"accessTokenValue2\"",
        "sk" + "_test_000000000000000000000000", "[secret:7f3a19c2ab]", "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\"}",
        "password: \"correct horse battery\"", "password = \"$(get_password_1a2b3c)\"",
        "token: \"{{vault_token_1a2b}}\"",
        "secret = \"$TOKEN_1a2b3c4d\"", "password = \"users[0].name1\"",
    ])
    func `words, variables and examples are no findings`(text: String) {
        #expect(!verdicts(text).contains(.reported))
    }

    @Test(arguments: [
        "AKIA" + "Z7Q4MXW2RB6TN5KD", "ghp" + "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5",
        "Authorization: Bearer f3a9c17be2d845",
        "password = \"Tr0ub4dor&3\"", "postgres://app:kiwi-quartz@db/x", "client_secret=\"9f8e7d6c5b4a39281706\"",
        "https://api.test/?access_token=Zk3vQ9xB7mT2", "Cookie: theme=dark; sid=31d4d96e407aad42",
        "[authorization: Bearer f3a9c17be2d845]", "map[Authorization:[Bearer f3a9c17be2d845]]",
        "h2 [cookie: sid=31d4d96e407aad42]",
        "DB_PASSWORD=k9$Tq(7Wz]2Lm&4", "let apiToken: String = \"9f8e7d6c5b4a39281706\"",
        "token := \"9f8e7d6c5b4a39281706\"",
    ])
    func `what a generator or a person has made is reported`(text: String) {
        #expect(verdicts(text).contains(.reported))
    }

    @Test func `a comment allows its line`() {
        let text = "ghp" + "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
        #expect(verdicts("\(text) // tessera:allow") == [.allowed])
        #expect(verdicts("// tessera:allow\n\(text)") == [.reported])
    }

    @Test func `one secret that two patterns know is one finding, and goes by its look`() {
        let token = "ghp" + "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
        let hits = ContentScanner.hits(in: Array("Authorization: Bearer \(token)".utf8))
        #expect(hits.map(\.pattern) == [.githubToken])
    }

    @Test func `lines count from one, columns in code points`() {
        let token = "ghp" + "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
        let hits = ContentScanner.hits(in: Array("\(token)\r\n\n é🔑\(token) \(token)".utf8))
        #expect(hits.map(\.line) == [1, 3, 3])
        #expect(hits.map(\.column) == [1, 4, 45])
    }
}
#endif
