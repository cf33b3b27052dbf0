#if CLI
import Testing

@testable import TesseraCLI

@Suite struct `Globs` {
    @Test(arguments: [
        ("", "", true), ("a", "", false), ("abc", "abc", true), ("a?c", "abc", true), ("a?c", "a/c", false),
        ("*", "abc", true), ("*", "", true), ("*", "a/b", false), ("a*c*e", "abcde", true), ("a*c*e", "abcd", false),
        ("*/b", "a/b", true), ("*/b", "a/x/b", false), ("**/b", "b", true), ("**/b", "a/x/b", true),
        ("**/b", "ab", false), ("a/**", "a/b/c", true), ("a/**", "a", false), ("a/**/b", "a/b", true),
        ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a**b", "axxb", true), ("a**b", "ax/b", false),
        ("***/b", "a/b", true), ("**", "a/b", true), ("**a", "xa", true), ("**a", "x/a", false),
        ("**\\/b", "x/y/b", true), ("**\\/b", "b", false), ("\\*", "*", true), ("\\*", "x", false), ("a\\", "a", false),
        ("a\\", "a\\", false),
    ])
    func `globs`(pattern: String, text: String, expected: Bool) {
        #expect(Wildmatch(Array(pattern.utf8)[...]).matches(Array(text.utf8)[...]) == expected)
    }

    @Test(arguments: [
        ("[abc]", "b", true), ("[abc]", "d", false), ("[!abc]", "d", true), ("[^abc]", "a", false),
        ("[!a]", "/", false),
        ("[a/]", "/", false), ("[a-c]", "b", true), ("[c-a]", "b", false), ("[a-]", "-", true), ("[-a]", "-", true),
        ("[]a]", "]", true), ("[!]a]", "]", false), ("[a\\]b]", "]", true), ("[\\a-c]", "b", true),
        ("[a-\\c]", "b", true), ("[[:digit:]]", "7", true), ("[[:digit:]x]", "x", true), ("[[:digit:]]", "x", false),
        ("[[:none:]]", "n", false), ("[[:digit]", "[", true), ("[[:digit]", "t", true), ("[a", "a", false),
        ("[a", "[a", false), ("[", "[", false), ("[[:upper:]]", "a", false), ("[[:space:]]", "\u{0B}", false),
        ("[[:alnum:]-z]", "-", true), ("[a-c-e]", "-", true), ("[a-c-e]", "d", false),
    ])
    func `bracket expressions`(pattern: String, text: String, expected: Bool) {
        #expect(Wildmatch(Array(pattern.utf8)[...]).matches(Array(text.utf8)[...]) == expected)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a pattern made to be slow is not`() {
        let pattern = Array(String(repeating: "**/a*", count: 100).utf8)
        let text = Array(String(repeating: "a/", count: 2000).utf8)
        #expect(!Wildmatch(pattern[...]).matches(text[...]))
    }
}
#endif
