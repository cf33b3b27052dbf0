import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@Suite struct `Matching requests` {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var target = "/x"
        var matcher: RequestMatcher?
        var url = "https://api.test/x"
        var headers: [String: String] = [:]
        var body = ""
        var matches: Bool
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "a path", matches: true),
        Case(name: "another path", url: "https://api.test/y", matches: false),
        Case(name: "a slash more", url: "https://api.test/x/", matches: false),
        Case(name: "a star in a segment", target: "/users/*", url: "https://api.test/users/7", matches: true),
        Case(name: "a star is not empty", target: "/users/*", url: "https://api.test/users/", matches: false),
        Case(name: "a star is one segment", target: "/users/*", url: "https://api.test/users/7/a", matches: false),
        Case(name: "a star in the middle", target: "/users/*/a", url: "https://api.test/users/7/a", matches: true),
        Case(name: "a star in a name", target: "/r-*.csv", url: "https://api.test/r-2026.csv", matches: true),
        Case(name: "a star in another name", target: "/r-*.csv", url: "https://api.test/r-2026.json", matches: false),
        Case(name: "two stars in a name", target: "/*-*-z", url: "https://api.test/a-b-z", matches: true),
        Case(name: "overlapping ends of a star", target: "/ab*ba", url: "https://api.test/aba", matches: false),
        Case(name: "two stars", target: "/a/**", url: "https://api.test/a/b/c", matches: true),
        Case(name: "two stars of nothing", target: "/a/**", url: "https://api.test/a", matches: true),
        Case(name: "two stars in the middle", target: "/a/**/z", url: "https://api.test/a/b/c/z", matches: true),
        Case(name: "two stars and no end", target: "/a/**/z", url: "https://api.test/a/b/c", matches: false),
        Case(name: "everything", target: "**", url: "https://other.test/a/b", matches: true),
        Case(name: "a URL", target: "https://api.test/x", matches: true),
        Case(name: "another origin", target: "https://other.test/x", matches: false),
        Case(name: "another port", target: "https://api.test:8443/x", matches: false),
        Case(name: "a query is not asked for", url: "https://api.test/x?a=1", matches: true),
        Case(name: "a query in the target", target: "/x?a=1", url: "https://api.test/x?b=2&a=1", matches: true),
        Case(name: "another query in the target", target: "/x?a=1", url: "https://api.test/x?a=2", matches: false),
        Case(name: "a query", matcher: .query(["a": "ä b"]), url: "https://api.test/x?a=%C3%A4%20b", matches: true),
        Case(name: "a query missing", matcher: .query(["a": "1"]), matches: false),
        Case(
            name: "a query exactly", matcher: .query(["a": "1"], exactly: true), url: "https://api.test/x?a=1",
            matches: true),
        Case(
            name: "a query with more", matcher: .query(["a": "1"], exactly: true), url: "https://api.test/x?a=1&b=2",
            matches: false),
        Case(
            name: "a query twice", matcher: .query(["a": "1"], exactly: true), url: "https://api.test/x?a=1&a=1",
            matches: false),
        Case(name: "a header", matcher: .header("x-a", "1"), headers: ["X-A": "1"], matches: true),
        Case(name: "a header's other value", matcher: .header("X-A", "1"), headers: ["X-A": "2"], matches: false),
        Case(name: "a header at all", matcher: .header("X-A"), headers: ["X-A": "2"], matches: true),
        Case(name: "no such header", matcher: .header("X-A"), matches: false),
        Case(name: "without a header", matcher: .noHeader("X-A"), matches: true),
        Case(name: "with it after all", matcher: .noHeader("X-A"), headers: ["X-A": "2"], matches: false),
        Case(name: "a name that is none", matcher: .header("X A", "1"), matches: false),
        Case(
            name: "JSON in another order", matcher: .json(["a": 1, "b": [true]]), body: #"{"b":[true],"a":1.0}"#,
            matches: true),
        Case(name: "JSON with more", matcher: .json(["a": 1]), body: #"{"b":[true],"a":1}"#, matches: false),
        Case(
            name: "JSON containing", matcher: .json(containing: ["a": ["b": 1]]), body: #"{"a":{"b":1,"c":2}}"#,
            matches: true),
        Case(name: "JSON not containing", matcher: .json(containing: ["a": 1]), body: #"{"b":1}"#, matches: false),
        Case(name: "no JSON", matcher: .json(["a": 1]), body: "a=1", matches: false),
        Case(name: "a list one longer", matcher: .json([1, 2]), body: "[1,2,3]", matches: false),
        Case(name: "a form", matcher: .form(["a": "b c", "d": "&"]), body: "d=%26&a=b+c", matches: true),
        Case(name: "a form's other value", matcher: .form(["a": "1"]), body: "a=2", matches: false),
        Case(name: "a form with more", matcher: .form(["a": "1"], exactly: true), body: "a=1&b=2", matches: false),
        Case(name: "a body", matcher: .body("abc"), body: "abc", matches: true),
        Case(name: "another body", matcher: .body("abc"), body: "abd", matches: false),
        Case(
            name: "what a closure accepts", matcher: .accepted("short") { $0.body.count < 3 }, body: "ab", matches: true
        ),
        Case(name: "what it does not", matcher: .accepted("short") { $0.body.count < 3 }, body: "abc", matches: false),
    ]

    @Test(arguments: cases) func matches(_ example: Case) async throws {
        let server = MockTransport()
        if let matcher = example.matcher {
            server.on(.get, example.target, matcher).reply(status: 204)
        } else {
            server.on(.get, example.target).reply(status: 204)
        }
        let request = try makeRequest(
            .get, example.url, headers: example.headers, body: .bytes(Array(example.body.utf8)))
        let status = try? await server.send(request).head.status.code
        #expect(status == (example.matches ? 204 : nil))
        #expect(server.problems.isEmpty == example.matches, "\(server.problems)")
    }

    @Test func `any method`() async throws {
        let server = MockTransport()
        server.onAny("/x").reply(status: 204)
        for method in [HTTPRequest.Method.get, .post, .delete] {
            #expect(try await server.send(makeRequest(method)).head.status.code == 204)
        }
    }
}
