/// How far a matcher has come in a text of which more may follow.
struct PatternScan: Sendable {
    let matcher: PatternMatcher
    /// Where the search goes on, in the bytes that are there.
    private(set) var position = 0
    /// Whether the search stopped since what may follow could change an answer.
    private(set) var isWaiting = false
    /// For each rule the first place where it may look again.
    private var resume: [Int]

    init(_ matcher: PatternMatcher) {
        self.matcher = matcher
        resume = Array(repeating: 0, count: matcher.looks.count)
    }

    /// Goes on to the end of `text`, or, when more may follow, to the first place where that could change the answer.
    mutating func goOn(
        through text: UnsafeBufferPointer<UInt8>, isWhole: Bool, _ found: (PatternMatch) -> Void
    ) {
        let end = max(position, text.count - PatternRule.widestWindow + 1)
        var stop = end
        var resume = resume
        matcher.search(text, from: position, before: end) { place, rule in
            guard place >= resume[rule] else { return true }
            let finding = matcher.looks[rule].at(text, place)
            if finding.touchedEnd, !isWhole {
                stop = place
                return false
            }
            resume[rule] = max(resume[rule], finding.resume)
            if let match = finding.match, matcher.wants(match.pattern) { found(match) }
            return true
        }
        self.resume = resume
        isWaiting = stop < end
        position = stop
    }

    /// Says that the first bytes of the text are gone.
    mutating func drop(_ count: Int) {
        position = max(0, position - count)
        for rule in resume.indices { resume[rule] = max(0, resume[rule] - count) }
    }
}
