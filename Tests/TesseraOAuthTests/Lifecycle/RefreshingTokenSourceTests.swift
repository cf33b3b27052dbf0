#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Refreshing token source` {
    enum Trace {
        @TaskLocal static var id: String?
    }

    private func use(_ time: VirtualTime, within timeout: Duration = .seconds(60)) -> TokenUse {
        TokenUse(deadline: time.now.advanced(by: timeout), runtime: time.runtime)
    }

    /// A source whose tokens take a second to obtain.
    private func slowSource(_ calls: Counter, lifetime: Duration = .seconds(60)) -> RefreshingTokenSource {
        RefreshingTokenSource { fetch in
            let number = calls.increment()
            try await fetch.runtime.sleep(fetch.runtime.now().advanced(by: .seconds(1)))
            return TokenResponse(accessToken: Secret.fixture("token-number-\(number)"), lifetime: lifetime)
        }
    }

    final class Counter: Sendable {
        private let state = Mutex(0)
        var value: Int { state.withLock { $0 } }
        func increment() -> Int {
            state.withLock { count in
                count += 1
                return count
            }
        }
    }

    @Test func `10,000 tasks at expiry make one request`() async throws {
        try await withVirtualTime { time in
            let calls = Counter()
            let source = slowSource(calls)
            async let generations = withThrowingTaskGroup(of: UInt64.self) { group in
                for _ in 0..<10_000 {
                    group.addTask { try await source.accessToken(for: self.use(time)).generation }
                }
                return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
            }
            await time.advance(by: .seconds(2))
            let seen1 = try await generations
            #expect(seen1 == [1])
            #expect(calls.value == 1)
        }
    }

    @Test func `an asker that is cancelled leaves alone; the others get the token`() async throws {
        try await withVirtualTime { time in
            let calls = Counter()
            let source = slowSource(calls)
            let first = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.settle()
            let second = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.settle()
            first.cancel()
            await time.advance(by: .seconds(2))
            await #expect(throws: CancellationError.self) { try await first.value }
            let seen2 = try await second.value.generation
            #expect(seen2 == 1)
            #expect(calls.value == 1)
        }
    }

    @Test func `an asker whose time is over leaves alone`() async throws {
        try await withVirtualTime { time in
            let calls = Counter()
            let source = slowSource(calls)
            let hurried = Task(executorPreference: time.taskExecutor) {
                try await source.accessToken(for: use(time, within: .milliseconds(100)))
            }
            async let patient = source.accessToken(for: use(time))
            await time.advance(by: .seconds(2))
            let error = await #expect(throws: TesseraError.self) { try await hurried.value }
            #expect(error?.code == .timeout)
            let seen3 = try await patient.generation
            #expect(seen3 == 1)
            #expect(calls.value == 1)
        }
    }

    @Test func `nothing of the first asker leaks into the request`() async throws {
        try await withVirtualTime { time in
            let seen = Mutex<[String?]>([])
            let source = RefreshingTokenSource { _ in
                seen.withLock { $0.append(Trace.id) }
                return TokenResponse(accessToken: Secret.fixture("token-number-1"), lifetime: .seconds(60))
            }
            _ = try await Trace.$id.withValue("trace of the first asker") {
                try await source.accessToken(for: use(time))
            }
            #expect(seen.withLock { $0 } == [nil])
        }
    }

    @Test func `a request that never ends is given up, and the next asker starts another`() async throws {
        try await withVirtualTime { time in
            let calls = Counter()
            let source = RefreshingTokenSource(longestFetch: .seconds(5)) { fetch in
                if calls.increment() == 1 { try await fetch.runtime.sleep(.distantFuture) }
                return TokenResponse(accessToken: Secret.fixture("token-number-2"), lifetime: .seconds(60))
            }
            let first = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.advance(by: .seconds(6))
            let error = await #expect(throws: TesseraError.self) { try await first.value }
            #expect(error?.code == .tokenEndpointUnavailable)
            #expect(error?.remedy != nil)
            await time.advance(by: .seconds(5))
            async let second = source.accessToken(for: use(time))
            await time.advance(by: .seconds(1))
            let seen4 = try await second.value
            #expect(seen4 == Secret.fixture("token-number-2"))
        }
    }

    @Test func `a fresh token is used without asking, an aging one is renewed in the background`() async throws {
        try await withVirtualTime { time in
            let calls = Counter()
            let source = slowSource(calls, lifetime: .seconds(100))
            async let first = source.accessToken(for: use(time))
            await time.advance(by: .seconds(2))
            let seen5 = try await first.generation
            #expect(seen5 == 1)
            await time.advance(by: .seconds(70))
            let seen6 = try await source.accessToken(for: use(time)).generation
            #expect(seen6 == 1)
            #expect(calls.value == 1)
            await time.advance(by: .seconds(20))
            let seen7 = try await source.accessToken(for: use(time)).generation
            #expect(seen7 == 1)
            await time.advance(by: .seconds(2))
            let seen8 = try await source.accessToken(for: use(time)).generation
            #expect(seen8 == 2)
            #expect(calls.value == 2)
            #expect(source.statistics == .init(tokenRequests: 2, tokens: 2, failures: 0))
        }
    }

    @Test func `what a closure throws becomes an error that names the step`() async throws {
        struct Broken: Error {}
        try await withVirtualTime { time in
            let source = RefreshingTokenSource { _ in throw Broken() }
            let error = await #expect(throws: TesseraError.self) { try await source.accessToken(for: use(time)) }
            #expect(error?.code == .tokenEndpointUnavailable)
            #expect(error?.underlying is Broken)
            #expect(source.statistics.failures == 1)
        }
    }

    @Test func `a token that cannot stand in a header fails every asker with a clear error`() async throws {
        try await withVirtualTime { time in
            let source = RefreshingTokenSource { _ in TokenResponse(accessToken: Secret.fixture("line\r\nbreak")) }
            let error = await #expect(throws: TesseraError.self) { try await source.accessToken(for: use(time)) }
            #expect(error?.code == .malformedCredential)
        }
    }
}
#endif
