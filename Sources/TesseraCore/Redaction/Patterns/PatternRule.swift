/// How one kind of secret is recognised: four bytes at which to look closer, and the closer look.
struct PatternRule: Sendable {
    /// What a look at one place found.
    struct Finding {
        var match: PatternMatch?
        /// Whether the answer might be another one if the text went on.
        var touchedEnd: Bool
        /// The rule is not asked again for places before this one: what it has read it does not read twice.
        var resume: Int

        init(_ pattern: SecretPattern, _ range: Range<Int>?, _ cursor: PatternCursor) {
            match = range.map { PatternMatch(pattern: pattern, range: $0) }
            touchedEnd = cursor.touchedEnd
            resume = range?.upperBound ?? cursor.position - Finding.overlap
        }

        static let nothing = Finding(match: nil, touchedEnd: false, resume: 0)

        private init(match: PatternMatch?, touchedEnd: Bool, resume: Int) {
            self.match = match
            self.touchedEnd = touchedEnd
            self.resume = resume
        }

        /// A failed look may have read over the beginning of what the next one finds, but not over more than a word.
        private static let overlap = 64
    }

    /// Windows of four bytes, in lower case. A `?` in one stands for each byte of ``wildcard``.
    let windows: [String]
    var wildcard = ByteClass("")
    let patterns: Set<SecretPattern>
    /// Looks at the window at `position`.
    let look: @Sendable (_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Finding

    static let all = known + PrefixedToken.all.map { $0.rule }

    private static let known: [PatternRule] = [
        .scheme, .authorizationField, .cookieField, .jsonWebToken, .userInformation, .name, .privateKeyBlock, .webhook,
        .sendgrid, .twilioKey, .twilioAccount, .huggingFace, .curl, .netrc, .element,
    ]

    /// The bytes before a window in which the rule looks for its beginning.
    static let lookBehind = 80
    /// The bytes in which all of a window's own text stands.
    static let widestWindow = 4
}
