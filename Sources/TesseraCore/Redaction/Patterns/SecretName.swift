/// A name such as `client_secret`, `GITHUB_TOKEN` or `x-api-key`, found by its end.
struct SecretName {
    let start: Int
    let pattern: SecretPattern
    private let kind: Kind
    private let isInQuery: Bool
    /// Whether people choose its value, outside of a query.
    var isPassword: Bool { kind == .password && !isInQuery }

    private enum Kind {
        /// People choose these: any value may be one.
        case password
        /// Machines make these: long, and no word.
        case token
        /// A name and a password in Base64, as npm's and Docker's settings have them.
        case basic
    }

    private struct Known {
        let letters: Letters
        let kind: Kind
        let pattern: SecretPattern

        init(_ name: StaticString, _ kind: Kind = .token, _ pattern: SecretPattern = .namedValue) {
            letters = Letters(name)
            self.kind = kind
            self.pattern = pattern
        }
    }

    /// The last letters and digits of a name, small and without signs between them; the very last is the lowest byte.
    private struct Letters {
        private(set) var value: UInt128 = 0
        private(set) var count = 0

        /// Of a longer name the first letters are counted only.
        mutating func prepend(_ byte: UInt8) {
            if count < 16 { value |= UInt128(byte.lowercased) << UInt128(8 * count) }
            count += 1
        }

        init() {}

        init(_ name: StaticString) {
            name.withUTF8Buffer { for byte in $0.reversed() { prepend(byte) } }
        }

        func ends(with other: Letters) -> Bool {
            let unused = UInt128(8 * max(0, 16 - other.count))
            return count >= other.count && value << unused == other.value << unused
        }

        func isExactly(_ other: Letters) -> Bool { count == other.count && value == other.value }
    }

    private static let known = [
        Known("password", .password), Known("passwd", .password), Known("passphrase", .password),
        Known("pwd", .password), Known("token"), Known("secretaccesskey", .token, .awsSecretKey),
        Known("awssecretkey", .token, .awsSecretKey), Known("sharedaccesskey", .token, .azureKey),
        Known("accountkey", .token, .azureKey), Known("secret"), Known("apikey"), Known("accesskey"),
        Known("secretkey"), Known("privatekey"), Known("subscriptionkey"), Known("authkey"), Known("signingkey"),
        Known("encryptionkey"), Known("codeverifier"), Known("clientassertion"), Known("amzsignature"),
        Known("googsignature"), Known("devicecode"),
    ]

    /// Names that are secrets in a query only, whole.
    private static let queryNames = ["code", "sig", "key", "auth", "otp", "signature", "assertion", "usercode"]
        .map { (name: StaticString) in Letters(name) }

    private static let basic = Letters("auth")

    /// Pages have tokens too, and those are no secrets. `PWD` is a shell's directory.
    private static let harmless = ["nexttoken", "pagetoken", "nextpagetoken", "synctoken"]
        .map { (name: StaticString) in Letters(name) }
    private static let directory = Letters("pwd")
    private static let tag = Letters("secret")

    /// Three letters that such a name ends with.
    static let ends = [
        "ord", "swd", "ase", "pwd", "ken", "ret", "key", "ier", "ion", "ure", "ode", "sig", "uth", "otp",
    ]
    /// With what can follow.
    static let windows = ends.map { $0 + "?" } + ["ord ", "ken ", "ret ", "key "]

    private static let longest = 64

    init?(endingAt end: Int, in text: UnsafeBufferPointer<UInt8>) {
        var start = end
        var letters = Letters()
        while start > 0, end - start < SecretName.longest {
            let byte = text[start - 1]
            if byte.isASCIILetterOrDigit {
                letters.prepend(byte)
            } else if byte != UInt8(ascii: "_"), byte != UInt8(ascii: "-"), byte != UInt8(ascii: ".") {
                break
            }
            start -= 1
        }
        // `\u0026` as some write JSON, `%26` in a URL in a URL: their digits are no part of the name.
        let escape = SecretName.escapedSeparator(at: start, in: text)
        if escape > 0 {
            start += escape
            letters = Letters()
            for place in (start..<max(start, end)).reversed() where text[place].isASCIILetterOrDigit {
                letters.prepend(text[place])
            }
        }
        self.start = start
        let before = start > 0 ? text[start - 1] : nil
        isInQuery =
            escape > 0 || before == UInt8(ascii: "?") || before == UInt8(ascii: "&")
            || text.has("&amp;", at: start - 5)
        // A tag is no secret's name.
        if before == UInt8(ascii: "["), letters.isExactly(SecretName.tag) { return nil }
        if isInQuery, SecretName.queryNames.contains(where: { letters.isExactly($0) }) {
            (kind, pattern) = (.token, .queryItem)
            return
        }
        if letters.isExactly(SecretName.basic) {
            (kind, pattern) = (.basic, .namedValue)
            return
        }
        guard let known = SecretName.known.first(where: { letters.ends(with: $0.letters) }),
            !SecretName.harmless.contains(where: { letters.isExactly($0) }),
            isInQuery || !letters.isExactly(SecretName.directory)
        else { return nil }
        kind = known.kind
        pattern = isInQuery && known.pattern == .namedValue ? .queryItem : known.pattern
    }

    /// The bytes behind a backslash or percent sign that stand for `?` or `&`.
    private static func escapedSeparator(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        let forms: [(StaticString, Int)] = [("\\u0026", 5), ("\\u003f", 5), ("%26", 2), ("%3f", 2)]
        return forms.first { text.has($0.0, at: start - 1) }?.1 ?? 0
    }

    /// Whether a value is a secret by a name that stands alone.
    static func isSecret(_ value: UnsafeBufferPointer<UInt8>, named name: UnsafeBufferPointer<UInt8>) -> Bool {
        if let known = SecretName(endingAt: name.count, in: name) { return known.accepts(value) }
        let fields: [StaticString] = ["authorization", "proxy-authorization", "cookie", "set-cookie"]
        let isField = fields.contains { $0.utf8CodeUnitCount == name.count && name.has($0, at: 0) }
        return isField && !ValueShape.isPlaceholder(value)
    }

    /// Whether such a value is a secret, and not what programs say in place of one.
    func accepts(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !ValueShape.isPlaceholder(value) else { return false }
        if pattern == .awsSecretKey { return value.count >= 40 }
        switch kind {
        case .password: return value.count >= (isInQuery ? 1 : 4)
        case .token: return value.count >= 8 && (isInQuery || !ValueShape.isWord(value))
        case .basic: return value.count >= 8 && Base64.decode(value)?.contains(UInt8(ascii: ":")) == true
        }
    }
}
