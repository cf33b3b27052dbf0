import HTTPTypes
import TesseraTesting
import Testing

@testable import TesseraCore

@Suite("RateLimitPolicy")
struct RateLimitTests {
    private static func at(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test("what is left is counted down by all, and nobody goes before the window ends")
    func countdown() {
        var book = RateLimitBook()
        #expect(book.admit(1, now: Self.at(0)) == nil)
        book.answered(1, [RateLimitReading(name: "a", remaining: 2, reset: .seconds(10), quota: 3)], now: Self.at(0))
        for _ in 0..<2 { #expect(book.admit(1, now: Self.at(1)) == nil) }
        #expect(book.admit(1, now: Self.at(1)) == Self.at(10))
        #expect(book.admit(2, now: Self.at(1)) == nil, "another account")
        for _ in 0..<3 { #expect(book.admit(1, now: Self.at(10)) == nil) }
        book.answered(1, [RateLimitReading(name: "a", remaining: 0, reset: .seconds(9), quota: 3)], now: Self.at(11))
        #expect(book.admit(1, now: Self.at(11)) == Self.at(20))
    }

    @Test("answers that overtake each other never raise what is left; those under way count")
    func overtaken() {
        var book = RateLimitBook()
        for _ in 0..<3 { #expect(book.admit(1, now: Self.at(0)) == nil) }
        book.answered(1, [RateLimitReading(name: "", remaining: 2, reset: .seconds(10))], now: Self.at(0))
        // Two of the two that are left are under way.
        #expect(book.admit(1, now: Self.at(0)) == Self.at(10))
        book.answered(1, [RateLimitReading(name: "", remaining: 9, reset: .seconds(10))], now: Self.at(0))
        #expect(book.admit(1, now: Self.at(0)) == Self.at(10))
    }

    @Test("a hundred calls with a limit of ten a minute see no 429")
    func paced() async throws {
        try await withScenario { scenario in
            let limit = 10
            // A window of a minute, counted by the server itself.
            let transport = Recorder { (number, request) async throws(TransportFailure) in
                let second = request.runtime.now().nanoseconds / 1_000_000_000
                let used = (number - 1) % limit + 1
                var head = HTTPResponse(status: .ok)
                for (name, value) in [
                    ("X-RateLimit-Limit", "\(limit)"), ("X-RateLimit-Remaining", "\(limit - used)"),
                    ("X-RateLimit-Reset", "\(60 - second % 60)"),
                ] {
                    if let name = HTTPField.Name(name) { head.headerFields[name] = value }
                }
                return TransportReply(head: head)
            }
            let api = try Session("https://api.test", transport: transport) {
                $0.proxy = .none
                $0.rateLimits = RateLimitPolicy(longestWait: .seconds(3600))
                $0.timeouts.total = .seconds(3600)
            }
            let histories = try await scenario.time.run {
                try await api.map(Array(0..<100), limit: 1) { api, _ in try await api.get("/x").history }
            }
            #expect(scenario.time.elapsed == .seconds(540))
            #expect(histories.compactMap { $0.attempts[0].heldBack } == Array(repeating: .seconds(60), count: 9))
        }
    }

    @Test("a wait above the longest is an error at once that names it; nothing is sent")
    func tooLong() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(headers: ["RateLimit": "\"default\";r=0;t=300"])
            let api = try scenario.api { $0.rateLimits = .announced }
            _ = try await scenario.time.run { try await api.get("/x") }
            let error = try await scenario.failure { try await api.get("/x") }
            #expect(error.code == .rateLimited && error.retryAfter == .seconds(300))
            #expect(scenario.server.requests.count == 1 && scenario.time.elapsed == .zero)
            await scenario.time.advance(by: .seconds(300))
            _ = try await scenario.time.run { try await api.get("/x") }
        }
    }

    @Test("a 429 holds all tasks of the account back, and only those")
    func refused() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x").reply(status: 429, headers: ["Retry-After": "20"]).then()
            let api = try scenario.api(auth: .bearer(.fixture("token-of-alice"))) { $0.rateLimits = .announced }
            let bob = try api.with { $0.auth = .bearer(.fixture("token-of-bob")) }
            let first = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").history }
            await scenario.time.advance(by: .seconds(1))
            let second = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").history }
            let other = Task(executorPreference: scenario.time.taskExecutor) { try await bob.get("/x").history }
            await scenario.time.advanceUntilIdle()
            #expect(try await first.value.count == 2)
            #expect(try await second.value.attempts[0].heldBack == .seconds(19))
            #expect(try await other.value.attempts[0].heldBack == nil)
            #expect(scenario.arrivals.sorted() == [.zero, .seconds(1), .seconds(20), .seconds(20)])
        }
    }

    @Test("calls that are cancelled while they wait for their turn are not counted as under way for ever")
    func cancelledWaiters() async throws {
        try await withScenario { scenario in
            scenario.server.on(.get, "/x")
                .reply(headers: ["RateLimit": "\"default\";r=3;t=60"], after: .seconds(10))
                .then(headers: ["RateLimit": "\"default\";r=2;t=50"])
            let api = try scenario.api {
                $0.rateLimits = .announced
                $0.concurrency = ConcurrencyLimit(attempts: 1)
            }
            let first = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
            await scenario.time.settle()
            for _ in 0..<5 {
                let waiter = Task(executorPreference: scenario.time.taskExecutor) { try await api.get("/x").status }
                await scenario.time.settle()
                waiter.cancel()
                await scenario.time.settle()
            }
            await scenario.time.advanceUntilIdle()
            _ = try await first.value
            let next = try await scenario.time.run { try await api.get("/x").history }
            #expect(next.attempts[0].heldBack == nil)
        }
    }
}
