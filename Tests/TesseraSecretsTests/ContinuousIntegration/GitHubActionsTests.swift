import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `GitHub Actions` {
    @Test(arguments: [
        ("plain-secret", ["::add-mask::plain-secret"]),
        ("with%percent", ["::add-mask::with%25percent"]),
        ("first line\nsecond line\n", ["::add-mask::first line", "::add-mask::second line"]),
        ("first line\r\nsecond line", ["::add-mask::first line", "::add-mask::second line"]),
        ("-----BEGIN\nabc\n==\nlonger", ["::add-mask::-----BEGIN", "::add-mask::longer"]),
        ("", []),
    ])
    func `each line of a secret is masked, as the runner reads commands`(value: String, commands: [String]) {
        #expect(GitHubActions.commands(masking: Secret.fixture(value)) == commands)
    }

    @Test(.enabled(if: ProcessEnvironment.value("GITHUB_ACTIONS") != "true"))
    func `nothing is written where no runner listens`() {
        #expect(!GitHubActions.mask(Secret.fixture("plain-secret")))
    }
}
