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

    static let all: [PrefixedToken] = [github, gitlab, slack, stripe, clouds, registries, vault, models].flatMap { $0 }

    /// Those with one alphabet and a least length.
    private static func tokens(
        _ pattern: SecretPattern, _ prefixes: [StaticString], offset: Int = 0, _ characters: ByteClass, from least: Int
    ) -> [PrefixedToken] {
        prefixes.map {
            PrefixedToken(
                pattern: pattern, prefix: $0, offset: offset, characters: characters, length: least...unbounded)
        }
    }

    /// Those of one length.
    private static func tokens(
        _ pattern: SecretPattern, _ prefixes: [StaticString], _ characters: ByteClass, exactly length: Int
    ) -> [PrefixedToken] {
        prefixes.map {
            PrefixedToken(
                pattern: pattern, prefix: $0, characters: characters, length: length...length, isExact: true)
        }
    }

    private static var github: [PrefixedToken] {
        var all = tokens(.githubToken, ["ghp_", "gho_", "ghu_", "ghr_"], .word, from: 36)
        // Those of apps may hold a JSON Web Token.
        all += tokens(.githubToken, ["ghs_"], .dotted, from: 36)
        all += tokens(.githubToken, ["github_pat_"], offset: 6, .word, from: 36)
        return all
    }

    private static var gitlab: [PrefixedToken] {
        tokens(
            .gitlabToken,
            ["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-"], .dotted,
            from: 20)
    }

    private static var slack: [PrefixedToken] {
        // Those of browsers are percent-encoded.
        var all = tokens(
            .slackToken,
            ["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-"],
            .dotted.union("%"), from: 10)
        all += tokens(.slackToken, ["xapp-"], .base64url, from: 10)
        return all
    }

    private static var stripe: [PrefixedToken] {
        var all = tokens(
            .stripeKey, ["sk_live_", "rk_live_", "sk_test_", "rk_test_"], offset: 1, .word, from: 16)
        all += tokens(.stripeKey, ["whsec_"], offset: 2, .base64, from: 24)
        return all
    }

    private static var clouds: [PrefixedToken] {
        var all = tokens(.awsAccessKeyID, ["AKIA", "ASIA"], .upperAlphanumeric, exactly: 16)
        all += tokens(.googleAPIKey, ["AIza"], .base64url, exactly: 35)
        all += tokens(.googleOAuth, ["ya29."], .dotted, from: 20)
        all += tokens(.googleOAuth, ["1//0"], .base64url, from: 30)
        all += tokens(.googleOAuth, ["GOCSPX-"], .base64url, from: 20)
        all += tokens(.digitalOceanToken, ["dop_v1_", "doo_v1_", "dor_v1_"], .lowerHex, exactly: 64)
        return all
    }

    private static var registries: [PrefixedToken] {
        var all = tokens(.npmToken, ["npm_"], .alphanumeric, from: 36)
        // A macaroon of the second version whose location has less than 128 bytes begins so.
        all += tokens(.pypiToken, ["pypi-AgE"], offset: 1, .base64url, from: 40)
        return all
    }

    private static var vault: [PrefixedToken] {
        tokens(.vaultToken, ["hvs.", "hvb.", "hvr."], .base64url, from: 24)
    }

    private static var models: [PrefixedToken] {
        var all = tokens(.anthropicKey, ["sk-ant-"], offset: 2, .base64url, from: 24)
        all += tokens(.openAIKey, ["sk-proj-", "sk-svcacct-", "sk-admin-"], offset: 2, .base64url, from: 20)
        return all
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
