import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Origin and AbsoluteURL")
struct OriginTests {
    @Test(
        "reads one way only, and in one normal form",
        arguments: [
            ("https://api.example.com", "https://api.example.com"),
            ("HTTPS://API.Example.COM/", "https://api.example.com"),
            ("https://example.com:443/x?y#z", "https://example.com"),
            ("http://example.com:80", "http://example.com"), ("https://example.com:80", "https://example.com:80"),
            ("http://example.com:443", "http://example.com:443"),
            ("https://example.com:65535", "https://example.com:65535"),
            ("https://example.com:1", "https://example.com:1"), ("https://example.com:", "https://example.com"),
            ("https://192.0.2.1:8443", "https://192.0.2.1:8443"), ("https://[2001:DB8::0:1]", "https://[2001:db8::1]"),
            ("https://[2001:db8:0:0:0:0:0:1]:444", "https://[2001:db8::1]:444"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://a_b.example", "https://a_b.example"), ("https://example.com.", "https://example.com."),
            ("https://1e100.net", "https://1e100.net"),
        ])
    func accepted(url: String, serialized: String) throws {
        #expect(try Origin(url).description == serialized)
    }

    @Test(
        "refuses what parsers disagree on (threat B3)",
        arguments: [
            "", " ", "example.com", "//example.com", "/x", "https:", "https:example.com", "https:/example.com",
            "https://", "https:///", "https://?x", "https://#x", "https://:443", "https://.", "https://..",
            "https://a..b", "https://.a", "https://a.example\\@evil.example/", "https://a.example@evil.example/",
            "https://user:pw@example.com/", "https://@example.com", "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:00443", "https://example.com:0443", "https://example.com:+443",
            "https://example.com:-1", "https://example.com:44 3", "https://example.com:4x3",
            "https://example.com:443:443", "https://example.com:99999999999999999999", "https://exa mple.com",
            "https://exa\tmple.com", "https://exa\nmple.com", "https://exa\r\nmple.com", "https://exa\u{0}mple.com",
            "\thttps://example.com", " https://example.com", "https://example.com\n", "https://bücher.example",
            "https://b%C3%BCcher.example", "https://ex%61mple.com", "https://example.com%2eevil.org",
            "https://a,b.example", "https://a|b", "https://<a>", "https://[::1", "https://::1]", "https://[::1]x",
            "https://[::1]x:80", "https://[fe80::1%25eth0]", "https://[1.2.3.4]", "https://[]", "https://[:::1]",
            "https://[::g]", "https://2130706433", "https://127.1", "https://127.0.1", "https://0x7f.0.0.1",
            "https://0x7f000001", "https://0177.0.0.1", "https://127.0.0.01", "https://1.2.3.4.5", "https://1.2.3.256",
            "https://1.2.3.4.", "https://1.2.3", "https://a.0x1", "https://ⅠⅡ.example", "https://１２７.0.0.1",
            "https://example。com", "ftp://example.com", "ws://example.com", "javascript:alert(1)", "httpss://a",
            "https\u{0}://a", "https://a/%zz", "https://a/%", "https://a/%4", "https://a/\\b", "https://a/ b",
        ])
    func refused(url: String) {
        let error = #expect(throws: TesseraError.self) { try AbsoluteURL(url) }
        #expect(error?.code == .invalidURL)
    }

    @Test("a URL is accepted up to 16 KB and refused above, without being echoed")
    func length() throws {
        let start = "https://a.example/"
        let longest = start + String(repeating: "x", count: AbsoluteURL.longest - start.utf8.count)
        #expect(try AbsoluteURL(longest).path.utf8.count == longest.utf8.count - 17)
        let error = #expect(throws: TesseraError.self) { try AbsoluteURL(longest + "x") }
        #expect((error?.description.utf8.count ?? 0) < 300)
    }

    @Test("what counts is the URL that is sent: encoded, and with the path that a reference is resolved against")
    func sentLength() throws {
        #expect(throws: TesseraError.self) {
            try AbsoluteURL("https://a.example/" + String(repeating: "ü", count: 3_000))
        }
        let segment = String(repeating: "x", count: 9_000)
        let base = try AbsoluteURL("https://a.example/\(segment)/")
        #expect(throws: TesseraError.self) { try base.resolving(segment) }
    }

    @Test("a host is accepted up to 253 bytes with labels of up to 63")
    func hostLength() {
        let label = String(repeating: "a", count: 63)
        #expect(Origin(scheme: .https, host: "\(label).example") != nil)
        #expect(Origin(scheme: .https, host: "\(label)a.example") == nil)
        let long = [label, label, label, String(repeating: "b", count: 61)].joined(separator: ".")
        #expect(long.utf8.count == 253)
        #expect(Origin(scheme: .https, host: long) != nil)
        #expect(Origin(scheme: .https, host: "c" + long) == nil)
    }

    @Test(
        "the exemption for loopback is decided on the literal alone (threat B2)",
        arguments: [
            ("http://127.0.0.1", true), ("http://127.0.0.1:8080", true), ("http://127.255.255.254", true),
            ("http://[::1]", true), ("http://[0:0:0:0:0:0:0:1]:8080", true), ("http://localhost", true),
            ("http://LOCALHOST:3000", true), ("https://localhost", true), ("http://localhost.", false),
            ("http://localhost.localdomain", false), ("http://sub.localhost", false),
            ("http://127.0.0.1.nip.io", false), ("http://127.example", false), ("http://localhost.evil.example", false),
            ("http://[::ffff:127.0.0.1]", false), ("http://[::127.0.0.1]", false), ("http://0.0.0.0", false),
            ("http://[::]", false), ("http://[::2]", false), ("http://128.0.0.1", false), ("http://10.0.0.1", false),
            ("http://169.254.169.254", false), ("http://notlocalhost", false), ("http://xn--localhost-1", false),
        ])
    func loopback(url: String, expected: Bool) throws {
        let origin = try Origin(url)
        #expect(origin.isLoopback == expected)
        #expect(origin.mayCarryCredentialsInClear == (expected && origin.scheme == .http))
    }

    @Test("the failable initializer holds to the same rules")
    func parts() {
        #expect(Origin(scheme: .https, host: "EXAMPLE.com")?.description == "https://example.com")
        #expect(Origin(scheme: .http, host: "example.com", port: 80) == Origin(scheme: .http, host: "example.com"))
        #expect(Origin(scheme: .https, host: "example.com", port: 0) == nil)
        #expect(Origin(scheme: .https, host: "example.com/x") == nil)
        #expect(Origin(scheme: .https, host: "a@b") == nil)
        #expect(Origin(scheme: .https, host: "::1") == nil)
        #expect(Origin(scheme: .https, host: "") == nil)
    }

    @Test("survives encoding, and a hostile encoded form is refused")
    func codable() throws {
        let coding = JSONCoding()
        let origins = try [Origin("https://example.com:8443"), Origin("http://[::1]:1")]
        #expect(try coding.decode([Origin].self, from: coding.encode(origins)) == origins)
        #expect(throws: (any Error).self) {
            try coding.decode([Origin].self, from: Array(#"["https://a\\@evil.example"]"#.utf8))
        }
    }

    @Test("errors about a URL never repeat its text")
    func errors() {
        for url in ["https://user:pass-word-41@a.example", "https://a.example/%zz?key=pass-word-41"] {
            let error = #expect(throws: TesseraError.self) { try AbsoluteURL(url) }
            #expect(error?.description.contains("pass-word-41") == false)
        }
    }

    @Test("whatever is accepted is read the same way again (2,000 random URLs)")
    func property() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("ahtps:/?#[]@\\.0127x%-_ \t\u{0}é".unicodeScalars)
        for _ in 0..<2000 {
            var text = Bool.random(using: &random) ? "https://" : "http://h"
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                if let scalar = alphabet.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            guard let url = try? AbsoluteURL(text) else { continue }
            #expect((try? AbsoluteURL(url.description)) == url, "seed \(seed): \(text.debugDescription)")
            #expect(!url.description.utf8.contains { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x5C }, "seed \(seed)")
            #expect(!url.origin.description.contains("@"), "seed \(seed): \(text.debugDescription)")
        }
    }
}
