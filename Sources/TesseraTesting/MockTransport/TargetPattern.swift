import TesseraCore

/// A path, or a whole URL, with wildcards: `*` stands for anything within one segment, `**` for any number of segments.
/// A query names items that must be there.
struct TargetPattern: Sendable, Equatable {
    let text: String
    private let origin: Origin?
    private let segments: [Substring]
    let query: [QueryItems.Item]
    /// Why no request can ever match.
    let flaw: String?

    init(_ text: String) {
        self.text = text
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = halves.count > 1 ? FormParameters(Array(halves[1].utf8)).items : []
        let place = halves.first ?? ""
        guard let scheme = place.range(of: "://") else {
            origin = nil
            segments = place.split(separator: "/", omittingEmptySubsequences: false)
            flaw = place.hasPrefix("/") || place == "**" ? nil : "the target \"\(text)\" begins with no slash"
            return
        }
        let path = place[scheme.upperBound...].firstIndex(of: "/") ?? place.endIndex
        origin = try? Origin(String(place[..<path]))
        flaw = origin == nil ? "the target \"\(text)\" names no origin" : nil
        segments = (path == place.endIndex ? "/" : place[path...]).split(
            separator: "/", omittingEmptySubsequences: false)
    }

    func matchesOrigin(_ other: Origin) -> Bool { flaw == nil && origin.map { $0 == other } ?? true }

    func matchesPath(_ path: String) -> Bool {
        flaw == nil
            && TargetPattern.matches(segments[...], path.split(separator: "/", omittingEmptySubsequences: false)[...])
    }

    func matches(_ request: MockRequest) -> Bool { matchesOrigin(request.origin) && matchesPath(request.path) }

    private static func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == "**" {
            // The last one takes all that is left: no search.
            return rest.isEmpty || (0...path.count).contains { matches(rest, path.dropFirst($0)) }
        }
        guard let segment = path.first, glob(first, segment) else { return false }
        return matches(rest, path.dropFirst())
    }

    private static func glob(_ pattern: Substring, _ text: Substring) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == text }
        // A star stands for at least a character when it is alone: an empty segment is no value.
        guard !text.isEmpty, text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}

extension Substring {
    /// The first place of `part`; the empty text stands at the start.
    fileprivate func range(of part: Substring) -> Range<Index>? {
        var start = startIndex
        while true {
            let rest = self[start...]
            if rest.hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            guard start < endIndex else { return nil }
            start = index(after: start)
        }
    }

    fileprivate func range(of part: String) -> Range<Index>? { range(of: part[...]) }
}
