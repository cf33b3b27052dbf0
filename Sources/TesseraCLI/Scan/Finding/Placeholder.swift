#if CLI
import TesseraCore

/// Tells what stands in for a secret from what is one: examples of documents, variables, blanks.
enum Placeholder {
    /// Parts of a text that no generator of keys makes. In lower case; the text is compared without regard to case.
    private static let parts = [
        "example", "placeholder", "changeme", "change-me", "change_me", "your-", "your_", "redacted", "dummy", "sample",
        "secret_here", "token_here", "key_here", "insert_", "replace_", "xxxx", "****", "....", "____", "<", "${", "{{",
        "$(", "%(", "#{", "\\(", "0123456789", "1234567890", "abcdefgh",
    ].map { Array($0.utf8) }

    /// What documents write where a password belongs.
    private static let commonWords: Set<String> = [
        "password", "passwd", "pass", "pwd", "secret", "token", "user", "username", "test", "admin", "root", "postgres",
        "mysql", "guest", "foo", "bar", "key", "p4ssw0rd", "hunter2", "s3cret", "mypassword", "x", "pw", "xxx", "...",
    ]

    /// Tokens that documents use, word for word: the signature of the one on jwt.io, and those of RFC 6749 and RFC 6750.
    private static let documented = [
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", "SplxlOBeZQQYbYS6WxSbIA", "2YotnFZFEjr1zCsicMWpAA",
        "tGzv3JOkF0XG5Qx2TlKWIA", "mF_9.B5f-4.1JqM", "czZCaGRSa3F0MzpnWDFmQmF0M2JW", "7Fjfp0ZBr1KtDRbnfVdmIw",
    ].map { Array($0.utf8) }

    static func isOne(_ text: ArraySlice<UInt8>) -> Bool {
        let lower = text.map(\.lowercased)
        return text.first == UInt8(ascii: "$") || text.first == UInt8(ascii: "{")
            || parts.contains { lower.firstRange(of: $0) != nil }
            || documented.contains { text.firstRange(of: $0) != nil }
            || hasLongRun(lower) || isMonotonous(text)
    }

    static func isCommonWord(_ text: ArraySlice<UInt8>) -> Bool {
        commonWords.contains(String(decoding: text.map(\.lowercased), as: UTF8.self))
    }

    /// Eight equal bytes in a row.
    private static func hasLongRun(_ text: [UInt8]) -> Bool {
        var run = 0
        var previous: UInt8?
        for byte in text {
            run = byte == previous ? run + 1 : 1
            if run == 8 { return true }
            previous = byte
        }
        return false
    }

    /// Whether two bytes picked at random are equal more often than one time in four: less than two bits a byte (Rényi's
    /// entropy of order two). Of 20 random hexadecimal digits, which have four, not one in a million is.
    private static func isMonotonous(_ text: ArraySlice<UInt8>) -> Bool {
        var counts = [Int](repeating: 0, count: 256)
        for byte in text { counts[Int(byte)] += 1 }
        return counts.reduce(0) { $0 + $1 * $1 } * 4 > text.count * text.count
    }
}
#endif
