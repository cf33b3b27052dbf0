#if NIO
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// The pool with real connections: limits, turns, time, and callers who leave.
@Suite(.wire, .timeLimit(.minutes(1)))
struct PoolPressureTests {
    @Test func neverMoreConnectionsThanTheLimitAndEverybodyGetsATurn() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.pause(.milliseconds(2))
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 3 }) {
                (transport) async throws -> Void in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask { _ = try await transport.send(.hostile(server.origin, "/\(number)")) }
                    }
                    try await group.waitForAll()
                }
                #expect(server.log.connections <= 3)
                #expect(Set(server.log.requests.map(\.target)).count == 200)
                #expect(server.log.requests.count == 200)
            }
        }
    }

    /// With one connection the order at the server is the order of arrival.
    @Test func whoComesFirstIsServedFirst() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                if request.target == "/slow" { try connection.waitForSignal() }
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 1 }) {
                (transport) async throws -> Void in
                var tasks = [Task { _ = try await transport.send(.hostile(server.origin, "/slow")) }]
                _ = await server.wait { $0.requests.count == 1 }
                for number in 0..<20 {
                    tasks.append(Task { _ = try await transport.send(.hostile(server.origin, "/\(number)")) })
                    // Each is in the queue before the next one comes.
                    try await Task.sleep(for: .milliseconds(10))
                }
                server.signal()
                for task in tasks { try await task.value }
                #expect(server.log.requests.map(\.target) == ["/slow"] + (0..<20).map { "/\($0)" })
            }
        }
    }

    @Test func aWaiterIsEndedByItsDeadlineOrItsCallerAndNothingWasSent() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                if request.target == "/slow" { try connection.waitForSignal() }
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 1 }) {
                (transport) async throws -> Void in
                let slow = Task { try await transport.send(.hostile(server.origin, "/slow")) }
                _ = await server.wait { $0.requests.count == 1 }
                let late = try await failure(within: .seconds(2)) {
                    try await transport.send(.hostile(server.origin, "/late", within: .milliseconds(150)))
                }
                #expect(late.kind == .timeout)
                #expect(late.progress == .nothingSent)
                let leaver = Task { try await transport.send(.hostile(server.origin, "/left")) }
                try await Task.sleep(for: .milliseconds(50))
                leaver.cancel()
                let left = try await failure(within: .seconds(1)) { try await leaver.value }
                #expect(left.kind == .cancelled)
                #expect(left.progress == .nothingSent)
                server.signal()
                #expect(try await slow.value.text == "ok")
                #expect(try await transport.send(.hostile(server.origin, "/next")).text == "ok")
                #expect(server.log.requests.map(\.target) == ["/slow", "/next"])
                #expect(server.log.connections == 1)
            }
        }
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.waitForSignal()
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(
                NIOTransport.configured {
                    $0.connectionsPerOrigin = 1
                    $0.longestQueue = 2
                }
            ) { (transport) async throws -> Void in
                let first = Task { try await transport.send(.hostile(server.origin, "/0")) }
                _ = await server.wait { $0.requests.count == 1 }
                let waiters = (1...2).map { number in
                    Task { try await transport.send(.hostile(server.origin, "/\(number)")) }
                }
                try await Task.sleep(for: .milliseconds(100))
                let refused = try await failure(within: .milliseconds(500)) {
                    try await transport.send(.hostile(server.origin, "/3"))
                }
                #expect(refused.kind == .limitExceeded)
                #expect(refused.progress == .nothingSent)
                server.signal()
                for task in [first] + waiters { #expect(try await task.value.text == "ok") }
            }
        }
    }

    @Test func idleConnectionsAreClosedAtTheirTime() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil {
                try connection.pause(.milliseconds(30))
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.idleTime = .milliseconds(300) }) {
                (transport) async throws -> Void in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 { group.addTask { _ = try await transport.send(.hostile(server.origin)) } }
                    try await group.waitForAll()
                }
                #expect(transport.connectionCount > 0)
                #expect(await server.wait(atMost: .seconds(3)) { $0.closedByClient.count == $0.connections })
                #expect(transport.connectionCount == 0)
                #expect(try await transport.send(.hostile(server.origin)).text == "ok")
            }
        }
    }

    @Test func aConnectionIsNotUsedBeyondItsAge() async throws {
        try await RawServer.withRunning { connection in
            while try connection.readRequest() != nil { try connection.write(RawServer.ok) }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.maximumAge = .milliseconds(200) }) {
                (transport) async throws -> Void in
                for _ in 0..<10 {
                    #expect(try await transport.send(.hostile(server.origin)).text == "ok")
                    try await Task.sleep(for: .milliseconds(60))
                }
                #expect(server.log.connections >= 3)
                #expect(server.log.requests.count == 10)
            }
        }
    }

    /// Cancelling at any moment leaves neither connections nor descriptors behind.
    @Test func cancellingAtAnyMomentLeavesNothingBehind() async throws {
        try await RawServer.withRunning { connection in
            while let request = try connection.readRequest() {
                let number = Int(request.target.dropFirst()) ?? 0
                if number.isMultiple(of: 3) { try connection.pause(.milliseconds(number % 7)) }
                try connection.write(RawServer.ok)
            }
        } body: { server in
            try await withTransport(NIOTransport.configured { $0.connectionsPerOrigin = 4 }) {
                (transport) async throws -> Void in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<400 {
                        group.addTask {
                            let task = Task { try await transport.send(.hostile(server.origin, "/\(number)")) }
                            try await Task.sleep(for: .microseconds(number * 37 % 5000))
                            task.cancel()
                            do {
                                let text = try await task.value.text
                                #expect(text == "ok")
                            } catch let failure as TransportFailure {
                                #expect([.cancelled, .disconnected].contains(failure.kind), "\(failure)")
                                guard failure.progress == .nothingSent else { return }
                                try await Task.sleep(for: .milliseconds(50))
                                #expect(!server.log.requests.contains { $0.target == "/\(number)" }, "nothingSent")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(transport.connectionCount <= 4)
                #expect(try await transport.send(.hostile(server.origin, "/0")).text == "ok")
                let targets = server.log.requests.map(\.target).filter { $0 != "/0" }
                #expect(Set(targets).count == targets.count, "no request came twice")
            }
            #expect(await server.wait { $0.closedByClient.count == $0.connections })
        }
    }
}
#endif
