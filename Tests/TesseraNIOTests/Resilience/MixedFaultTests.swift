#if NIO
import Foundation
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Many calls under mixed faults. TESSERA_CALLS says how many; `Scripts/prove-resilience` makes 100,000, against a server
/// in a process of its own at TESSERA_FAULTY_ORIGIN, so that the memory that is measured is the client's alone.
@Suite("Mixed faults", .wire)
struct MixedFaultTests {
    private static let round = 2500

    /// What arrived of a call, as the server counts it.
    private struct Arrivals: Sendable {
        var method = ""
        var count = 0
        var keys: Set<String> = []
    }

    /// What arrived, by target.
    private final class Referee: Sendable {
        let arrivals = Mutex<[String: Arrivals]>([:])

        /// - Returns: How often the call arrived before.
        @discardableResult
        func note(_ target: String, _ method: String, keys: some Sequence<String>) -> Int {
            arrivals.withLock { all in
                var known = all[target] ?? Arrivals()
                defer { all[target] = known }
                known.method = method
                known.count += 1
                known.keys.formUnion(keys)
                return known.count - 1
            }
        }
    }

    @Test("nothing arrives twice by accident, nothing hangs, descriptors and memory stay", .timeLimit(.minutes(20)))
    func mixed() async throws {
        let calls = Int(ProcessInfo.processInfo.environment["TESSERA_CALLS"] ?? "") ?? 2500
        let transport = try NIOTransport()
        var sizes: [(memory: Int, descriptors: Int)] = []
        var totals = (succeeded: 0, failed: 0, retried: 0, arrived: 0)
        for first in stride(from: 0, to: calls, by: Self.round) {
            let range = first..<min(calls, first + Self.round)
            let result = try await Self.round(range, transport)
            totals.succeeded += result.succeeded
            totals.failed += result.failed
            totals.retried += result.retried
            totals.arrived += result.arrived
            // The client's ends of connections that the server closed are closed a moment later.
            try await Task.sleep(for: .milliseconds(100))
            sizes.append((ProcessMemory.resident(), ProcessMemory.descriptors()))
        }
        await transport.shutdown()
        print("figure: mixed faults, calls: \(calls)")
        print("figure: mixed faults, answered: \(totals.succeeded), failed: \(totals.failed)")
        print("figure: mixed faults, requests that arrived: \(totals.arrived), retries: \(totals.retried)")
        #expect(totals.succeeded + totals.failed == calls)
        #expect(totals.retried > calls / 20)
        guard sizes.count >= 8 else { return }
        print("figure: mixed faults, series: \(sizes.map { "\($0.memory >> 10)/\($0.descriptors)" })")
        let early = sizes[sizes.count / 4]
        let late = sizes[sizes.count - 1]
        print("figure: mixed faults, descriptors: \(early.descriptors) -> \(late.descriptors)")
        print("figure: mixed faults, resident KiB: \(early.memory / 1024) -> \(late.memory / 1024)")
        #expect(late.descriptors <= early.descriptors + 8)
        #expect(late.memory <= early.memory + early.memory / 20)
    }

    private static func round(
        _ range: Range<Int>, _ transport: NIOTransport
    ) async throws -> (succeeded: Int, failed: Int, retried: Int, arrived: Int) {
        let referee = Referee()
        guard let origin = ProcessInfo.processInfo.environment["TESSERA_FAULTY_ORIGIN"] else {
            return try await RawServer.withRunning({ try serve($0, referee) }) { server in
                let outcomes = try await calls(range, at: "\(server.origin)", transport)
                return judge(outcomes, referee.arrivals.withLock { $0 })
            }
        }
        let outcomes = try await calls(range, at: origin, transport)
        let journal = try await Session(origin, transport: transport) { $0.proxy = .none }.get("/journal")
        for line in journal.text.split(separator: "\n") {
            let parts = line.split(separator: " ").map(String.init)
            try #require(parts.count == 3)
            referee.note(parts[0], parts[1], keys: parts[2] == "-" ? [] : [parts[2]])
        }
        return judge(outcomes, referee.arrivals.withLock { $0 })
    }

    private static func calls(
        _ range: Range<Int>, at origin: String, _ transport: NIOTransport
    ) async throws -> [Outcome] {
        let api = try Session(origin, transport: transport) {
            $0.proxy = .none
            $0.retry.backoff = Backoff(initial: .milliseconds(2), longest: .milliseconds(20))
            $0.timeouts = Timeouts(attempt: .seconds(5), total: .seconds(15))
        }
        return try await api.map(Array(range), limit: 32) { api, id in await call(api, id) }
    }

    private static func judge(
        _ outcomes: [Outcome], _ all: [String: Arrivals]
    ) -> (succeeded: Int, failed: Int, retried: Int, arrived: Int) {
        var arrived = 0
        for (target, arrivals) in all {
            arrived += arrivals.count
            if arrivals.method == "POST", arrivals.keys.isEmpty, arrivals.count > 1 {
                Issue.record("\(target) arrived \(arrivals.count) times")
            }
            if arrivals.keys.count > 1 { Issue.record("\(target) came with \(arrivals.keys.count) keys") }
        }
        for outcome in outcomes {
            let seen = all["/call/\(outcome.id)"]?.count ?? 0
            // The transport itself replaces a kept connection that the server gave up, once an attempt, and only for
            // methods that may be sent twice (design note 0003).
            let most = outcome.isIdempotent ? 2 * outcome.history.count : outcome.history.count
            if seen > most || !outcome.isRight {
                Issue.record("call \(outcome.id) arrived \(seen) times: \(outcome.history)")
            }
        }
        return (
            outcomes.count { $0.isAnswered }, outcomes.count { !$0.isAnswered },
            outcomes.reduce(0) { $0 + $1.retries }, arrived
        )
    }

    /// What the client says of a call: whether it was answered, and how often it was sent.
    private struct Outcome: Sendable {
        var id: Int
        /// The whole answer, or an error of this library.
        var isRight: Bool
        var isAnswered: Bool
        var history: CallHistory

        var retries: Int { max(0, history.count - 1) }
        var isIdempotent: Bool { id % 4 < 2 }
    }

    private static func call(_ api: Session, _ id: Int) async -> Outcome {
        let method: HTTPRequest.Method = [.get, .put, .post, .post][id % 4]
        do {
            let response = try await api.send(
                CallRequest(
                    method, "/call/\(id)", method == .get ? .none : .text("work \(id)"),
                    idempotencyKey: id % 4 == 3 ? .automatic : nil))
            return Outcome(
                id: id, isRight: response.text == "done /call/\(id)", isAnswered: true, history: response.history)
        } catch {
            return Outcome(
                id: id, isRight: error is TesseraError, isAnswered: false,
                history: (error as? TesseraError)?.history ?? CallHistory())
        }
    }

    private static func serve(_ connection: RawConnection, _ referee: Referee) throws {
        while let request = try connection.readRequest() {
            let before = referee.note(request.target, request.method, keys: request.values(of: "idempotency-key"))
            let body = "done \(request.target)"
            let whole = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            // One of three first requests meets a fault, and one of ten later ones.
            let id = Int(request.target.split(separator: "/").last ?? "") ?? 0
            let number = (id &* 2_654_435_761) >> 8
            guard before == 0 ? number % 3 == 0 : number % 10 == 0 else {
                try connection.write(whole)
                continue
            }
            switch (number / 3 + before) % 8 {
            case 0: try connection.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            case 1:
                try connection.write("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")
            case 2: return connection.reset()
            case 3: return
            case 4: return try connection.write(String(whole.prefix(whole.count / 2)))
            case 5: return try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndone\r\n")
            case 6:
                try connection.pause(.milliseconds(10))
                try connection.write(whole, inPiecesOf: 7, every: .milliseconds(1))
            // An answer, and then the connection is gone although nobody said so.
            default: return try connection.write(whole)
            }
        }
    }
}
#endif
