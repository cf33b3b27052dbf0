#if NIO
import Testing
import TesseraCore

@testable import TesseraNIO

/// The peer's limit of streams at once, and who waits for it.
@Suite(.wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"), .timeLimit(.minutes(1)))
struct HTTP2StreamLimitTests {
    @Test(arguments: [1, 2, 7])
    func neverMoreStreamsThanThePeerAllows(limit: Int) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.maxConcurrentStreams: UInt32(limit)])
            // Asks for all that may come at once, and finds out that no more comes.
            while true {
                var open: [FrameServer.Request] = []
                for _ in 0..<limit { open.append(try await connection.nextRequest()) }
                try await Task.sleep(for: .milliseconds(20))
                for request in open { try await connection.answer(request.stream) }
            }
        } body: { server in
            try await withTransport(
                FrameServer.transport { $0.connectionsPerOrigin = 1 }
            ) { (transport) async throws -> Void in
                // The first request may be sent before SETTINGS have come.
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<limit { group.addTask { try await transport.send(server.request()).text } }
                    for try await text in group { #expect(text == "ok") }
                }
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<limit * 4 { group.addTask { try await transport.send(server.request()).text } }
                    for try await text in group { #expect(text == "ok") }
                }
                #expect(server.log.connections == 1)
                #expect(server.log.requests.count == limit * 5)
            }
        }
    }

    @Test func aLimitOfZeroHoldsRequestsBackUntilItIsRaised() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let first = try await connection.nextRequest()
            try await connection.send(.settings([Setting.maxConcurrentStreams: 0]))
            try await connection.answer(first.stream)
            try await connection.waitForSignal()
            try await connection.send(.settings([Setting.maxConcurrentStreams: 1]))
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport { $0.connectionsPerOrigin = 1 }) {
                (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "ok")
                // SETTINGS came before the answer; the server looks for no acknowledgement while it waits.
                #expect(server.log.connections == 1)
                let failure = try await failure {
                    try await transport.send(server.request("/early", within: .milliseconds(150)))
                }
                #expect(failure.kind == .timeout)
                #expect(failure.progress == .nothingSent)
                server.signal()
                #expect(try await transport.send(server.request("/late")).text == "ok")
                #expect(server.log.requests.map(\.path) == ["/", "/late"])
            }
        }
    }

    @Test func aCancelledWaiterLeavesNoTrace() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start([Setting.maxConcurrentStreams: 1])
            while true {
                let request = try await connection.nextRequest()
                if request.path == "/slow" { try await Task.sleep(for: .milliseconds(300)) }
                try await connection.answer(request.stream)
            }
        } body: { server in
            try await withTransport(FrameServer.transport { $0.connectionsPerOrigin = 1 }) {
                (transport) async throws -> Void in
                #expect(try await transport.send(server.request()).text == "ok")
                async let slow = transport.send(server.request("/slow"))
                #expect(await server.wait { $0.requests.count == 2 })
                let waiter = Task { try await transport.send(server.request("/never")) }
                try await Task.sleep(for: .milliseconds(50))
                waiter.cancel()
                let failure = try await failure(within: .milliseconds(200)) { try await waiter.value }
                #expect(failure.kind == .cancelled)
                #expect(failure.progress == .nothingSent)
                #expect(try await slow.text == "ok")
                #expect(try await transport.send(server.request("/after")).text == "ok")
                #expect(server.log.requests.map(\.path) == ["/", "/slow", "/after"])
            }
        }
    }

    /// Cancelling ends one stream, not the connection that others use (RFC 9113 §5.4.2).
    @Test func aCancelledStreamIsResetAndTheOthersGoOn() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            let first = try await connection.nextRequest()
            let second = try await connection.nextRequest()
            while let frame = try await connection.next() {
                if frame.kind == RawFrame.Kind.reset { break }
            }
            let other = first.path == "/other" ? first : second
            try await connection.answer(other.stream)
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                async let other = transport.send(server.request("/other"))
                #expect(await server.wait { $0.requests.count == 1 })
                let left = Task { try await transport.send(server.request("/left")) }
                #expect(await server.wait { $0.requests.count == 2 })
                left.cancel()
                let failure = try await failure(within: .seconds(1)) { try await left.value }
                #expect(failure.kind == .cancelled)
                #expect(failure.progress.isSent)
                #expect(try await other.text == "ok")
                #expect(try await transport.send(server.request()).text == "ok")
                let reset = try #require(server.log.frames.first { $0.frame.kind == RawFrame.Kind.reset }?.frame)
                #expect(reset.word(at: 0) == RawFrame.Code.cancel)
                #expect(server.log.connections == 1)
            }
        }
    }

    /// What the peer still sends on a stream that was reset here is passed over, also in numbers (RFC 9113 §5.4.2).
    @Test func framesOnAStreamThatWasCancelledArePassedOver() async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            for _ in 0..<20 {
                let request = try await connection.nextRequest()
                while let frame = try await connection.next() {
                    if frame.kind == RawFrame.Kind.reset { break }
                }
                try await connection.answer(request.stream, [], String(repeating: "x", count: 5000))
            }
            try await connection.serve()
        } body: { server in
            try await withTransport(FrameServer.transport()) { (transport) async throws -> Void in
                for number in 1...20 {
                    let left = Task { try await transport.send(server.request("/left")) }
                    #expect(await server.wait { $0.requests.count == number })
                    left.cancel()
                    let failure = try await failure(within: .seconds(1)) { try await left.value }
                    #expect(failure.kind == .cancelled)
                }
                #expect(try await transport.send(server.request()).text == "ok")
                #expect(server.log.connections == 1)
            }
        }
    }
}
#endif
