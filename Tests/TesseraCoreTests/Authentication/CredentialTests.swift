import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("Credentials")
struct CredentialTests {
    private static func dumped(_ value: Any) -> String {
        var text = "\(value) \(String(reflecting: value)) "
        dump(value, to: &text)
        return text
    }

    @Test(
        "a bearer token is refused, not repaired",
        arguments: [
            "", " ", "a b", "abc\n", "\nabc", "abc\r\nHost: evil", "a\tb", "a\u{0}b", "\"abc\"", "a,b", "tökén",
            "Bearer abc",
            "abc ", "\u{FEFF}abc", "a\u{7F}b",
        ])
    func malformedBearer(token: String) {
        let error = #expect(throws: TesseraError.self) { try Credential.bearer(.fixture(token)) }
        #expect(error?.code == .malformedCredential)
        #expect(token.count < 3 || error?.description.contains(token) == false)
    }

    @Test(
        "what b64token allows, and the marks in use beside it",
        arguments: [
            "abc", "a-b._~+/c==", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "1|abcdef", "id:secret", "{a}", "a=b",
        ])
    func bearer(token: String) throws {
        let fields = try Credential.bearer(.fixture(token)).fields
        #expect(fields.exposed.map(\.value) == ["Bearer \(token)"])
        #expect(fields.exposed.allSatisfy { $0.indexingStrategy == .disallow })
        #expect(fields.names == [.authorization])
    }

    @Test("Basic is encoded as RFC 7617 says")
    func basic() throws {
        let known = try Credential.basic(user: "Aladdin", password: .fixture("open sesame"))
        #expect(known.fields.exposed.map(\.value) == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
        let unicode = try Credential.basic(user: "test", password: .fixture("123£"))
        #expect(unicode.fields.exposed.map(\.value) == ["Basic dGVzdDoxMjPCow=="])
        #expect(throws: Never.self) { try Credential.basic(user: "", password: .fixture("")) }
    }

    @Test(
        "Basic refuses what RFC 7617 §2 forbids",
        arguments: [("a:b", "x"), ("a\n", "x"), ("a", "x\r\n"), ("a", "\u{0}")])
    func malformedBasic(user: String, password: String) {
        let error = #expect(throws: TesseraError.self) {
            try Credential.basic(user: user, password: .fixture(password))
        }
        #expect(error?.code == .malformedCredential)
    }

    @Test(
        "an API key is refused, not repaired",
        arguments: ["", "abc\n", " abc", "abc ", "a\r\nb", "a\u{0}", "\tabc", "abc\t"])
    func malformedKey(key: String) throws {
        let name = try #require(HTTPField.Name("X-Api-Key"))
        let error = #expect(throws: TesseraError.self) { try Credential.header(name, .fixture(key)) }
        #expect(error?.code == .malformedCredential)
    }

    @Test("no way of printing shows the secret (invariant 1)")
    func printing() throws {
        let canary = Canary()
        let name = try #require(HTTPField.Name("X-Api-Key"))
        let values: [Any] = try [
            Credential.bearer(canary.secret), Credential.header(name, canary.secret),
            Credential.basic(user: "ada", password: canary.secret), Credential.bearer(canary.secret).fields,
            AccessToken(canary.secret), StaticAuthenticator.bearer(canary.secret),
            StaticAuthenticator.basic(user: "ada", password: canary.secret), canary.secret, [canary.secret],
            ["k": canary.secret], Optional(canary.secret) as Any,
            ProxyAuthorization(user: "a", password: canary.secret),
            CallRequest(.get, "/x", auth: .use(.bearer(canary.secret))),
            Session("https://api.test", auth: .bearer(canary.secret), transport: MockTransport()),
            Session("https://api.test", auth: .bearer(canary.secret), transport: MockTransport()).configuration,
            AuthenticationOverride.use(.bearer(canary.secret)),
        ]
        for value in values { #expect(canary.leak(in: Self.dumped(value)) == nil, "\(type(of: value))") }
    }

    @Test(
        "a path prefix is held by whole segments, and by paths that all servers read alike (threat B10)",
        arguments: [
            ("/tenant-a", true), ("/tenant-a/", true), ("/tenant-a/x", true), ("/tenant-a?x", true),
            ("/tenant-a/x?y=/..", true),
            ("/", false), ("/tenant", false), ("/tenant-ab", false), ("/tenant-b/x", false), ("/x/tenant-a", false),
            ("/tenant-a/../tenant-b", false), ("/tenant-a/%2e%2e/tenant-b", false), ("/tenant-a/.%2E/tenant-b", false),
            ("/tenant-a%2fx", false), ("/tenant-a/..%2ftenant-b", false), ("/tenant-a/..%5Ctenant-b", false),
            ("//tenant-a/x", false), ("/tenant-a//x", false), ("/TENANT-A/x", false), ("/tenant-a/..;/tenant-b", false),
            ("/tenant-a/..;x=1/tenant-b", false), ("/tenant-a/.;/x", false), ("/tenant%2da/x", false),
        ])
    func pathPrefix(target: String, isInside: Bool) throws {
        let set = try OriginSet("https://api.host/tenant-a/")
        #expect(try set.contains(Origin("https://api.host"), target: target) == isInside)
        #expect(try !set.contains(Origin("https://other.host"), target: target))
        #expect(try !set.contains(Origin("https://api.host:444"), target: target))
    }

    @Test("a union holds both, a set without a path holds the whole origin")
    func union() throws {
        let both = try OriginSet("https://a.test/x").union(OriginSet(Origin("https://b.test")))
        #expect(try both.contains(Origin("https://a.test"), target: "/x"))
        #expect(try !both.contains(Origin("https://a.test"), target: "/y"))
        #expect(try both.contains(Origin("https://b.test"), target: "/a/%2e%2e//%2f"))
        #expect(try !OriginSet().contains(Origin("https://a.test"), target: "/"))
    }
}
