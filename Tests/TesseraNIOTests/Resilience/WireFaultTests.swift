#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// What a session makes of faults on real sockets; the server's log counts what arrived.
@Suite("Faults over sockets", .wire, .timeLimit(.minutes(2)))
struct WireFaultTests {
    enum Fault: String, CaseIterable, Sendable {
        case resetAtOnce, closedAtOnce, resetInTheHead, resetAfterBytes, halfBody, cutChunks, drip, silence
        case twoLengths, garbage, tooLongALength, duplicateField, lateExtraBytes

        /// Whether a second attempt is worth anything.
        var passes: Bool {
            switch self {
            case .resetAtOnce, .closedAtOnce, .resetInTheHead, .resetAfterBytes, .halfBody, .cutChunks, .drip, .silence,
                .tooLongALength:
                true
            case .twoLengths, .garbage, .duplicateField, .lateExtraBytes: false
            }
        }

        /// The code of the error when nothing is repeated; nil when there is an answer.
        var code: TesseraError.Code? {
            switch self {
            case .drip, .silence: .timeout
            case .twoLengths, .garbage: .protocolViolation
            case .duplicateField, .lateExtraBytes: nil
            default: .connection
            }
        }

        /// Which bound on time ends it.
        var timeLimit: TesseraError.TimeLimit? {
            switch self {
            case .drip: .body
            case .silence: .head
            default: nil
            }
        }

        func commit(_ connection: RawConnection) throws {
            let ok = "HTTP/1.1 200 OK\r\n"
            switch self {
            case .resetAtOnce: connection.reset()
            case .closedAtOnce: break
            case .resetInTheHead:
                try connection.write("HTTP/1.1 200 O")
                try connection.pause(.milliseconds(20))
                connection.reset()
            case .resetAfterBytes:
                try connection.write("\(ok)Content-Length: 4000\r\n\r\n" + String(repeating: "x", count: 1500))
                try connection.pause(.milliseconds(20))
                connection.reset()
            case .halfBody: try connection.write("\(ok)Content-Length: 10\r\n\r\nhalf.")
            case .cutChunks: try connection.write("\(ok)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            case .drip:
                try connection.write("\(ok)Content-Length: 1000\r\n\r\n")
                try connection.write(String(repeating: "x", count: 999), inPiecesOf: 1, every: .milliseconds(50))
            case .silence: _ = try connection.waitForClose(within: .seconds(4))
            case .twoLengths: try connection.write("\(ok)Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi")
            case .garbage: try connection.write("SSH-2.0-OpenSSH_9.6\r\n\r\n")
            case .tooLongALength: try connection.write("\(ok)Content-Length: 5\r\n\r\nhi")
            case .duplicateField: try connection.write("\(ok)X-Twice: a\r\nX-Twice: b\r\nContent-Length: 2\r\n\r\nok")
            case .lateExtraBytes: try connection.write("\(ok)Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n")
            }
        }
    }

    private static func script(_ fault: Fault) -> @Sendable (RawConnection) throws -> Void {
        { connection in
            guard connection.number == 0 else {
                while try connection.readRequest() != nil {
                    try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                }
                return
            }
            guard try connection.readRequest() != nil else { return }
            try fault.commit(connection)
        }
    }

    private static func session(_ server: RawServer, _ transport: any Transport) throws -> Session {
        try Session("\(server.origin)", transport: transport) {
            $0.proxy = .none
            $0.retry.backoff = Backoff(initial: .milliseconds(5))
            $0.timeouts = Timeouts(
                connect: .seconds(1), attempt: .milliseconds(400), idle: .seconds(2), total: .seconds(8))
        }
    }

    @Test("GET is asked again, POST is not, POST with a key is, with the same key", arguments: Fault.allCases)
    func methods(fault: Fault) async throws {
        for (method, key) in [(HTTPRequest.Method.get, nil), (.post, nil), (.post, "key-1")]
            as [(HTTPRequest.Method, String?)]
        {
            try await RawServer.withRunning(Self.script(fault)) { server in
                let transport = try NIOTransport()
                let api = try Self.session(server, transport)
                let call = CallRequest(
                    method, "/x", method == .post ? .text("work") : .none,
                    idempotencyKey: key.map { .key($0) })
                var caught: TesseraError?
                var text: String?
                do { text = try await api.send(call).text } catch let error as TesseraError { caught = error }
                let sent = server.log.requests
                let mayRepeat = fault.passes && (method == .get || key != nil)
                #expect(sent.count == (mayRepeat ? 2 : 1), "\(method) \(key ?? "-"): \(String(describing: caught))")
                if mayRepeat || fault.code == nil {
                    #expect(text == "ok")
                } else {
                    #expect(caught?.code == fault.code, "\(String(describing: caught))")
                    #expect(caught?.timeLimit == fault.timeLimit)
                }
                if key != nil {
                    #expect(sent.allSatisfy { $0.values(of: "idempotency-key") == ["key-1"] })
                }
                await transport.shutdown()
            }
        }
    }

    @Test("nobody listens: POST is tried again, since nothing was sent")
    func refused() async throws {
        let transport = try NIOTransport()
        let api = try Session("http://127.0.0.1:\(RawServer.closedPort())", transport: transport) {
            $0.proxy = .none
            $0.retry.backoff = Backoff(initial: .milliseconds(5))
        }
        let error = await #expect(throws: TesseraError.self) { try await api.post("/x", .text("work")) }
        #expect(error?.code == .connection && error?.history.count == 3)
        await transport.shutdown()
    }

    @Test("a name that does not exist says so, and is looked up again")
    func unknownName() async throws {
        let transport = try NIOTransport()
        let api = try Session("http://no-such-host.invalid", transport: transport) {
            $0.proxy = .none
            $0.retry.backoff = Backoff(initial: .milliseconds(5))
        }
        let error = await #expect(throws: TesseraError.self) { try await api.post("/x") }
        #expect(error?.code == .connection && error?.history.count == 3)
        #expect((error?.underlying as? TransportFailure)?.phase == .resolve)
        await transport.shutdown()
    }

    @Test("a proxy that is not there, and one that refuses")
    func proxies() async throws {
        let transport = try NIOTransport()
        for (script, code) in [
            ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", TesseraError.Code.proxy),
            ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", .proxy),
        ] {
            try await RawServer.withRunning({ connection in
                guard try connection.readHead() != nil else { return }
                try connection.write(script)
            }) { server in
                let api = try Session("https://api.test", transport: transport) {
                    $0.proxy = .server(ProxyServer(origin: server.origin))
                    $0.retry.backoff = Backoff(initial: .milliseconds(5))
                }
                let error = await #expect(throws: TesseraError.self) { try await api.get("/x") }
                #expect(error?.code == code && error?.history.decisions == [.gaveUp(.notRetryable)])
                #expect(server.log.connections == 1)
            }
        }
        await transport.shutdown()
    }
}

extension CallHistory {
    fileprivate var decisions: [Decision] { attempts.map(\.decision) }
}
#endif
