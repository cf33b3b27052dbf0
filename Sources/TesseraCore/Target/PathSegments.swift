/// Dot segments in paths: removed where a reference is resolved, refused where a caller composes a target.
enum PathSegments {
    /// RFC 3986 §5.2.4, also for dots written as `%2e`, which many servers decode before they look at the path.
    static func withoutDots(_ path: String) -> String {
        guard !path.isEmpty else { return "/" }
        guard path.utf8.contains(UInt8(ascii: ".")) || path.utf8.contains(UInt8(ascii: "%")) else {
            return path.hasPrefix("/") ? path : "/\(path)"
        }
        var kept: [Substring.UTF8View.SubSequence] = []
        var endsWithSlash = false
        for segment in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst(
            path.hasPrefix("/") ? 1 : 0)
        {
            endsWithSlash = false
            switch dots(in: segment) {
            case 1:
                endsWithSlash = true
            case 2:
                _ = kept.popLast()
                endsWithSlash = true
            default:
                kept.append(segment)
            }
        }
        let joined = kept.map { String(Substring($0)) }.joined(separator: "/")
        return endsWithSlash && !joined.isEmpty ? "/\(joined)/" : "/\(joined)"
    }

    /// Whether any segment is `.` or `..`, plain or percent-encoded.
    static func containDots(_ path: String) -> Bool {
        guard path.utf8.contains(UInt8(ascii: ".")) || path.utf8.contains(UInt8(ascii: "%")) else { return false }
        return path.utf8.split(separator: UInt8(ascii: "/")).contains { dots(in: $0) > 0 }
    }

    /// Whether a segment climbs once its encoded slashes or backslashes are decoded, as some servers do.
    static func climbWhenDecoded(_ path: String) -> Bool {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return false }
        return path.utf8.split(separator: UInt8(ascii: "/")).contains { segment in
            let parts = PercentEncoding.decoded(segment)
                .split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            return parts.count > 1 && parts.contains { dots(in: String(decoding: $0, as: UTF8.self).utf8[...]) > 0 }
        }
    }

    /// 1 for `.`, 2 for `..`, 0 for anything else. A parameter behind a semicolon is cut: some servers do that before
    /// they look at the dots.
    private static func dots(in whole: Substring.UTF8View.SubSequence) -> Int {
        let segment = whole.prefix { $0 != UInt8(ascii: ";") }
        guard (1...6).contains(segment.count) else { return 0 }
        switch PercentEncoding.decoded(segment) {
        case [UInt8(ascii: ".")]: return 1
        case [UInt8(ascii: "."), UInt8(ascii: ".")]: return 2
        default: return 0
        }
    }
}
