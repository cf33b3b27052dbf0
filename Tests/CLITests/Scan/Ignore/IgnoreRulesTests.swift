#if CLI
import Testing

@testable import TesseraCLI

@Suite struct `Ignore rules` {
    private func answer(_ lines: String, _ path: String) -> Bool? {
        let isFolder = path.hasSuffix("/")
        return IgnoreFile(Array(lines.utf8)).ignores(
            Array((isFolder ? String(path.dropLast()) : path).utf8)[...], isFolder: isFolder)
    }

    @Test(
        arguments: [
            ("a", "a", true), ("a", "x/y/a", true), ("/a", "a", true), ("/a", "x/a", nil), ("a/", "a", nil),
            ("a/", "a/", true), ("a/", "x/a/", true), ("a/b", "a/b", true), ("a/b", "x/a/b", nil),
            ("*.log", "x/y.log", true),
            ("*.log\n!keep.log", "keep.log", false), ("!keep.log\n*.log", "keep.log", true), ("#a", "#a", nil),
            ("\\#a", "#a", true), ("\\!a", "!a", true), ("a ", "a", true), ("a\\ ", "a ", true), ("a \r", "a", true),
            ("a\r\nb", "a", true), ("\u{FEFF}a", "a", true), ("", "a", nil), ("/", "a", nil), ("!", "a", nil),
            ("abc**/x", "abcx", true), ("abc**/x", "abcd/x", true), ("**/foo", "foo", true), ("foo/**", "foo/", nil),
            ("a[", "a[", nil),
        ] as [(String, String, Bool?)])
    func `what a file says about a path`(lines: String, path: String, expected: Bool?) {
        #expect(answer(lines, path) == expected)
    }

    @Test func `the nearest file decides, and what comes first counts least`() {
        var rules = IgnoreRules()
        rules.append(IgnoreFile(Array("*.key\nc".utf8)), base: 0)
        rules.append(IgnoreFile(Array("*.pem\n!c".utf8)), base: 0)
        rules.append(IgnoreFile(Array("!d.pem".utf8)), base: 2)
        #expect(rules.ignores(Array("x.key".utf8), isFolder: false))
        #expect(!rules.ignores(Array("c".utf8), isFolder: false))
        #expect(rules.ignores(Array("d.pem".utf8), isFolder: false))
        #expect(!rules.ignores(Array("s/d.pem".utf8), isFolder: false))
    }

    @Test func `for the history a file in an ignored folder is ignored`() {
        let exclusions = IgnoreFile(Array("vendor/\n!vendor/x".utf8))
        #expect(exclusions.ignoresFile(Array("vendor/x".utf8)))
        #expect(!exclusions.ignoresFile(Array("src/x".utf8)))
    }

    @Test func `patterns without end are left out`() {
        #expect(answer(String(repeating: "a", count: 5000), String(repeating: "a", count: 5000)) == nil)
    }
}
#endif
