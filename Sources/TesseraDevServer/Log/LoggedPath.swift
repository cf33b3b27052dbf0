#if CLI
import HTTPTypes

/// The form in which a path enters the access log: no query, no secret, nothing that could forge a line or steer a
/// terminal.
enum LoggedPath {
    private static let maximumLength = 512
    /// An access token of this server has 43 characters.
    private static let maximumSegment = 40
    private static let removed = "[removed]"

    static func render(_ target: String, hiding secrets: some Collection<String>) -> String {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        guard path.utf8.count <= maximumLength else { return removed }
        // An absolute-form target can hold user information, so no target but origin-form is shown.
        guard path.utf8.first == UInt8(ascii: "/") else { return removed }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { segment in isHarmless(segment, hiding: secrets) ? String(segment) : removed }
            .joined(separator: "/")
    }

    private static func isHarmless(_ segment: Substring, hiding secrets: some Collection<String>) -> Bool {
        guard segment.utf8.count <= maximumSegment else { return false }
        let isVisible = segment.utf8.allSatisfy { UInt8(ascii: "!")...UInt8(ascii: "~") ~= $0 }
        guard isVisible, let decoded = PercentDecoding.decode(segment.utf8, plusIsSpace: false) else { return false }
        return !secrets.contains { !$0.isEmpty && (decoded.contains($0) || segment.contains($0)) }
    }
}

/// The form in which a method enters the access log; any token is a method (RFC 9110 section 9.1), also a secret one.
enum LoggedMethod {
    private static let known: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ]

    static func render(_ method: HTTPRequest.Method) -> String {
        known.contains(method.rawValue) ? method.rawValue : "OTHER"
    }
}
#endif
