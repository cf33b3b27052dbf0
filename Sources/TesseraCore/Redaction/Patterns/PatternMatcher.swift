/// Finds the secrets of ``SecretPattern`` in a text.
///
/// One pass in time that is linear in the size of the text, whatever the text is: a table says for each four bytes
/// whether a rule wants to look there, and no rule reads the same bytes again and again.
///
/// ```swift
/// import TesseraCore
///
/// let log = Array("GET /?access_token=9f8e7d6c5b4a HTTP/1.1".utf8)
/// let matches = PatternMatcher().matches(in: log)  // one: query-item, the bytes 19..<31
/// ```
public struct PatternMatcher: Sendable {
    /// What to do at a place where the rule of that number has a window.
    let looks: [@Sendable (UnsafeBufferPointer<UInt8>, Int) -> PatternRule.Finding]
    private let patterns: Set<SecretPattern>
    private let triggers: PatternTriggers

    /// A matcher for some patterns, or all.
    public init(_ patterns: Set<SecretPattern> = .all) {
        self.patterns = patterns
        let rules = PatternRule.all.filter { !$0.patterns.isDisjoint(with: patterns) }
        looks = rules.map(\.look)
        triggers = PatternTriggers(rules)
    }

    /// The secrets in a text, by their beginning. They may overlap, when one is known by two patterns.
    public func matches(in text: UnsafeBufferPointer<UInt8>) -> [PatternMatch] {
        var scan = PatternScan(self)
        var found: [PatternMatch] = []
        scan.goOn(through: text, isWhole: true) { found.append($0) }
        found.sort { ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound) }
        return found
    }

    /// The secrets in a text, by their beginning.
    public func matches(in text: [UInt8]) -> [PatternMatch] {
        text.withUnsafeBufferPointer { matches(in: $0) }
    }

    /// Calls `look` with each place from `position` on, before `end`, at which a rule wants to look; stops when it says
    /// false.
    func search(
        _ text: UnsafeBufferPointer<UInt8>, from position: Int, before end: Int,
        _ look: (_ place: Int, _ rule: Int) -> Bool
    ) {
        triggers.search(text, from: position, before: end, look)
    }

    func wants(_ pattern: SecretPattern) -> Bool { patterns.contains(pattern) }
}

/// How far a matcher has come in a text of which more may follow.
struct PatternScan: Sendable {
    let matcher: PatternMatcher
    /// Where the search goes on, in the bytes that are there.
    private(set) var position = 0
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
            let finding = matcher.looks[rule](text, place)
            if finding.touchedEnd, !isWhole {
                stop = place
                return false
            }
            resume[rule] = max(resume[rule], finding.resume)
            if let match = finding.match, matcher.wants(match.pattern) { found(match) }
            return true
        }
        self.resume = resume
        position = stop
    }

    /// Says that the first bytes of the text are gone.
    mutating func drop(_ count: Int) {
        position = max(0, position - count)
        for rule in resume.indices { resume[rule] = max(0, resume[rule] - count) }
    }
}
