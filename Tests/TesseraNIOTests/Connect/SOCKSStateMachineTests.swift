#if NIO && SOCKS
import TesseraCore
import Testing

@testable import TesseraNIO

@Suite("SOCKS5, message by message (RFC 1928, RFC 1929)")
struct SOCKSStateMachineTests {
    private static let alice = ProxyAuthorization(user: "alice", password: Secret(bytes: Array("horse".utf8)))
    private static let granted: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    private func machine(
        _ host: ConnectPlan.SOCKSRequest.Host = .name("api.test"), _ authorization: ProxyAuthorization? = nil
    ) -> SOCKSStateMachine {
        SOCKSStateMachine(.init(host: host, port: 443, authorization: authorization))
    }

    @Test("without credentials: greeting, request, reply")
    func plain() {
        var machine = machine()
        #expect(machine.start() == .send([5, 1, 0]))
        let command: [UInt8] = [5, 1, 0, 3, 8] + Array("api.test".utf8) + [1, 0xBB]
        #expect(machine.receive([5, 0]) == .send(command))
        #expect(machine.receive(Self.granted) == .connected)
    }

    @Test("with credentials: the proxy decides whether it wants them")
    func authenticated() {
        var asked = machine(.name("a"), Self.alice)
        #expect(asked.start() == .send([5, 2, 0, 2]))
        let credentials: [UInt8] = [1, 5] + Array("alice".utf8) + [5] + Array("horse".utf8)
        #expect(asked.receive([5, 2]) == .send(credentials))
        #expect(asked.receive([1, 0]) == .send([5, 1, 0, 3, 1, 97, 1, 0xBB]))
        #expect(asked.receive(Self.granted) == .connected)
        var spared = machine(.name("a"), Self.alice)
        _ = spared.start()
        #expect(spared.receive([5, 0]) == .send([5, 1, 0, 3, 1, 97, 1, 0xBB]))
    }

    @Test("addresses go as addresses")
    func addresses() throws {
        let v6: [UInt8] = [4] + [UInt8](repeating: 0, count: 15) + [1]
        let rows: [(String, [UInt8])] = [("192.0.2.7", [1, 192, 0, 2, 7]), ("::1", v6)]
        for (text, address) in rows {
            let command: [UInt8] = [5, 1, 0] + address + [1, 0xBB]
            var machine = machine(.address(try #require(IPLiteral(text))))
            _ = machine.start()
            #expect(machine.receive([5, 0]) == .send(command))
        }
    }

    @Test("the reply may hold an address of any type, and come byte by byte")
    func pieces() {
        let replies: [[UInt8]] = [
            Self.granted, [5, 0, 0, 4] + [UInt8](repeating: 7, count: 18), [5, 0, 0, 3, 0, 1, 2],
            [5, 0, 0, 3, 255] + [UInt8](repeating: 97, count: 257),
        ]
        for reply in replies {
            var machine = machine()
            _ = machine.start()
            #expect(machine.receive([5]) == .wait)
            #expect(machine.receive([]) == .wait)
            _ = machine.receive([0])
            for byte in reply.dropLast() { #expect(machine.receive([byte]) == .wait) }
            #expect(machine.receive(Array(reply.suffix(1))) == .connected, "\(reply)")
        }
    }

    private static let http = Array("HTTP/1.1 400 Bad Request\r\n".utf8)
    private static let early: [UInt8] = [5, 0] + granted
    private static let excess: [UInt8] = granted + [0]
    private static let answered: [UInt8] = granted + http

    /// What a proxy says at each of its turns, the last of which must end it.
    static let refusals: [(turns: [[UInt8]], says: String)] = [
        ([[4, 0]], "does not speak SOCKS5"), ([[0, 0x5A]], "does not speak SOCKS5"),
        ([http], "does not speak SOCKS5"),
        ([[5, 1]], "not offered"), ([[5, 3]], "not offered"), ([[5, 0xFF]], "another authentication"),
        ([[5, 0, 5]], "not asked for"), ([early], "not asked for"), ([[5, 2, 1, 0]], "not asked for"),
        ([[5, 2], [1, 1]], "did not accept the credentials"),
        ([[5, 2], [1, 0xFF]], "did not accept the credentials"),
        ([[5, 2], [5, 0]], "does not speak SOCKS5"), ([[5, 2], [1, 0, 5]], "not asked for"),
        ([[5, 0], [5, 1]], "it failed"), ([[5, 0], [5, 2, 0, 1]], "rules"), ([[5, 0], [5, 3]], "network"),
        ([[5, 0], [5, 4]], "host"), ([[5, 0], [5, 5]], "refused"), ([[5, 0], [5, 6]], "in time"),
        ([[5, 0], [5, 7]], "command"), ([[5, 0], [5, 8]], "address"), ([[5, 0], [5, 200]], "reply 200"),
        ([[5, 0], [4, 0]], "does not speak SOCKS5"), ([[5, 0], [5, 0, 0, 2, 0]], "unknown type"),
        ([[5, 0], excess], "after its reply"), ([[5, 0], answered], "after its reply"),
    ]

    @Test("everything else ends it, for good, and no message holds a credential", arguments: refusals)
    func refused(turns: [[UInt8]], says: String) {
        var machine = machine(.name("api.test"), Self.alice)
        _ = machine.start()
        for turn in turns.dropLast() {
            guard case .send = machine.receive(turn) else {
                Issue.record("an early end at \(turn)")
                return
            }
        }
        guard case .fail(let message) = machine.receive(turns.last ?? []) else {
            Issue.record("no end")
            return
        }
        #expect(message.contains(says), "\(message)")
        #expect(!message.contains("horse") && !message.contains("alice"))
        #expect(machine.receive(Self.granted) == .wait)
    }

    @Test("credentials that were not given are asked for by name, and never made up")
    func missing() {
        for (method, says) in [(UInt8(0xFF), "wants credentials"), (2, "not offered")] {
            var machine = machine()
            _ = machine.start()
            guard case .fail(let message) = machine.receive([5, method]) else {
                Issue.record("no end")
                continue
            }
            #expect(message.contains(says))
        }
    }

    @Test("what the messages cannot carry is refused before a byte is sent")
    func unfit() {
        let long = String(repeating: "a", count: 256)
        func pair(_ user: String, _ password: String) -> ProxyAuthorization {
            ProxyAuthorization(user: user, password: Secret(bytes: Array(password.utf8)))
        }
        for authorization in [pair("", "x"), pair("x", ""), pair(long, "x"), pair("x", long)] {
            var machine = machine(.name("api.test"), authorization)
            guard case .fail(let message) = machine.start() else {
                Issue.record("begun")
                continue
            }
            #expect(message.contains("RFC 1929"))
        }
        for host in [ConnectPlan.SOCKSRequest.Host.name(long), .name(""), .nameToResolve("api.test")] {
            var machine = machine(host)
            guard case .fail = machine.start() else {
                Issue.record("begun")
                continue
            }
        }
        var longest = machine(.name(String(long.dropLast())), pair(String(long.dropLast()), String(long.dropLast())))
        #expect(longest.start() == .send([5, 2, 0, 2]))
    }
}
#endif
