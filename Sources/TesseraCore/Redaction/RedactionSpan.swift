/// A piece of text that a tag takes the place of.
struct RedactionSpan: Sendable {
    var range: Range<Int>
    /// The secret that gives the piece its tag; of what a pattern found these are the bytes themselves.
    private var secret: Secret?
    private var name: Range<Int>
    /// What found it; nil for a known secret.
    private(set) var pattern: SecretPattern?

    init(range: Range<Int>, secret: Secret) {
        self.range = range
        self.secret = secret
        name = range
    }

    init(_ match: PatternMatch) {
        range = match.range
        pattern = match.pattern
        name = match.range
    }

    /// In order and apart from each other. Of those that overlap the longest gives its name to all that they cover, so
    /// that no end of another one is left.
    static func merged(_ spans: [RedactionSpan]) -> [RedactionSpan] {
        guard spans.count > 1 else { return spans }
        var merged: [RedactionSpan] = []
        for span in spans.sorted(by: { $0.precedes($1) }) {
            guard let last = merged.last, span.range.lowerBound < last.range.upperBound else {
                merged.append(span)
                continue
            }
            var union = span.name.count > last.name.count ? span : last
            union.range = last.range.lowerBound..<max(last.range.upperBound, span.range.upperBound)
            merged[merged.count - 1] = union
        }
        return merged
    }

    /// By place; of those at one place the longest, then what is known by its value.
    private func precedes(_ other: RedactionSpan) -> Bool {
        let (one, two) = (range, other.range)
        guard one.lowerBound == two.lowerBound else { return one.lowerBound < two.lowerBound }
        guard one.count == two.count else { return one.count > two.count }
        return (pattern == nil ? 0 : 1) < (other.pattern == nil ? 0 : 1)
    }

    /// The bytes between two places with the tags of `spans`, which are apart from each other and between them.
    static func replacing(
        _ spans: some Collection<RedactionSpan>, in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(end - start)
        var position = start
        for span in spans {
            output += text[position..<span.range.lowerBound]
            output += span.tag(in: text).utf8
            position = span.range.upperBound
        }
        output += text[position..<end]
        return output
    }

    private func tag(in text: UnsafeBufferPointer<UInt8>) -> String {
        if let secret { return secret.withExposedBytes { Redactor.tag(for: $0) } }
        return Redactor.tag(for: UnsafeBufferPointer(rebasing: text[name]))
    }

    /// The part of it that lies in `range`, with a tag of its own if it had none of a known secret.
    func clipped(to part: Range<Int>) -> RedactionSpan {
        var clipped = self
        clipped.range = range.clamped(to: part)
        clipped.name = name.clamped(to: part)
        return clipped
    }

    /// The same piece in a text that lost its first bytes.
    func moved(back count: Int) -> RedactionSpan {
        var moved = self
        moved.range = range.lowerBound - count..<range.upperBound - count
        moved.name = name.lowerBound - count..<name.upperBound - count
        return moved
    }
}
