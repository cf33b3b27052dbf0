/// Tokens that begin with letters of their issuer's choice.
///
/// The checksums that some of them end with are not checked: an issuer may change what it computes, and a token that is
/// not known for one is printed.
struct PrefixedToken: Sendable {
    let pattern: SecretPattern
    let prefix: StaticString
    /// Where in the prefix the window of the rule stands.
    var offset = 0
    let characters: ByteClass
    let length: ClosedRange<Int>
    /// Nothing of ``characters`` may follow the longest one.
    var isExact = false

    private static let unbounded = PatternCursor.longest

    static let all: [PrefixedToken] =
        ["ghp_", "gho_", "ghu_", "ghr_"].map {
            PrefixedToken(pattern: .githubToken, prefix: $0, characters: .word, length: 36...unbounded)
        } + [
            // Those of apps may hold a JSON Web Token.
            PrefixedToken(pattern: .githubToken, prefix: "ghs_", characters: .dotted, length: 36...unbounded),
            PrefixedToken(
                pattern: .githubToken, prefix: "github_pat_", offset: 6, characters: .word, length: 36...unbounded),
        ]
        + [
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-",
        ].map { PrefixedToken(pattern: .gitlabToken, prefix: $0, characters: .dotted, length: 20...unbounded) }
        + [
            "xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-",
        ].map {
            // Those of browsers are percent-encoded.
            PrefixedToken(
                pattern: .slackToken, prefix: $0, characters: .dotted.union("%"), length: 10...unbounded)
        } + [
            PrefixedToken(pattern: .slackToken, prefix: "xapp-", characters: .base64url, length: 10...unbounded)
        ]
        + ["sk_live_", "rk_live_", "sk_test_", "rk_test_"].map {
            PrefixedToken(pattern: .stripeKey, prefix: $0, offset: 1, characters: .word, length: 16...unbounded)
        } + [
            PrefixedToken(
                pattern: .stripeKey, prefix: "whsec_", offset: 2, characters: .base64, length: 24...unbounded)
        ]
        + ["AKIA", "ASIA"].map {
            PrefixedToken(
                pattern: .awsAccessKeyID, prefix: $0, characters: .upperAlphanumeric, length: 16...16, isExact: true)
        } + [
            PrefixedToken(
                pattern: .googleAPIKey, prefix: "AIza", characters: .base64url, length: 35...35, isExact: true),
            PrefixedToken(pattern: .googleOAuth, prefix: "ya29.", characters: .dotted, length: 20...unbounded),
            PrefixedToken(pattern: .googleOAuth, prefix: "1//0", characters: .base64url, length: 30...unbounded),
            PrefixedToken(pattern: .googleOAuth, prefix: "GOCSPX-", characters: .base64url, length: 20...unbounded),
            PrefixedToken(pattern: .npmToken, prefix: "npm_", characters: .alphanumeric, length: 36...unbounded),
            // A macaroon of the second version whose location has less than 128 bytes begins so.
            PrefixedToken(
                pattern: .pypiToken, prefix: "pypi-AgE", offset: 1, characters: .base64url, length: 40...unbounded),
        ]
        + ["hvs.", "hvb.", "hvr."].map {
            PrefixedToken(pattern: .vaultToken, prefix: $0, characters: .base64url, length: 24...unbounded)
        } + [
            PrefixedToken(
                pattern: .anthropicKey, prefix: "sk-ant-", offset: 2, characters: .base64url, length: 24...unbounded)
        ]
        + ["sk-proj-", "sk-svcacct-", "sk-admin-"].map {
            PrefixedToken(pattern: .openAIKey, prefix: $0, offset: 2, characters: .base64url, length: 20...unbounded)
        }
        + ["dop_v1_", "doo_v1_", "dor_v1_"].map {
            PrefixedToken(
                pattern: .digitalOceanToken, prefix: $0, characters: .lowerHex, length: 64...64, isExact: true)
        }

    var rule: PatternRule {
        let window = prefix.withUTF8Buffer {
            String(decoding: $0[offset..<offset + PatternRule.widestWindow].map(\.lowercased), as: UTF8.self)
        }
        return PatternRule(windows: [window], patterns: [pattern]) { look($0, $1 - offset) }
    }

    private func look(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> PatternRule.Finding {
        guard start >= 0, text.isBoundary(start) else { return .nothing }
        var cursor = PatternCursor(text, at: start)
        guard cursor.skip(exactly: prefix) else { return .init(pattern, nil, cursor) }
        let count = cursor.skip(while: characters, atMost: length.upperBound)
        var isToken = length.contains(count)
        if isExact, isToken, let next = cursor.next, characters.contains(next) { isToken = false }
        return .init(pattern, isToken ? start..<cursor.position : nil, cursor)
    }
}
