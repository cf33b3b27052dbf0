import TesseraTesting
import Testing

@testable import TesseraCore

/// RFC 3986 §5.4, with http as the base's scheme; fragments are never sent and so are dropped.
@Suite("Resolving a reference (RFC 3986 §5.2)")
struct ResolutionTests {
    private static let base = "http://a/b/c/d;p?q"

    @Test(
        "normal examples (§5.4.1)",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
            ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"), ("g#s", "http://a/b/c/g"), ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"), ("g;x?y#s", "http://a/b/c/g;x?y"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
            ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"),
            ("../../g", "http://a/g"),
        ])
    func normal(reference: String, expected: String) throws {
        #expect(try AbsoluteURL(Self.base).resolving(reference).description == expected)
    }

    @Test(
        "abnormal examples (§5.4.2)",
        arguments: [
            ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"),
            ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"), ("g#s/./x", "http://a/b/c/g"), ("g#s/../x", "http://a/b/c/g"),
        ])
    func abnormal(reference: String, expected: String) throws {
        #expect(try AbsoluteURL(Self.base).resolving(reference).description == expected)
    }

    @Test(
        "what a Location or Link field may hold",
        arguments: [
            ("https://b/x", "https://b/x"), ("//b:8080/x", "http://b:8080/x"), ("HTTPS://B/x", "https://b/x"),
            ("?", "http://a/b/c/d;p?"), ("//b?z", "http://b/?z"), ("/a//b", "http://a/a//b"),
            ("/a/%2e%2e/b", "http://a/b"), ("/a/.%2E/b", "http://a/b"), ("/ü", "http://a/%C3%BC"),
            ("/a%20b", "http://a/a%20b"), ("/?a=[1]", "http://a/?a=[1]"), ("http://b:80/", "http://b/"),
            ("https://b:/", "https://b/"),
        ])
    func locations(reference: String, expected: String) throws {
        #expect(try AbsoluteURL(Self.base).resolving(reference).description == expected)
    }

    @Test(
        "is refused rather than guessed",
        arguments: [
            "g:h", "http:g", "http:/g", "http:///g", "javascript:alert(1)", "ftp://b/", "mailto:a@b", "file:///etc",
            "\\\\evil.example\\x", "/\\evil.example", "//", "///evil.example", "//user@evil.example/", "/a b",
            "/a\tb", "/a\r\nb", "/a\u{0}b", "/%zz", "/%2", "//b:0/", "//b:99999/", "//[::1/", "evil:443/x",
        ])
    func refused(reference: String) throws {
        let base = try AbsoluteURL(Self.base)
        let error = #expect(throws: TesseraError.self) { try base.resolving(reference) }
        #expect(error?.code == .invalidURL)
    }

    @Test("removing dot segments never leaves one behind and never escapes the root (2,000 random paths)")
    func property() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let parts = ["..", ".", "a", "", "%2e", "%2E%2e", ".%2e", "...", "b.", "%2e."]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...8, using: &random)
            let path = (0..<count).map { _ in "/" + (parts.randomElement(using: &random) ?? "") }.joined()
            let result = PathSegments.withoutDots(path)
            #expect(result.hasPrefix("/"), "seed \(seed), path \(path)")
            #expect(!PathSegments.containDots(result), "seed \(seed), path \(path) gave \(result)")
            #expect(PathSegments.withoutDots(result) == result, "seed \(seed), path \(path) gave \(result)")
        }
    }
}
