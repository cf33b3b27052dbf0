import Testing

@testable import TesseraCore

@Suite("Set-Cookie fields (RFC 6265bis §5.6)")
struct SetCookieTests {
    @Test(
        "the pair",
        arguments: [
            ("a=b", "a", "b"), ("a=b=c", "a", "b=c"), (" \ta \t=\t b ;x", "a", "b"), ("a=", "a", ""), ("=b", "", "b"),
            ("b", "", "b"), (#"a="b c""#, "a", #""b c""#), ("a=b, c=d", "a", "b, c=d"), ("ä=ö", "ä", "ö"),
            ("a b=c d", "a b", "c d"), ("a=b;;; ;Secure", "a", "b"),
        ])
    func pair(field: String, name: String, value: String) throws {
        let cookie = try #require(SetCookie(field))
        #expect(cookie.name == name && cookie.value == value)
    }

    @Test(
        "what is ignored as a whole",
        arguments: ["", "=", " = ", ";Secure", "a=b\u{0}", "a=\nb", "a=b;\u{7F}", "a\r=b"])
    func ignored(field: String) {
        #expect(SetCookie(field) == nil)
    }

    @Test("a tab is no control character here, and 4,096 bytes are the most")
    func bounds() {
        #expect(SetCookie("a=b\tc")?.value == "b\tc")
        #expect(SetCookie("a=" + String(repeating: "x", count: 4095)) != nil)
        #expect(SetCookie("a=" + String(repeating: "x", count: 4096)) == nil)
        #expect(SetCookie("a=b; Path=/" + String(repeating: "x", count: 1024))?.path == nil)
    }

    @Test("attributes: any case, the last one counts, what is not understood is absent")
    func attributes() throws {
        let cookie = try #require(
            SetCookie(
                "a=b; DOMAIN=x.test; domain = .Example.TEST; path=/x; Path=y; SECURE=no; httponly; SameSite=LAX; Max-Age=5; odd=1"
            ))
        #expect(cookie.domain == "example.test" && cookie.path == nil && cookie.isSecure && cookie.isHTTPOnly)
        #expect(cookie.sameSite == .lax && cookie.maxAge == 5)
        #expect(SetCookie("a=b; SameSite=odd; SameSite")?.sameSite == .unstated)
        #expect(SetCookie("a=b; Domain=x.test; Domain=")?.domain == nil)
        #expect(SetCookie("a=b; Domain=.\u{301}x.test")?.domain == "\u{301}x.test")
    }

    @Test(
        "Max-Age",
        arguments: [
            ("0", 0), ("-1", -1), ("60", 60), ("99999999999999999999", Int64.max), ("-99999999999999999999", Int64.min),
            ("+1", nil), ("1.5", nil), ("", nil), ("-", nil), ("1 2", nil), ("٣", nil),
        ] as [(String, Int64?)])
    func maxAge(value: String, expected: Int64?) {
        #expect(SetCookie("a=b; Max-Age=\(value)")?.maxAge == expected)
    }

    @Test(
        "dates as servers write them (§5.1.1)",
        arguments: [
            ("Wed, 21 Oct 2015 07:28:00 GMT", 1_445_412_480), ("Wednesday, 21-Oct-15 07:28:00 GMT", 1_445_412_480),
            ("Wed Oct 21 07:28:00 2015", 1_445_412_480), ("21 Oct 2015 07:28:00", 1_445_412_480),
            ("2015 Oct 21 7:28:0", 1_445_412_480), ("07:28:00 october 21 15 GMT+02:00", 1_445_412_480),
            ("Thu, 01-Jan-70 00:00:00 GMT", 0), ("Thu, 01-Jan-1970 00:00:00 GMT", 0),
            ("Mon, 01 Jan 69 00:00:00 GMT", 3_124_224_000), ("31 Feb 2015 00:00:00", nil),
            ("21 Oct 1600 00:00:00", nil), ("21 Oct 2015 24:00:00", nil), ("21 Oct 2015 00:00:60", nil),
            ("21 Oct 2015", nil), ("0 Oct 2015 00:00:00", nil), ("123 Oct 2015 00:00:00", nil), ("", nil),
            ("21 Oct 20155 00:00:00", nil), ("21 Oct 2015 1:2", nil), ("21 Xyz 2015 00:00:00", nil),
            ("21 Oct 2015 999:00:00", nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) {
        #expect(CookieDate.parse(text) == seconds.map { Timestamp(secondsSinceEpoch: $0) })
    }
}
