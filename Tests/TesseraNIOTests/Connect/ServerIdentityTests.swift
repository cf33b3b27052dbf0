#if NIO
import Testing

@testable import TesseraNIO

@Suite("Whom a certificate names (RFC 9525)")
struct ServerIdentityTests {
    @Test(
        "names",
        arguments: [
            ("api.test", "api.test", true), ("API.test", "api.test", true), ("api.test.", "api.test", true),
            ("api.test", "api2.test", false), ("test", "api.test", false), ("*.test", "api.test", true),
            ("*.TEST", "api.test", true), ("*.test", "a.api.test", false), ("*.test", "test", false),
            ("*.test", ".test", false), ("a*.test", "api.test", false), ("*i.test", "api.test", false),
            ("*", "test", false), ("*.", "test", false), ("*.*.test", "a.b.test", false), ("api.*", "api.test", false),
            ("*.api.test", "x.api.test", true), ("", "api.test", false), ("api.test", "", false),
            ("*.test", "xn--bcher-kva.test", true), ("api.test\0.evil", "api.test", false), (".", "api.test", false),
        ])
    func names(pattern: String, name: String, matches: Bool) {
        #expect(ServerIdentity.matches(pattern: Array(pattern.utf8), name: Array(name.utf8)) == matches)
    }

    @Test("a name is no address and an address no name")
    func kinds() {
        let name = ServerIdentity(host: "API.test.")
        #expect(name == .name("api.test"))
        #expect(!name.isNamed(dnsNames: [], addresses: [[127, 0, 0, 1]]))
        let address = ServerIdentity(host: "[::1]")
        #expect(address.serverName == nil)
        #expect(address.isNamed(dnsNames: [], addresses: [[UInt8](repeating: 0, count: 15) + [1]]))
        #expect(!address.isNamed(dnsNames: [Array("::1".utf8)], addresses: [[127, 0, 0, 1], []]))
    }

    @Test(
        "IP literals are what they are",
        arguments: [
            ("127.0.0.1", true), ("127.1", false), ("2130706433", false), ("::1", true), ("[::1]", false),
            ("localhost", false), ("", false), ("127.0.0.1\0", false), ("::ffff:127.0.0.1", true),
            ("fe80::1%lo", false),
            ("0177.0.0.1", false), (" 127.0.0.1", false),
        ])
    func literals(text: String, isLiteral: Bool) {
        #expect((IPLiteral(text) != nil) == isLiteral)
    }

    @Test(
        "loopback addresses",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.254", true), ("128.0.0.1", false), ("0.0.0.0", false), ("::1", true),
            ("::", false), ("::ffff:127.0.0.1", false), ("1::1", false), ("10.127.0.1", false),
        ])
    func loopback(text: String, isLoopback: Bool) {
        #expect(IPLiteral(text)?.isLoopback == isLoopback)
    }
}
#endif
