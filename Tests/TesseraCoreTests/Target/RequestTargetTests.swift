import Foundation
import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("RequestTarget")
struct RequestTargetTests {
    private enum Plan: String, RequestTargetValue {
        case paid = "paid/yearly"
    }

    private static func relative(_ target: RequestTarget) -> String? {
        if case .relative(let text) = target.destination { text } else { nil }
    }

    private static func problem(_ target: RequestTarget) -> RequestTarget.Problem? {
        if case .unusable(let problem) = target.destination { problem } else { nil }
    }

    @Test(
        "an interpolated value is one encoded segment (threat B4)",
        arguments: [
            ("ada", "/users/ada/teams"), ("a/b", "/users/a%2Fb/teams"), ("../admin", "/users/..%2Fadmin/teams"),
            ("?x=1", "/users/%3Fx%3D1/teams"), ("#x", "/users/%23x/teams"), ("%2e%2e", "/users/%252e%252e/teams"),
            ("a b", "/users/a%20b/teams"), ("a+b", "/users/a%2Bb/teams"), ("a;b", "/users/a%3Bb/teams"),
            ("a:b@c", "/users/a%3Ab%40c/teams"), ("\\", "/users/%5C/teams"),
            ("\r\nHost: evil", "/users/%0D%0AHost%3A%20evil/teams"),
            ("\u{0}", "/users/%00/teams"), ("https://evil.example", "/users/https%3A%2F%2Fevil.example/teams"),
            ("//evil.example", "/users/%2F%2Fevil.example/teams"), ("ü", "/users/%C3%BC/teams"),
            ("日本", "/users/%E6%97%A5%E6%9C%AC/teams"), ("...", "/users/.../teams"), ("-._~", "/users/-._~/teams"),
        ])
    func segment(value: String, expected: String) {
        #expect(Self.relative("/users/\(value)/teams") == expected)
    }

    @Test("a value that is a dot segment, or completes one, is refused", arguments: [".", ".."])
    func dots(value: String) {
        #expect(Self.problem("/users/\(value)") == .dotSegment)
        #expect(Self.problem("/users/\(value)/teams") == .dotSegment)
        #expect(Self.problem("/users/.\(".")") == .dotSegment)
        #expect(Self.problem("/users/\(value)?x=1") == .dotSegment)
        #expect(Self.relative("/users/a\(value)") == "/users/a\(value)")
    }

    @Test("an empty value is refused in the path and kept in the query")
    func empty() {
        let nothing = ""
        #expect(Self.problem("/users/\(nothing)") == .emptyValue)
        #expect(Self.problem("/\(nothing)/evil.example") == .emptyValue)
        #expect(Self.relative("/users?name=\(nothing)") == "/users?name=")
    }

    @Test(
        "a value in the query cannot add another item",
        arguments: [
            ("a&admin=1", "/s?q=a%26admin%3D1"), ("a=b", "/s?q=a%3Db"), ("a#b", "/s?q=a%23b"),
            ("a+b c", "/s?q=a%2Bb%20c"),
            ("?", "/s?q=%3F"), ("..", "/s?q=.."), ("/x", "/s?q=%2Fx"), ("ü", "/s?q=%C3%BC"),
        ])
    func query(value: String, expected: String) {
        #expect(Self.relative("/s?q=\(value)") == expected)
    }

    @Test("numbers, UUIDs, Booleans, slices and enums are values")
    func values() throws {
        let id = try #require(UUID(uuidString: "6F9619FF-8B86-D011-B42D-00C04FC964FF"))
        #expect(Self.relative("/a/\(42)/\(-7)/\(UInt64.max)") == "/a/42/-7/18446744073709551615")
        #expect(Self.relative("/a/\(id)") == "/a/6f9619ff-8b86-d011-b42d-00c04fc964ff")
        #expect(Self.relative("/a/\(Plan.paid)?on=\(true)") == "/a/paid%2Fyearly?on=true")
        #expect(Self.relative("/a/\("xyz".dropFirst())") == "/a/yz")
    }

    @Test(
        "is refused where it is planned: literal, raw and run-time text alike",
        arguments: [
            ("https://evil.example/", RequestTarget.Problem.absolute), ("http://evil.example", .absolute),
            ("HTTPS:evil", .absolute), ("//evil.example/x", .absolute), ("javascript:alert(1)", .absolute),
            ("evil.example:443/x", .absolute), ("///x", .absolute), ("\\\\evil.example\\x", .forbiddenCharacter),
            ("/\\evil.example", .forbiddenCharacter), ("/a\r\nHost: evil", .forbiddenCharacter),
            ("/a\tb", .forbiddenCharacter), ("/a\u{0}", .forbiddenCharacter), ("/a\u{7F}", .forbiddenCharacter),
            ("/a#b", .fragment), ("/../admin", .dotSegment), ("../admin", .dotSegment), ("..", .dotSegment),
            ("/a/..", .dotSegment), ("/a/./b", .dotSegment), ("/a/%2e%2e/b", .dotSegment), ("/a/%2E./b", .dotSegment),
            ("/a/.%2e?x", .dotSegment), ("/%zz", .badEscape), ("/a%", .badEscape), ("/a?b=%4", .badEscape),
        ])
    func refused(text: String, problem: RequestTarget.Problem) {
        #expect(Self.problem(RequestTarget(stringLiteral: text)) == problem)
        #expect(Self.problem(RequestTarget(relative: text)) == problem)
        #expect(Self.problem("\(raw: text)") == problem)
    }

    @Test(
        "run-time text cannot climb by an encoded slash that servers decode",
        arguments: ["/a/..%2fadmin", "/a/%2e%2e%2Fadmin", "/a/..%5cadmin", "/a/..;/admin", "/a/..;x=1/admin"])
    func climbing(text: String) {
        #expect(Self.relative(RequestTarget(relative: text)) == nil)
    }

    @Test("text that needs it is encoded once; escapes stay as they are")
    func encoding() {
        #expect(Self.relative("/a b/ü?q=x y") == "/a%20b/%C3%BC?q=x%20y")
        #expect(Self.relative("/a%20b") == "/a%20b")
        #expect(Self.relative("/a?b=[1]&c=d/e?f") == "/a?b=[1]&c=d/e?f")
        #expect(Self.relative("\(raw: "/a/b?c=d")&e=\("f g")") == "/a/b?c=d&e=f%20g")
    }

    @Test("longer than 16 KB is refused")
    func length() {
        #expect(Self.problem(RequestTarget(relative: "/" + String(repeating: "a", count: 16_384))) == .tooLong)
        #expect(Self.problem(RequestTarget(relative: "/" + String(repeating: "a", count: 16_383))) == nil)
    }

    @Test("what counts is its encoded form")
    func encodedLength() {
        #expect(Self.problem(RequestTarget(relative: "/" + String(repeating: " ", count: 5_462))) == .tooLong)
        #expect(Self.problem(RequestTarget(relative: "/" + String(repeating: " ", count: 5_461))) == nil)
    }

    @Test("the template holds no value and no query")
    func template() {
        let value = "hunter2hunter2"
        let target: RequestTarget = "/users/\(value)/x?key=\(value)&fixed=\(raw: value)"
        #expect(target.template == "/users/{}/x")
        #expect(!RequestTarget(relative: "/bot\(value)/send").template.contains(value))
        let inRaw: RequestTarget = "/a/\(raw: value)"
        #expect(!inRaw.template.contains(value))
    }

    @Test(
        "is joined to the base URL's path by whole segments",
        arguments: [
            ("https://api.test", "/x", "/x"), ("https://api.test/", "x", "/x"), ("https://api.test/v1", "/x", "/v1/x"),
            ("https://api.test/v1/", "/x", "/v1/x"), ("https://api.test/v1/", "x/y", "/v1/x/y"),
            ("https://api.test/v1", "", "/v1"), ("https://api.test", "", "/"), ("https://api.test/v1", "/", "/v1/"),
            ("https://api.test/a/../b", "/x", "/b/x"), ("https://api.test/v1", "/x?y=1", "/v1/x?y=1"),
            ("https://api.test", "?y=1", "/?y=1"), ("https://api.test/v1", "?y=1", "/v1?y=1"),
        ])
    func joined(base: String, target: String, expected: String) async throws {
        let session = try Session(base, transport: MockTransport()) { $0.proxy = .none }
        #expect(try session.preview(CallRequest(.get, RequestTarget(relative: target))).path == expected)
    }

    @Test("query items come in the order defaults, target, call, none of them able to break out")
    func items() throws {
        let session = try Session("https://api.test/v1", transport: MockTransport()) {
            $0.proxy = .none
            $0.query = ["key": "a&b"]
        }
        let call = CallRequest(.get, "/x?z=1", query: ["q": "c=d#e", "n": 2])
        #expect(try session.preview(call).path == "/v1/x?z=1&key=a%26b&q=c%3Dd%23e&n=2")
    }

    @Test("a base URL with a query, user information or no host is refused")
    func base() {
        for url in ["https://api.test?key=1", "https://a:b@api.test", "https://", "api.test", "/v1"] {
            let error = #expect(throws: TesseraError.self) { try Session(url, transport: MockTransport()) }
            #expect(error?.code == .invalidURL)
        }
    }
}
