import HTTPTypes
import Testing

@testable import TesseraCore

@Suite("What follows a page, by style")
struct NextPageTests {
    private static func page(
        _ body: String = "[]", count: Int = 2, position: Int = 0, _ fields: [(String, String)] = []
    ) throws -> NextPage.Page {
        var header = HTTPFields()
        for (name, value) in fields { header.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return NextPage.Page(
            url: try AbsoluteURL("https://api.test/list?a=1"), fields: header, body: Array(body.utf8), count: count,
            position: position, coding: JSONCoding())
    }

    private static func query(_ name: String, _ value: String) -> NextPage { .at(.query(name: name, value: value)) }

    @Test(
        "Link: an anchor of elsewhere is another list, and two next pages are none",
        arguments: [
            ([#"</2>; rel=next; anchor="/other""#], NextPage.end), ([##"</2>; rel=next; anchor="#part""##], .end),
            (["</2>; rel=next; anchor=\"\""], .at(.url("https://api.test/2"))),
            ([#"</2>; rel=next; anchor="list?a=1""#], .at(.url("https://api.test/2"))),
            (["</2>; rel=next, </2>; rel=next"], .at(.url("https://api.test/2"))),
            (["</2>; rel=next", "</3>; rel=next"], .unfollowable(.ambiguousLink)),
            (["</2>; rel=next", "broken"], .unfollowable(.malformedLink)),
        ])
    func link(fields: [String], expected: NextPage) throws {
        #expect(NextPage.after(try Self.page("[]", fields.map { ("Link", $0) }), by: .link) == expected)
    }

    @Test(
        "cursor: text or number; nothing, null and empty end the list; more decides",
        arguments: [
            (#"{"c": "abc"}"#, query("cursor", "abc")), (#"{"c": 42}"#, query("cursor", "42")),
            (#"{"c": "a b&c=d"}"#, query("cursor", "a b&c=d")), (#"{"c": null}"#, .end), (#"{}"#, .end),
            (#"{"c": ""}"#, .end), (#"{"c": true}"#, .unfollowable(.invalidCursor)),
            (#"{"c": 1.5}"#, .unfollowable(.invalidCursor)), (#"{"c": {"x": 1}}"#, .unfollowable(.invalidCursor)),
            (#"{"c": 1e300}"#, .unfollowable(.invalidCursor)), (#"{"c": "abc", "m": false}"#, .end),
            (#"{"c": "abc", "m": true}"#, query("cursor", "abc")), (#"{"m": true}"#, .unfollowable(.missingCursor)),
            (#"{"c": "abc", "m": "no"}"#, .unfollowable(.invalidCursor)),
        ])
    func cursor(body: String, expected: NextPage) throws {
        let style = PageStyle.cursor(at: "/c", query: "cursor", more: "/m")
        #expect(NextPage.after(try Self.page(body), by: style) == expected)
    }

    @Test("a cursor that fits into no URL is refused")
    func longCursor() throws {
        let body = #"{"c": "\#(String(repeating: "x", count: 8193))"}"#
        let next = NextPage.after(try Self.page(body), by: .cursor(at: "/c", query: "c"))
        #expect(next == .unfollowable(.invalidCursor))
    }

    @Test(
        "offset: by items read, to the stated total or an empty page",
        arguments: [
            ("[]", 2, 0, query("offset", "2")), ("[]", 1, 2, query("offset", "3")), ("[]", 0, 3, .end),
            (#"{"t": 3}"#, 2, 0, query("offset", "2")), (#"{"t": 3}"#, 1, 2, .end), (#"{"t": 3}"#, 2, 2, .end),
            (#"{"t": 3}"#, 0, 2, .unfollowable(.endsEarly)), (#"{"t": 0}"#, 0, 0, .end),
            (#"{"t": -1}"#, 2, 0, .unfollowable(.invalidTotal)), (#"{"t": "3"}"#, 2, 0, .unfollowable(.invalidTotal)),
            (#"{"t": null}"#, 2, 0, query("offset", "2")), ("[]", 2, Int.max, .unfollowable(.invalidCursor)),
            (#"{"t": 1e300}"#, 2, 0, .unfollowable(.invalidTotal)),
        ])
    func offset(body: String, count: Int, position: Int, expected: NextPage) throws {
        let total: JSONPointer? = body == "[]" ? nil : "/t"
        let page = try Self.page(body, count: count, position: position)
        #expect(NextPage.after(page, by: .offset(total: total)) == expected)
    }

    @Test(
        "page number: to the stated number of pages or an empty page",
        arguments: [
            ("[]", 2, 1, 1, query("page", "2")), ("[]", 0, 4, 1, .end), (#"{"t": 3}"#, 2, 2, 1, query("page", "3")),
            (#"{"t": 3}"#, 2, 3, 1, .end), (#"{"t": 3}"#, 0, 2, 1, query("page", "3")),
            (#"{"t": 3}"#, 2, 2, 0, .end), (#"{"t": 3}"#, 2, 1, 0, query("page", "2")),
            ("[]", 2, Int.max, 1, .unfollowable(.invalidCursor)),
        ])
    func number(body: String, count: Int, position: Int, first: Int, expected: NextPage) throws {
        let total: JSONPointer? = body == "[]" ? nil : "/t"
        let page = try Self.page(body, count: count, position: position)
        #expect(NextPage.after(page, by: .page(first: first, total: total)) == expected)
    }

    @Test("token in a header field")
    func token() throws {
        let name = try #require(HTTPField.Name("X-Next"))
        let style = PageStyle.token(header: name, sentIn: .header("X-Page"))
        func after(_ fields: [(String, String)]) throws -> NextPage {
            NextPage.after(try Self.page("[]", fields), by: style)
        }
        #expect(try after([("X-Next", "t1")]) == .at(.header(name: "X-Page", value: "t1")))
        #expect(try after([]) == .end)
        #expect(try after([("X-Next", "")]) == .end)
        #expect(try after([("X-Next", "t1"), ("X-Next", "t2")]) == .unfollowable(.invalidCursor))
    }
}
