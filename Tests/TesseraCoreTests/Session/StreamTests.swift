import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("A streamed call is a scope")
struct StreamTests {
    @Test("until the head is there it is repeated, redirected and reauthorized like any other")
    func before() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 503).then(status: 401).then(
                status: 307, headers: ["Location": "/y"])
            scenario.server.on(.get, "/y").fail(.disconnected).reply(body: String(repeating: "abc", count: 1000))
            let api = try scenario.api(auth: .token(CountedTokens()))
            let (body, count) = try await scenario.time.run {
                try await api.stream(.get, "/x") { reply in
                    (try await reply.body.collect(upTo: 10_000), reply.history.count)
                }
            }
            #expect(body.count == 3000 && count == 5)
        }
    }

    @Test("once the head is there nothing is repeated: a cut body is an error, the scope runs once")
    func committed() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").cut(body: String(repeating: "a", count: 2500))
            let api = try scenario.api()
            let runs = Mutex(0)
            let count: @Sendable () -> Void = { runs.withLock { $0 += 1 } }
            let error = try await scenario.failure {
                try await api.stream(.get, "/x") { reply in
                    count()
                    var sum = 0
                    for try await chunk in reply.body { sum += chunk.count }
                    return sum
                }
            }
            #expect(error.code == .connection)
            #expect(runs.withLock { $0 } == 1 && scenario.server.requests.count == 1)
        }
    }

    private struct Own: Error {}

    @Test("what the scope throws comes out as it is, and is not taken for a failure of the wire")
    func thrown() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "abc")
            let api = try scenario.api()
            await #expect(throws: Own.self) {
                try await scenario.time.run { try await api.stream(.get, "/x") { _ in throw Own() } }
            }
            let failure = TransportFailure(.disconnected, phase: .head, progress: .nothingSent, message: "own")
            await #expect(throws: TransportFailure.self) {
                try await scenario.time.run { try await api.stream(.get, "/x") { _ in throw failure } }
            }
            #expect(scenario.server.requests.count == 2)
        }
    }

    @Test("an unexpected status throws before the scope, with its problem")
    func status() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(
                status: 409, headers: ["Content-Type": "application/problem+json"], body: #"{"title":"taken"}"#)
            let api = try scenario.api()
            let error = try await scenario.failure {
                try await api.stream(.get, "/x") { _ in Issue.record("the scope was entered") }
            }
            #expect(error.status?.code == 409 && error.problem?.title == "taken")
            _ = try await scenario.time.run { try await api.stream(.get, "/x", expecting: .any) { $0.status.code } }
        }
    }

    @Test("collecting more than the limit is an error")
    func limit() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: String(repeating: "a", count: 2000))
            let api = try scenario.api()
            let error = try await scenario.failure {
                try await api.stream(.get, "/x") { try await $0.body.collect(upTo: 1999) }
            }
            #expect(error.code == .limitExceeded)
            let whole = try await scenario.time.run {
                try await api.stream(.get, "/x") { try await $0.body.collect(upTo: 2000) }
            }
            #expect(whole.count == 2000)
        }
    }

    @Test("cancelling inside the scope gives CancellationError")
    func cancellation() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "abc")
            let api = try scenario.api()
            let runtime = scenario.time.runtime
            let task = Task(executorPreference: scenario.time.taskExecutor) {
                try await api.stream(.get, "/x") { _ in
                    try await runtime.sleep(runtime.now().advanced(by: .seconds(100)))
                }
            }
            await scenario.time.advance(by: .seconds(1))
            task.cancel()
            await scenario.time.settle()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("the wait before another attempt does not hold the connection of the last one")
    func connectionIsGivenBack() async throws {
        try await withVirtualTime { time in
            let transport = ScopeTimes()
            let api = try Session("https://api.test", transport: transport) { $0.proxy = .none }
            _ = try await time.run { try await api.stream(.get, "/x") { $0.status.code } }
            #expect(transport.held == [.zero, .zero])
            #expect(time.elapsed == .seconds(10))
        }
    }

    @Test("a transport that fails after the scope is over is not a raw failure of the wire", arguments: [200, 503])
    func lateFailure(status: Int) async throws {
        try await withVirtualTime { time in
            let api = try Session("https://api.test", transport: BadEnding(status: status)) { $0.proxy = .none }
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await api.stream(.get, "/x") { $0.status.code } }
            }
            #expect(error?.code == (status == 200 ? .connection : .httpStatus))
        }
    }

    /// Answers, and loses the connection when the scope is over.
    private struct BadEnding: Transport {
        let status: Int
        var capabilities: TransportCapabilities { [] }

        func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
            TransportReply(head: HTTPResponse(status: .init(code: status)))
        }

        func stream<Result>(
            _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
        ) async throws -> Result {
            let head = HTTPResponse(status: .init(code: status))
            _ = try await consume(TransportStream(head: head) { () async throws(TransportFailure) in nil })
            throw TransportFailure(.disconnected, phase: .body, progress: .sent(bytes: nil), message: "reset")
        }

        func shutdown() async {}
    }

    /// Answers 503, then 200, and notes for how long each exchange was held open.
    private final class ScopeTimes: Transport {
        let capabilities: TransportCapabilities = []
        private let times = Mutex<[Duration]>([])
        var held: [Duration] { times.withLock { $0 } }

        func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
            TransportReply(head: HTTPResponse(status: .ok))
        }

        func stream<Result>(
            _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
        ) async throws -> Result {
            let start = request.runtime.now()
            let isFirst = times.withLock { $0.isEmpty }
            let head = HTTPResponse(
                status: isFirst ? .serviceUnavailable : .ok, headerFields: isFirst ? [.retryAfter: "10"] : [:])
            let result = try await consume(TransportStream(head: head) { () async throws(TransportFailure) in nil })
            times.withLock { $0.append(start.duration(to: request.runtime.now())) }
            return result
        }

        func shutdown() async {}
    }
}
