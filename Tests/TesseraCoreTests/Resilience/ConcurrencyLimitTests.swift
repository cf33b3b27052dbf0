import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("ConcurrencyLimit")
struct ConcurrencyLimitTests {
    @Test("first come, first served; a place that is given back goes to who waits longest; who gave up gets none")
    func queue() {
        var queue = ConcurrencyQueue()
        let limit = ConcurrencyLimit(attempts: 2, waiting: 2)
        let entries = (1...5).map { queue.enter($0, limit) }
        #expect(entries == [.go, .go, .wait, .wait, .refuse])
        let abandoned = [3, 3, 1].map { queue.abandon($0) }
        #expect(abandoned == [true, false, false])
        let heirs = (1...4).map { _ in queue.leave() }
        #expect(heirs == [4, nil, nil, nil] && queue.running == 0)
    }

    @Test("ten calls over two places take five times as long, and the history tells of the wait")
    func session() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(after: .seconds(1))
            let api = try scenario.api { $0.concurrency = ConcurrencyLimit(attempts: 2) }
            let histories = try await scenario.time.run {
                try await api.map(Array(0..<10), limit: 10) { api, _ in try await api.get("/x").history }
            }
            #expect(scenario.time.elapsed == .seconds(5))
            #expect(scenario.arrivals == (0..<10).map { .seconds($0 / 2) })
            #expect(histories.filter { $0.attempts[0].heldBack == nil }.count == 2)
            #expect(histories.map(\.waited).max() == .seconds(4))
        }
    }

    @Test("a call whose time is over while it waits is not sent, and frees its place in the queue")
    func late() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(after: .seconds(50))
            scenario.server.on(.get, "/y").reply()
            let api = try scenario.api { $0.concurrency = ConcurrencyLimit(attempts: 1, waiting: 1) }
            let long = Task(executorPreference: scenario.time.taskExecutor) { try? await api.get("/x") }
            await scenario.time.settle()
            let hasty = try api.with { $0.timeouts.total = .seconds(3) }
            let waiting = Task(executorPreference: scenario.time.taskExecutor) { () -> TesseraError? in
                do { _ = try await hasty.get("/y") } catch { return error as? TesseraError }
                return nil
            }
            await scenario.time.settle()
            let further = Task(executorPreference: scenario.time.taskExecutor) { () -> TesseraError? in
                do { _ = try await hasty.get("/y") } catch { return error as? TesseraError }
                return nil
            }
            await scenario.time.advance(by: .seconds(4))
            #expect(await further.value?.code == .overloaded)
            let error = await waiting.value
            #expect(error?.code == .timeout && error?.timeLimit == .turn)
            long.cancel()
            await scenario.time.settle()
            _ = await long.value
            #expect(try await scenario.time.run { try await api.get("/y") }.status == .ok)
            #expect(scenario.server.requests.count == 2)
        }
    }

    @Test("a waiter that is cancelled throws CancellationError and takes no place with it")
    func cancelled() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(after: .seconds(10))
            let api = try scenario.api { $0.concurrency = ConcurrencyLimit(attempts: 1) }
            let first = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
            await scenario.time.settle()
            let second = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
            await scenario.time.settle()
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            let third = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
            await scenario.time.advanceUntilIdle()
            #expect(try await first.value == .ok)
            #expect(try await third.value == .ok)
            #expect(scenario.arrivals == [.zero, .seconds(10)])
        }
    }

    @Test("a streamed call keeps its place until its scope ends, and the wait between attempts keeps none")
    func streamed() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(body: "text")
            scenario.server.on(.get, "/busy").reply(status: 503, headers: ["Retry-After": "5"]).then()
            let api = try scenario.api { $0.concurrency = ConcurrencyLimit(attempts: 1, waiting: 0) }
            try await scenario.time.run {
                try await api.stream(.get, "/x") { reply in
                    await #expect(throws: TesseraError.self) { try await api.get("/x") }
                    _ = try await reply.body.collect(upTo: 10)
                }
            }
            let busy = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/busy").status }
            await scenario.time.advance(by: .seconds(1))
            _ = try await scenario.time.run { try await api.get("/x") }
            await scenario.time.advanceUntilIdle()
            #expect(try await busy.value == .ok)
        }
    }
}
