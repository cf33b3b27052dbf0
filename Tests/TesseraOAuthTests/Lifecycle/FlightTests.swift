#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// The request for a token belongs to nobody.
@Suite struct `A flight` {
    @Test func `has neither the priority nor the task-locals of who started it`() async throws {
        enum Trace {
            @TaskLocal static var id: String?
        }
        struct Seen: Equatable {
            var priority: TaskPriority
            var trace: String?
        }
        let seen = Mutex<Seen?>(nil)
        let source = RefreshingTokenSource { _ in
            seen.withLock { $0 = Seen(priority: Task.currentPriority, trace: Trace.id) }
            return TokenResponse(accessToken: .fixture("token-of-the-first"), lifetime: .seconds(60))
        }
        // Real tasks: an executor of a test might hide what leaks.
        let first = Task(priority: .background) {
            try await Trace.$id.withValue("of the first") { try await source.accessToken(within: .seconds(30)) }
        }
        _ = try await first.value
        let result = try #require(seen.withLock { $0 })
        #expect(result.trace == nil)
        #expect(result.priority != .background)
    }

    @Test func `is not cancelled with who started it`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition.tokens(after: .seconds(5))
            let source = RefreshingTokenSource(acquisition)
            let first = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: time.use()) }
            await time.settle()
            first.cancel()
            await time.advance(by: .seconds(6))
            let token = try await source.accessToken(for: time.use())
            #expect(token.generation == 1)
            #expect(acquisition.calls.count == 1)
        }
    }

    @Test func `that may not be torn off goes on when its time is over, and no second one starts`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition(isAbortable: false) { _, fetch in
                try await fetch.runtime.sleep(fetch.runtime.now().advanced(by: .seconds(100)))
                return TokenResponse(accessToken: .fixture("late-but-valid-token"), lifetime: .seconds(1000))
            }
            let source = RefreshingTokenSource(acquisition)
            let first = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: time.use()) }
            await time.advance(by: .seconds(21))
            let error = await #expect(throws: TesseraError.self) { try await first.value }
            #expect(error?.code == .tokenEndpointUnavailable)
            #expect(source.status(at: time.now).phase == .overdue)
            await time.advance(by: .seconds(50))
            let second = await #expect(throws: TesseraError.self) {
                try await time.run { try await source.accessToken(for: time.use()) }
            }
            #expect(second?.code == .retryLater)
            let token = try await time.run { try await source.accessToken(for: time.use()) }
            #expect(token.generation == 1)
            #expect(acquisition.calls.count == 1)
        }
    }

    @Test func `that ignores its cancellation is given up after twice its time, and its late token counts`()
        async throws
    {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { number, fetch in
                let runtime = fetch.runtime
                let end = runtime.now().advanced(by: number == 1 ? .seconds(60) : .seconds(30))
                while runtime.now() < end {
                    // A wait that does not listen.
                    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                        _ = runtime.spawn {
                            try? await runtime.sleep(end)
                            done.resume()
                        }
                    }
                }
                return TokenResponse(accessToken: .fixture("deaf-token-number-\(number)"), lifetime: .seconds(1000))
            }
            let source = RefreshingTokenSource(acquisition)
            let first = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: time.use()) }
            await time.advance(by: .seconds(41))
            _ = await #expect(throws: TesseraError.self) { try await first.value }
            let second = Task(executorPreference: time.taskExecutor) {
                try await source.accessToken(for: time.use(within: .seconds(60)))
            }
            await time.settle()
            #expect(acquisition.calls.count == 2)
            await time.advance(by: .seconds(19.5))
            let token = try await second.value
            #expect(token.value == Secret.fixture("deaf-token-number-1"))
        }
    }

    @Test func `reckons a token's life from its own start, or from when the token was issued`() async throws {
        try await withVirtualTime { time in
            let issued = time.now
            await time.advance(by: .seconds(100))
            let source = RefreshingTokenSource { _ in
                var response = TokenResponse(accessToken: .fixture("adopted-token"), lifetime: .seconds(300))
                response.issuedAt = issued
                return response
            }
            let token = try await source.accessToken(for: time.use())
            #expect(token.expiry == issued.advanced(by: .seconds(300)))
        }
    }

    @Test func `takes a time on the server's clock for what it is there, not here`() async throws {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600)
        try await withVirtualTime(wallTime: start) { time in
            // The server's clock is two minutes ahead; its token lives until five minutes from its now.
            let source = RefreshingTokenSource { _ in
                var response = TokenResponse(accessToken: .fixture("absolute-token"))
                let date = start.advanced(by: .seconds(120))
                response.serverDate = .init(date: date, sent: start, roundTrip: .zero)
                response.expiresAt = date.advanced(by: .seconds(300))
                return response
            }
            let token = try await source.accessToken(for: time.use())
            #expect(token.expiry == time.now.advanced(by: .seconds(300)))
        }
    }
}
#endif
