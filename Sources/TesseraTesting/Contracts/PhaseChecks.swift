import HTTPTypes
import TesseraCore

extension TransportContract {
    private static let limit = Duration.milliseconds(400)
    /// Timers may be a little early by another clock; a busy machine makes anything late.
    private static let earliest = Duration.milliseconds(380)
    private static let latest = Duration.milliseconds(2400)

    /// Cancellation and deadline in the phases before an answer: the request ends at once and says how far it got.
    static let phaseChecks: [TransportCheck] = [
        TransportCheck("the deadline ends a connection that is not made, and nothing was sent") { transport in
            let hole = try RawBlackHole()
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure(
                    [.timeout], phase: transport.tellsPhases ? [.connect] : nil, progress: transport.unsent
                ) {
                    try await transport.send(.contract(hole.origin, within: limit))
                }
            }
        },
        TransportCheck(
            "the limit of connecting ends a connection that is not made", requires: .phaseTimeouts
        ) { transport in
            let hole = try RawBlackHole()
            var request = TransportRequest.contract(hole.origin)
            request.phases.connect = limit
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [.connect], progress: .nothingSent) {
                    try await transport.send(request)
                }
            }
        },
        TransportCheck("a request cancelled while it connects ends at once, and nothing was sent") { transport in
            let hole = try RawBlackHole()
            for streams in [false, true] {
                let task = Task {
                    guard streams else { return _ = try await transport.send(.contract(hole.origin)) }
                    try await transport.stream(.contract(hole.origin)) { _ in }
                }
                try await Task.sleep(for: .milliseconds(150))
                task.cancel()
                try await requireEnd(and: .seconds(2)) {
                    try await requireFailure([.cancelled], progress: transport.unsent) { try await task.value }
                }
            }
        },
        TransportCheck(
            "a shutdown is not kept by a connection that is not made", requires: .phaseTimeouts
        ) { transport in
            let hole = try RawBlackHole()
            let task = Task { try await transport.send(.contract(hole.origin, within: .seconds(2))) }
            try await Task.sleep(for: .milliseconds(150))
            try await requireEnd(and: .seconds(5)) {
                await transport.shutdown()
                try await requireFailure([.timeout, .shutDown], progress: transport.unsent) { try await task.value }
            }
        },
        TransportCheck("a request cancelled while its body is sent ends at once", server: deaf) { transport, server in
            let body = OutgoingBody.bytes([UInt8](repeating: 0x78, count: 33_554_432))
            let task = Task { try await transport.send(server.request(method: .post, body: body)) }
            _ = await server.wait { !$0.requests.isEmpty }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            try await requireEnd(and: .seconds(2)) {
                try await requireFailure([.cancelled], progress: .sent) { try await task.value }
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "a request cancelled while its writer waits for something else ends, and the writer is cancelled",
            server: deaf
        ) { transport, server in
            let cancelled = Tally()
            let body = OutgoingBody.stream(length: nil) { writer in
                try await writer.write("begin")
                do {
                    try await Task.sleep(for: .seconds(8))
                } catch {
                    cancelled.add()
                    throw error
                }
            }
            let task = Task { try await transport.send(server.request(method: .post, body: body)) }
            _ = await server.wait { !$0.requests.isEmpty }
            task.cancel()
            try await requireEnd(and: .seconds(2)) {
                try await requireFailure([.cancelled], progress: .sent) { try await task.value }
            }
            try require("the writers that were cancelled", cancelled.count, is: 1)
        },
        TransportCheck(
            "a writer that waits for something else does not outlive the deadline", server: deaf
        ) { transport, server in
            let ended = Tally()
            let body = OutgoingBody.stream(length: nil) { writer in
                defer { ended.add() }
                try await writer.write("begin")
                try await Task.sleep(for: .seconds(8))
            }
            try await requireEnd(between: earliest, and: latest) {
                try await requireFailure([.timeout], phase: [.write, .head], progress: .sent) {
                    try await transport.send(server.request(method: .post, body: body, within: limit))
                }
            }
            try require("the writers that ended", ended.count, is: 1)
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
        },
        TransportCheck(
            "requests that are cancelled in a row leave a transport as it was", server: answering(ok())
        ) { transport, server in
            for number in 0..<100 {
                let task = Task { try await transport.send(server.request("/\(number)")) }
                if number.isMultiple(of: 3) { await Task.yield() }
                if number.isMultiple(of: 5) { try await Task.sleep(for: .microseconds(number * 10)) }
                task.cancel()
                do {
                    try require("the body", try await task.value.text, is: "ok")
                } catch let failure as TransportFailure {
                    try require("the kind of failure", failure.kind, is: .cancelled)
                    guard failure.progress == .nothingSent else { continue }
                    try require(
                        !server.log.requests.contains { $0.target == "/\(number)" }, "no request after nothingSent",
                        saw: "/\(number)")
                }
            }
            try require("the next body", try await transport.send(server.request()).text, is: "ok")
            let targets = server.log.requests.map(\.target)
            try require("the requests that came twice", targets.count - Set(targets).count, is: 0)
        },
    ]

    /// Reads the head of a POST and no more.
    private static let deaf: @Sendable (RawConnection) throws -> Void = { connection in
        while let request = try connection.readHead() {
            guard request.method == "POST" else { try connection.write(ok()); continue }
            try connection.pause(.seconds(5))
        }
    }
}

extension Transport {
    /// Whether it knows that it is still connecting. One that does not has to say that the request may have been sent.
    fileprivate var tellsPhases: Bool { capabilities.contains(.phaseTimeouts) }
    fileprivate var unsent: ExpectedProgress? { tellsPhases ? .nothingSent : nil }
}
