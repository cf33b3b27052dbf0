#if NIO
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// The origin that a credential is checked against and the host that is connected are the same, whatever a URL looks
/// like (threat B3). The recorders are the resolver and the server, not the client.
@Suite(.wire, .timeLimit(.minutes(1)))
struct ConnectedHostTests {
    /// Every combination of odd parts; most are refused.
    static func corpus(port: UInt16) -> [String] {
        let schemes = [
            "http://", "HTTP://", "http:", "http:/", "http:///", "//", "", "http:\\\\", " http://", "ht\ntp://",
        ]
        let users = [
            "", "evil.test@", "user:pw@", "api.test@", "@", "api.test%40", "evil.test\\@", "evil.test#@", "evil.test?@",
        ]
        let hosts = [
            "api.test", "API.Test", "api.test.", "api.test\\.evil.test", "api.test%2eevil.test",
            "api.test\u{0}evil.test",
            "api.test\tevil.test", "api。test", "ａpi.test", "xn--api-test.test", "a_pi.test", "-api.test", "api..test",
            "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1",
            "127.0.0.1.nip.io", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1", "::1",
            "[fe80::1%25lo]",
            "1e100.test", "evil.test/@api.test", "api.test,evil.test", "api.test;evil.test",
        ]
        let ports = [
            ":\(port)", "", ":", ":0\(port)", ":+\(port)", ":\(port)@evil.test", ":\(port)\\@evil.test", ":80:\(port)",
        ]
        let rests = [
            "", "/", "/\\evil.test", "/@evil.test", "?@evil.test/", "#@evil.test/", "//evil.test", "/http://evil.test",
        ]
        var urls: [String] = []
        for (index, scheme) in schemes.enumerated() {
            for user in users where index == 0 || user.isEmpty || user == "evil.test@" {
                for host in hosts {
                    for port in ports {
                        urls.append(scheme + user + host + port + (rests[urls.count % rests.count]))
                    }
                }
            }
        }
        return urls
    }

    /// The plan is a pure function: all that goes to socket, TLS and proxy names the origin's host.
    @Test func everyPlanNamesTheOriginThatWasChecked() throws {
        var accepted = 0
        let proxy = ProxyServer(origin: try Origin("http://proxy.test:3128"))
        for text in Self.corpus(port: 8443).flatMap({ [$0, $0.replacing("http:", with: "https:")] }) {
            guard let url = try? AbsoluteURL(text) else { continue }
            accepted += 1
            let origin = url.origin
            for proxy in [nil, proxy] {
                let identity = ConnectionIdentity(origin: origin, proxy: proxy, certificateGeneration: 0)
                let plan = ConnectPlan(identity)
                let target = proxy?.origin ?? origin
                switch plan.destination {
                case .address(let literal, let port):
                    #expect(IPLiteral(host: target.host) == literal && port == target.port, "\(text)")
                case .name(let name, let port):
                    #expect(name == target.host && port == target.port, "\(text)")
                case .unixSocket: Issue.record("\(text) goes to a Unix socket")
                }
                if origin.scheme == .https {
                    #expect(plan.security?.identity == ServerIdentity(host: origin.host), "\(text)")
                    let asked = ConnectPlan.ConnectRequest(authority: "\(origin.host):\(origin.port)")
                    if proxy != nil { #expect(plan.tunnel == .connect(asked), "\(text)") }
                }
            }
        }
        print("connected host: \(accepted) URLs of the corpus accepted")
        #expect(accepted >= 100)
    }

    @Test func whatIsConnectedIsWhatWasChecked() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } body: { server in
            let asked = Mutex<[String]>([])
            var configuration = NIOTransport.Configuration()
            configuration.dns.lookup = { name in
                asked.withLock { $0.append(name) }
                return ["127.0.0.1"]
            }
            try await withTransport(NIOTransport(configuration)) { (transport) async throws -> Void in
                var checked = 0
                let urls = Set(Self.corpus(port: server.port)).filter { $0.contains(":\(server.port)") }
                for text in urls.sorted() {
                    guard let url = try? AbsoluteURL(text), url.origin.port == server.port else { continue }
                    // An address of this machine that the test's server does not listen on says nothing.
                    guard !url.origin.host.hasPrefix("["), url.origin.host != "0.0.0.0" else { continue }
                    let before = asked.withLock { $0.count }
                    let requests = server.log.requests.count
                    let request = TransportRequest.hostile(url.origin, url.requestTarget)
                    #expect(try await transport.send(request).text == "ok", "\(text)")
                    for name in asked.withLock({ $0[before...] }) {
                        // The dot of the DNS's root changes no name (RFC 1034 §3.1).
                        #expect(
                            name == url.origin.host || name + "." == url.origin.host, "\(text): \(name) was looked up")
                        #expect(!name.contains("evil") || url.origin.host.contains("evil"), "\(text)")
                    }
                    let seen = server.log.requests[requests...]
                    #expect(seen.map { $0.values(of: "Host") } == [[url.origin.authority]], "\(text)")
                    checked += 1
                }
                #expect(checked >= 20, "\(checked) URLs")
                let names = asked.withLock { Set($0) }
                #expect(!names.contains { $0.contains("evil.test") && !$0.hasPrefix("evil") }, "\(names)")
                print("connected host: \(checked) URLs sent, names asked \(names.sorted())")
            }
        }
    }

    /// A head that names another host than the origin must not be believed.
    @Test func theHostOfTheHeadIsNotBelieved() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                var request = TransportRequest.hostile(server.origin)
                request.head.authority = "evil.test"
                request.head.scheme = "https"
                do {
                    _ = try await transport.send(request)
                } catch let failure as TransportFailure {
                    #expect(failure.progress == .nothingSent)
                }
                #expect(server.log.requests.allSatisfy { $0.values(of: "Host") == [server.origin.authority] })
            }
        }
    }
}
#endif
