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
    /// In a structure, since in an array a function alone is called through another one.
    struct Look: Sendable {
        let at: @Sendable (UnsafeBufferPointer<UInt8>, Int) -> PatternRule.Finding
    }

    /// What to do at a place where the rule of that number has a window.
    let looks: [Look]
    private let patterns: Set<SecretPattern>
    private let triggers: PatternTriggers

    /// One for the whole catalogue.
    static let everything = PatternMatcher()
    /// One for what goes by its own look.
    static let formats = PatternMatcher(.formats)

    /// A matcher for some patterns, or all.
    public init(_ patterns: Set<SecretPattern> = .all) {
        self.patterns = patterns
        let rules = PatternRule.all.filter { !$0.patterns.isDisjoint(with: patterns) }
        looks = rules.map { Look(at: $0.look) }
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
