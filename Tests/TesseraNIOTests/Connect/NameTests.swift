#if NIO
import NIOCore
import NIOPosix
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

@Suite("Names and addresses", .wire)
struct NameTests {
    @Test(
        "a name of the fixed list goes to its address, whatever its case or last dot",
        arguments: [
            "api.test", "API.test", "api.test.",
        ])
    func fixed(key: String) async throws {
        try await GreetingServer.withRunning { server in
            let outcome = try await Connecting.outcome("http://api.test:\(server.port)") {
                $0.dns.addresses = [key: ["127.0.0.1"]]
                $0.dns.lookup = { _ in throw ChannelError.eof }
            }
            #expect(outcome.greeting == "hello clear")
        }
    }

    @Test("other names are looked up by the closure, and by the system if it answers nil")
    func lookup() async throws {
        try await GreetingServer.withRunning { server in
            let found = try await Connecting.outcome("http://api.test.:\(server.port)") {
                $0.dns.lookup = { $0 == "api.test" ? ["::1", "127.0.0.1"] : nil }
            }
            #expect(found.greeting == "hello clear")
            let asked = try await Connecting.outcome("http://localhost:\(server.port)") {
                $0.dns.lookup = { _ in nil }
            }
            #expect(asked.greeting == "hello clear")
        }
    }

    @Test("an address that does not answer is passed over in time, as is a refused one")
    func happyEyeballs() async throws {
        try await GreetingServer.withRunning { server in
            try await SilentAddress.withRunning("127.0.0.9", port: server.port) {
                for first in ["127.0.0.9", "127.0.0.8"] {
                    let start = ContinuousClock.now
                    let outcome = try await Connecting.outcome("http://api.test:\(server.port)") {
                        $0.dns.addresses = ["api.test": [first, "127.0.0.1"]]
                    }
                    #expect(outcome.greeting == "hello clear")
                    // NIO goes on after 250 ms (RFC 8305 §5); the rest is for a machine that is busy with other tests.
                    let duration = ContinuousClock.now - start
                    print("connected past \(first) in \(duration)")
                    #expect(duration < .seconds(3))
                }
                let failure = try await Connecting.failure(
                    "http://api.test:\(server.port)", timeout: .milliseconds(300)
                ) { $0.dns.addresses = ["api.test": ["127.0.0.9"]] }
                #expect(failure.kind == .timeout)
                #expect(failure.phase == .connect)
            }
        }
    }

    struct Lookup: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var addresses: @Sendable () throws -> [String]?
    }

    @Test(
        "what cannot be resolved fails in that phase",
        arguments: [
            Lookup(testDescription: "no address") { [] },
            Lookup(testDescription: "a name") { ["localhost"] },
            Lookup(testDescription: "a number in disguise") { ["127.1"] },
            Lookup(testDescription: "an error") { throw ChannelError.eof },
            Lookup(testDescription: "the system does not know it") { nil },
        ])
    func unresolvable(lookup: Lookup) async throws {
        let failure = try await Connecting.failure("http://nobody.invalid") {
            $0.dns.lookup = { _ in try lookup.addresses() }
        }
        #expect(failure.kind == .unreachable)
        #expect(failure.phase == .resolve)
    }

    @Test("a lookup that does not end is a timeout of its phase, and is cancelled")
    func endlessLookup() async throws {
        let failure = try await confirmation("cancelled") { cancelled in
            let failure = try await Connecting.failure("http://api.test", timeout: .milliseconds(100)) {
                $0.dns.lookup = { _ in
                    try? await Task.sleep(for: .seconds(30))
                    if Task.isCancelled { cancelled() }
                    return []
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            return failure
        }
        #expect(failure.kind == .timeout)
        #expect(failure.phase == .resolve)
    }

    @Test("nobody listening is said so")
    func refused() async throws {
        let port = try RawServer.closedPort()
        for url in ["http://127.0.0.1:\(port)", "http://localhost:\(port)", "https://127.0.0.1:\(port)"] {
            let failure = try await Connecting.failure(url)
            #expect(failure.kind == .unreachable)
            #expect(failure.phase == .connect)
            #expect(failure.message.contains("connection refused"), "\(failure)")
        }
    }

    @Test("localhost that leads elsewhere is refused before anything is sent")
    func localhostElsewhere() async throws {
        let elsewhere = try #require(OtherAddress.ofThisMachine(), "this machine has loopback addresses only")
        try await GreetingServer.withRunning(on: elsewhere) { server in
            let failure = try await Connecting.failure("http://localhost:\(server.port)") {
                $0.dns.addresses = ["localhost": [elsewhere]]
            }
            #expect(failure.kind == .unreachable)
            #expect(failure.phase == .connect)
            #expect(failure.message.contains("not this machine's"), "\(failure)")
            // Another name may lead there: it is not exempt from anything.
            let outcome = try await Connecting.outcome("http://api.test:\(server.port)") {
                $0.dns.addresses = ["api.test": [elsewhere]]
            }
            #expect(outcome.greeting == "hello clear")
        }
    }

    @Test("no time at all is a timeout at once")
    func passed() async throws {
        let connector = try Connector(NIOTransport.Configuration())
        let identity = connector.identity(for: try Origin("http://127.0.0.1:1"), proxy: nil)
        for limit in [TimeAmount.nanoseconds(0), .nanoseconds(-1), .nanoseconds(.min)] {
            let failure = await #expect(throws: TransportFailure.self) {
                _ = try await connector.connect(
                    identity, within: limit, on: NIOSingletons.posixEventLoopGroup.next(),
                    install: { $0.usesAbsoluteForm }
                ).result.get()
            }
            #expect(failure?.kind == .timeout)
        }
    }
}
#endif
