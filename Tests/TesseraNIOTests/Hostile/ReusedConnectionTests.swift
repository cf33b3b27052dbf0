#if NIO
import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Connections that carry one request after the other, and servers that close or spoil them in between.
@Suite(.wire, .timeLimit(.minutes(1)))
struct ReusedConnectionTests {
    /// Bytes behind an answer, in the same read, while somebody waits for the connection: they came before his request
    /// was sent, so that they cannot be its answer (response splitting).
    @Test(arguments: [1, 20])
    func bytesBehindAnAnswerAreNotTheWaitersAnswer(waiters: Int) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                guard request.target == "/split" else {
                    try connection.write(RawServer.ok)
                    continue
                }
                try connection.waitForSignal()
                try connection.write(RawServer.ok + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
                _ = try connection.waitForClose(within: .seconds(2))
                return
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 1 }) {
                (transport) async throws -> Void in
                let split = Task { try await transport.send(.hostile(server.origin, "/split")) }
                _ = await server.wait { $0.requests.count == 1 }
                let tasks = (0..<waiters).map { number in
                    Task { try await transport.send(.hostile(server.origin, "/\(number)")) }
                }
                try await Task.sleep(for: .milliseconds(100))
                server.signal()
                _ = try? await split.value
                for task in tasks {
                    do {
                        let text = try await task.value.text
                        #expect(text == "ok")
                    } catch let failure as TransportFailure {
                        #expect([.disconnected, .protocolViolation].contains(failure.kind), "\(failure)")
                    }
                }
            }
        }
    }

    /// The server has read the first copy of a request that is sent once more; whatever becomes of the second one, it
    /// is not true any more that nothing was sent.
    @Test(arguments: [true, false])
    func aReplacedRequestThatThenFailsWasSent(isCancelled: Bool) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest(), request.target == "/first" {
                try connection.write(RawServer.ok)
            }
        } body: { server in
            let lookups = Counter()
            let transport = try NIOTransport.configured {
                $0.dns.lookup = { _ in
                    lookups.add()
                    // The way to the second connection takes for ever.
                    if lookups.count > 1 { try await Task.sleep(for: .seconds(20)) }
                    return ["127.0.0.1"]
                }
            }
            try await withTransport(transport) { (transport) async throws -> Void in
                let origin = try #require(Origin(scheme: .http, host: "api.test", port: server.port))
                #expect(try await transport.send(.hostile(origin, "/first")).text == "ok")
                let task = Task {
                    try await transport.send(
                        .hostile(origin, "/second", within: isCancelled ? .seconds(10) : .milliseconds(500)))
                }
                _ = await server.wait { $0.requests.count == 2 }
                try await Task.sleep(for: .milliseconds(200))
                if isCancelled { task.cancel() }
                let failure = try await failure(within: .seconds(3)) { try await task.value }
                #expect(failure.kind == (isCancelled ? .cancelled : .timeout), "\(failure)")
                #expect(failure.progress.isSent, "\(failure.progress), and the server has read it")
                #expect(server.log.requests.map(\.target) == ["/first", "/second"])
            }
        }
    }

    /// A connection may close between the moment at which it is lent and that at which the request gets to its loop;
    /// such a request was lost without an end.
    @Test func everyRequestEndsWhileConnectionsAreClosedUnderneath() async throws {
        try await RawServer.withRunning { connection in
            // Answers once and closes without a word.
            guard try connection.readRequest() != nil else { return }
            try connection.write(RawServer.ok)
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 8 }) {
                (transport) async throws -> Void in
                let start = ContinuousClock.now
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lane in 0..<8 {
                        group.addTask {
                            for number in 0..<60 {
                                let request = TransportRequest.hostile(
                                    server.origin, "/\(lane)/\(number)", within: .seconds(5))
                                do {
                                    _ = try await transport.send(request)
                                } catch let failure as TransportFailure {
                                    #expect(failure.kind == .disconnected, "\(failure)")
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(ContinuousClock.now - start < .seconds(20))
            }
        }
    }

    /// RFC 9112 §9.3.1: the GET of a kept connection that was closed is sent once more, silently.
    @Test(arguments: [HTTPRequest.Method.get, .head, .options])
    func aKeptConnectionThatTheServerGaveUpIsReplaced(method: HTTPRequest.Method) async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                guard request.target == "/second", connection.number == 0 else {
                    try connection.write(request.method == "HEAD" ? "HTTP/1.1 200 OK\r\n\r\n" : RawServer.ok)
                    continue
                }
                return
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                _ = try await transport.send(.hostile(server.origin, "/first"))
                let reply = try await transport.send(.hostile(server.origin, "/second", method: method))
                #expect(reply.head.status.code == 200)
                #expect(server.log.requests.map(\.target) == ["/first", "/second", "/second"])
                #expect(server.log.requests.map(\.connection) == [0, 0, 1])
            }
        }
    }

    /// Even where many kept connections are stale: the one replacement is a fresh connection.
    @Test func theReplacementIsANewConnectionAndNotAnotherOldOne() async throws {
        try await RawServer.withRunning { connection in
            var isOld = false
            while let request = try connection.readRequest() {
                guard request.target != "/second" || !isOld else { return }
                if request.target == "/first" { try connection.pause(.milliseconds(100)) }
                try connection.write(RawServer.ok)
                isOld = true
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask { _ = try await transport.send(.hostile(server.origin, "/first")) }
                    }
                    try await group.waitForAll()
                }
                #expect(server.log.connections >= 2)
                #expect(try await transport.send(.hostile(server.origin, "/second")).text == "ok")
                #expect(server.log.requests.count { $0.target == "/second" } == 2)
            }
        }
    }
}
#endif
