/// A name such as `client_secret`, `GITHUB_TOKEN` or `x-api-key`, found by its end.
struct SecretName {
    let start: Int
    let pattern: SecretPattern
    private let kind: Kind
    private let isInQuery: Bool

    private enum Kind {
        /// People choose these: any value may be one.
        case password
        /// Machines make these: long, and no word.
        case token
    }

    /// Ends of names without their signs, and what they name.
    private static let ends: [(end: StaticString, kind: Kind, pattern: SecretPattern)] = [
        ("password", .password, .namedValue), ("passwd", .password, .namedValue),
        ("passphrase", .password, .namedValue),
        ("pwd", .password, .namedValue), ("token", .token, .namedValue), ("secretaccesskey", .token, .awsSecretKey),
        ("awssecretkey", .token, .awsSecretKey), ("sharedaccesskey", .token, .azureKey),
        ("accountkey", .token, .azureKey), ("secret", .token, .namedValue), ("apikey", .token, .namedValue),
        ("accesskey", .token, .namedValue), ("secretkey", .token, .namedValue), ("privatekey", .token, .namedValue),
        ("subscriptionkey", .token, .namedValue), ("authkey", .token, .namedValue),
        ("signingkey", .token, .namedValue), ("encryptionkey", .token, .namedValue),
        ("codeverifier", .token, .namedValue), ("clientassertion", .token, .namedValue),
        ("amzsignature", .token, .namedValue), ("googsignature", .token, .namedValue),
        ("devicecode", .token, .namedValue),
    ]

    /// Names that are secrets in a query only, whole.
    private static let queryNames: [StaticString] = [
        "code", "sig", "key", "auth", "otp", "signature", "assertion", "secret", "usercode",
    ]

    /// Pages have tokens too, and those are no secrets.
    private static let exceptions: [StaticString] = [
        "nexttoken", "pagetoken", "nextpagetoken", "continuationtoken", "synctoken", "pwd",
    ]

    /// Three letters that such a name ends with, and what can follow.
    static let windows =
        ["ord", "swd", "ase", "pwd", "ken", "ret", "key", "ier", "ion", "ure", "ode", "sig", "uth", "otp"].map {
            $0 + "?"
        }
        + ["ord ", "ken ", "ret ", "key "]

    private static let longest = 64
    private static let quoted = ByteClass("?&;")

    init?(endingAt end: Int, in text: UnsafeBufferPointer<UInt8>) {
        var start = end
        // The name without its signs, in small letters, backwards.
        var letters: [UInt8] = []
        while start > 0, end - start < SecretName.longest {
            let byte = text[start - 1]
            if byte.isASCIILetterOrDigit {
                letters.append(byte.lowercased)
            } else if byte != UInt8(ascii: "_"), byte != UInt8(ascii: "-"), byte != UInt8(ascii: ".") {
                break
            }
            start -= 1
        }
        self.start = start
        let before = start > 0 ? text[start - 1] : nil
        isInQuery = before == UInt8(ascii: "?") || before == UInt8(ascii: "&") || text.has("&amp;", at: start - 5)
        func isWhole(_ name: StaticString) -> Bool {
            letters.count == name.utf8CodeUnitCount && SecretName.ends(letters, with: name)
        }
        if isInQuery, SecretName.queryNames.contains(where: isWhole) {
            (kind, pattern) = (.token, .queryItem)
            return
        }
        guard let known = SecretName.ends.first(where: { SecretName.ends(letters, with: $0.end) }),
            isInQuery || !SecretName.exceptions.contains(where: isWhole)
        else { return nil }
        if isInQuery, isWhole("nexttoken") || isWhole("pagetoken") || isWhole("nextpagetoken") { return nil }
        kind = known.kind
        pattern = isInQuery && known.pattern == .namedValue ? .queryItem : known.pattern
    }

    private static func ends(_ letters: [UInt8], with end: StaticString) -> Bool {
        let count = end.utf8CodeUnitCount
        guard letters.count >= count else { return false }
        return end.withUTF8Buffer { end in (0..<count).allSatisfy { letters[$0] == end[count - 1 - $0] } }
    }

    /// Whether such a value is a secret, and not what programs say in place of one.
    func accepts(_ value: UnsafeBufferPointer<UInt8>, isQuoted: Bool) -> Bool {
        guard !ValueShape.isPlaceholder(value) else { return false }
        if pattern == .awsSecretKey { return value.count >= 40 }
        switch kind {
        case .password: return value.count >= (isInQuery ? 1 : 4)
        case .token: return value.count >= 8 && (isInQuery || !ValueShape.isWord(value))
        }
    }
}
