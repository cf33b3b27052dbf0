#if NIO
import HTTPTypes
import NIOCore
import NIOPosix
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Requests that wait for the same connection have each their own time. It is real time, which these tests have to wait for:
/// timers live on NIO's loops, with NIO's clock. The pool's decisions are tested without, see ``PoolWorld``.
@Suite(.wire, .timeLimit(.minutes(1)))
struct ConnectPatienceTests {
    /// A transport to which every name is this machine, after a while.
    private static func transport(slowBy delay: Duration, connections: Int = 1) throws -> NIOTransport {
        try .configured {
            $0.connectionsPerOrigin = connections
            $0.dns.lookup = { _ in
                try await Task.sleep(for: delay)
                return ["127.0.0.1"]
            }
        }
    }

    private static func request(_ server: RawServer, within deadline: Duration, connect: Duration) throws
        -> TransportRequest
    {
        var request = TransportRequest.hostile(
            try Origin("http://slow.test:\(server.origin.port)"), within: deadline)
        request.phases = PhaseLimits(connect: connect, idle: .seconds(5))
        return request
    }

    /// A server that answers whatever comes.
    private static func withServer(_ body: (RawServer) async throws -> Void) async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(RawServer.ok) }
        } body: { server in
            try await body(server)
        }
    }

    /// Which of its times is too short for the first request.
    enum Haste: CaseIterable {
        case deadline
        case connectLimit
    }

    @Test(arguments: Haste.allCases, [1, 4])
    func theTimeOfOneRequestFailsNoOther(haste: Haste, connections: Int) async throws {
        try await Self.withServer { server in
            let slow = try Self.transport(slowBy: .milliseconds(1500), connections: connections)
            try await withTransport(slow) { (transport) async throws -> Void in
                let short = Duration.milliseconds(600)
                let hasty = try Self.request(
                    server, within: haste == .deadline ? short : .seconds(10),
                    connect: haste == .connectLimit ? short : .seconds(10))
                let patient = try Self.request(server, within: .seconds(10), connect: .seconds(10))
                async let failed = failure(within: .seconds(3)) { try await transport.send(hasty) }
                try await Task.sleep(for: .milliseconds(30))
                async let answered = transport.send(patient)
                let failure = try await failed
                #expect(failure.kind == .timeout)
                #expect(failure.progress == .nothingSent)
                switch haste {
                case .deadline: #expect(failure.message == "no connection in time; it was still being opened")
                // The attempt knows more than the queue.
                case .connectLimit: #expect(failure.phase == .resolve)
                }
                #expect(try await answered.head.status == .ok)
            }
        }
    }

    /// What has kept one request waiting for longer than it had time is not what the next one waits for.
    @Test func anAttemptThatHangsIsGivenUpWithTheLastWhoWaited() async throws {
        try await Self.withServer { server in
            let lookups = Counter()
            let transport = try NIOTransport.configured {
                $0.connectionsPerOrigin = 1
                $0.dns.lookup = { _ in
                    lookups.add()
                    if lookups.count == 1 { try await Task.sleep(for: .seconds(20)) }
                    return ["127.0.0.1"]
                }
            }
            try await withTransport(transport) { (transport) async throws -> Void in
                let hasty = try Self.request(server, within: .milliseconds(600), connect: .seconds(20))
                let patient = try Self.request(server, within: .seconds(10), connect: .seconds(20))
                _ = try await failure(within: .seconds(2)) { try await transport.send(hasty) }
                let start = ContinuousClock.now
                #expect(try await transport.send(patient).head.status == .ok)
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    /// Whoever comes a moment later to a host that does not answer waits no longer for that.
    @Test func theTimeToConnectIsNotGivenTwice() async throws {
        try await RawServer.withRunning { _ in
        } body: { server in
            try await withTransport(Self.transport(slowBy: .seconds(20))) { (transport) async throws -> Void in
                let request = try Self.request(server, within: .seconds(20), connect: .milliseconds(1500))
                let start = ContinuousClock.now
                async let first = failure(within: .seconds(5)) { try await transport.send(request) }
                try await Task.sleep(for: .milliseconds(500))
                async let second = failure(within: .seconds(5)) { try await transport.send(request) }
                #expect(try await [first.kind, second.kind] == [.timeout, .timeout])
                #expect(ContinuousClock.now - start < .milliseconds(2800))
            }
        }
    }

    /// What nobody waits for any more holds up no shutdown.
    @Test func aShutdownGivesUpWhatIsBeingOpened() async throws {
        try await RawServer.withRunning { _ in
        } body: { server in
            let transport = try Self.transport(slowBy: .seconds(30))
            let request = try Self.request(server, within: .seconds(30), connect: .seconds(30))
            let caller = Task { try await transport.send(request) }
            try await Task.sleep(for: .milliseconds(100))
            caller.cancel()
            await #expect(throws: TransportFailure.self) { try await caller.value }
            #expect(transport.connectionCount == 1)
            let start = ContinuousClock.now
            await transport.shutdown()
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(transport.connectionCount == 0)
        }
    }

    /// Each is refused within the event that gave it its connection, which the next one gets then.
    @Test func aLongRowOfRequestsThatCannotBeSentEnds() async throws {
        let count = 20_000 / patience
        try await Self.withServer { server in
            try await withTransport(Self.transport(slowBy: .milliseconds(1500))) { (transport) async throws -> Void in
                var request = try Self.request(server, within: .seconds(30), connect: .seconds(10))
                request.head.headerFields.append(HTTPField(name: .transferEncoding, value: "chunked"))
                let refused = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<count {
                        group.addTask { [request] in
                            do {
                                _ = try await transport.send(request)
                                return false
                            } catch {
                                return (error as? TransportFailure)?.kind == .unsupported
                            }
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(refused == count)
                let sound = try Self.request(server, within: .seconds(5), connect: .seconds(5))
                #expect(try await transport.send(sound).head.status == .ok)
            }
        }
    }

    /// The caller leaves after the last look at it and before it can be told.
    @Test func aCallerWhoLeavesWhileItIsPutIntoTheQueueIsNotKept() async throws {
        let opening = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: OpenedConnection.self)
        let pool = ConnectionPool(limits: .init(), group: MultiThreadedEventLoopGroup.singleton) { _, _, _, _, _ in
            OpeningConnection(result: opening.futureResult, giveUp: {})
        }
        let origin = try Origin("http://a.test")
        let exchange = Exchange(.hostile(origin), delivery: .buffered, deadline: .now() + .seconds(20))
        exchange.cancel()
        let start = ContinuousClock.now
        let outcome = await withUnsafeContinuation { (caller: Exchange.Caller) in
            exchange.begin(caller)
            pool.submit(
                exchange, identity: ConnectionIdentity(origin: origin, proxy: nil, certificateGeneration: 0),
                needsNewConnection: false, now: .now())
        }
        #expect(ContinuousClock.now - start < .seconds(5))
        guard case .failure(let failure) = outcome else { throw UnexpectedAnswer() }
        #expect(failure.kind == .cancelled)
        opening.fail(ChannelError.eof)
    }

    private struct UnexpectedAnswer: Error {}

    @Test func connectionsThatWereOpenedBeforehandCarryTheFirstRequests() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.pause(.milliseconds(100))
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport()) { (transport) async throws -> Void in
                transport.prewarm(server.origin, connections: 2)
                _ = await server.wait { $0.connections == 2 }
                async let first = transport.send(.hostile(server.origin, "/1"))
                async let second = transport.send(.hostile(server.origin, "/2"))
                _ = try await (first, second)
                #expect(server.log.connections == 2)
                #expect(Set(server.log.requests.map(\.connection)) == [0, 1])
            }
        }
    }

    /// The alarm of a patient waiter is no reason to keep a connection that idles.
    @Test func anIdleConnectionIsClosedWhateverElseTheClockIsSetFor() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                if request.target == "/slow" { try connection.pause(.milliseconds(500)) }
                try connection.write(RawServer.ok)
            }
        } body: { server in
            let transport = try NIOTransport.configured {
                $0.connectionsPerOrigin = 1
                $0.idleTime = .milliseconds(200)
            }
            try await withTransport(transport) { (transport) async throws -> Void in
                async let slow = transport.send(.hostile(server.origin, "/slow", within: .seconds(600)))
                _ = await server.wait { $0.requests.count == 1 }
                async let patient = transport.send(.hostile(server.origin, "/patient", within: .seconds(600)))
                _ = try await (slow, patient)
                for _ in 0..<300 where transport.connectionCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
                #expect(transport.connectionCount == 0)
            }
        }
    }
}
#endif
