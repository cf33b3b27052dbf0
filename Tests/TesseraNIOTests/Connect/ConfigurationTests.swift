#if NIO
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("Settings of the transport")
struct ConfigurationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout NIOTransport.Configuration) -> Void
    }

    static let wrong = [
        Row(testDescription: "connectionsPerOrigin") { $0.connectionsPerOrigin = 0 },
        Row(testDescription: "longestQueue") { $0.longestQueue = -1 },
        Row(testDescription: "idleTime") { $0.idleTime = .zero },
        Row(testDescription: "idleTime") { $0.idleTime = .seconds(Int64.max) },
        Row(testDescription: "maximumAge") { $0.maximumAge = .seconds(-1) },
        Row(testDescription: "unixSocketPath") { $0.unixSocketPath = "" },
        Row(testDescription: "unixSocketPath") { $0.unixSocketPath = "/" + String(repeating: "a", count: 200) },
        Row(testDescription: "unixSocketPath") { $0.unixSocketPath = "/a\0b" },
        Row(testDescription: "dns.addresses") { $0.dns.addresses = ["api.test": []] },
        Row(testDescription: "dns.addresses") { $0.dns.addresses = ["api.test": ["localhost"]] },
        Row(testDescription: "dns.addresses") { $0.dns.addresses = ["127.0.0.1": ["127.0.0.1"]] },
        Row(testDescription: "dns.addresses") { $0.dns.addresses = ["a b": ["127.0.0.1"]] },
        Row(testDescription: "tls.serverName") { $0.tls.serverName = "127.0.0.1" },
        Row(testDescription: "tls.serverName") { $0.tls.serverName = "a/b" },
        Row(testDescription: "trust roots") { $0.tls.trustRoots = .pemFile("/nowhere/ca.pem") },
        Row(testDescription: "trust roots") { $0.tls.trustRoots = .pem([]) },
        Row(testDescription: "trust roots") { $0.tls.trustRoots = .pem(Array("no certificate".utf8)) },
        Row(testDescription: "trust roots") { $0.tls.trustRoots = .systemAndPEM([]) },
        Row(testDescription: "trust roots") { $0.tls.trustRoots = .systemAndPEMFile("/dev/zero") },
    ]

    @Test("what cannot be right is refused when the transport is made, by its name", arguments: wrong)
    func refuses(row: Row) {
        var configuration = NIOTransport.Configuration()
        row.change(&configuration)
        do throws(TesseraError) {
            _ = try Connector(configuration)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .misconfigured)
            #expect(error.message.contains(row.testDescription), "\(error)")
            #expect(error.remedy != nil)
        }
    }

    @Test("the settings as they come are right")
    func standard() throws {
        let connector = try Connector(NIOTransport.Configuration())
        let secured = try Origin("https://api.test")
        let proxy = ProxyServer(origin: try Origin("http://p:1"))
        #expect(connector.identity(for: secured, proxy: nil) == connector.identity(for: secured, proxy: nil))
        #expect(connector.identity(for: secured, proxy: nil) != connector.identity(for: secured, proxy: proxy))
    }
}
#endif
