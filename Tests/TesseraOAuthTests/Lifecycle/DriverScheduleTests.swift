#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Random schedules of real tasks over the real driver, in virtual time.
///
/// One after the other: every error is searched for every secret alive, and all schedules at once keep thousands alive.
@Suite(.serialized) struct `Driver schedules` {
    private final class Books: Sendable {
        struct State {
            var asked = 0
            var ended = 0
            var violations: [String] = []
            var freshUntil = MonotonicInstant(nanoseconds: .min)
        }

        let state = Mutex(State())

        func note(_ violation: String) { state.withLock { $0.violations.append(violation) } }
    }

    @Test(arguments: 0..<150) func `whatever tasks, servers and resources do, all end and one flies`(number: Int)
        async throws
    {
        let seed = 4_242 &+ UInt64(number)
        let books = Books()
        let limits = try await withVirtualTime(seed: seed) { time in
            let acquisition = ScriptedAcquisition(isAbortable: number.isMultiple(of: 2)) { call, fetch in
                let runtime = fetch.runtime
                var dice = SeededRandom(seed: seed &* 31 &+ UInt64(call))
                if runtime.now() < books.state.withLock({ $0.freshUntil }), fetch.occasion != .rejected {
                    books.note("call \(call) for a fresh token")
                }
                let wait = Int64.random(in: 0...30, using: &dice)
                try await runtime.sleep(runtime.now().advanced(by: .seconds(wait)))
                if Int.random(in: 0..<3, using: &dice) == 0 {
                    throw TesseraError.retryLater(after: .seconds(wait), "not now")
                }
                let life: Int64 = Bool.random(using: &dice) ? 40 : 400
                var response = TokenResponse(
                    accessToken: .fixture("driver-token-\(seed)-\(call)"), lifetime: .seconds(life))
                let now = runtime.now()
                response.issuedAt = now
                let isOver = now > fetch.deadline
                if !isOver {
                    books.state.withLock { $0.freshUntil = now.advanced(by: .seconds(life * 3 / 4 - 1)) }
                }
                return response
            }
            let source = RefreshingTokenSource(acquisition)
            var dice = SeededRandom(seed: seed)
            var tasks: [Task<Void, Never>] = []
            for _ in 0..<40 {
                let delay = Duration.milliseconds(Int64.random(in: 0...300_000, using: &dice))
                let patience = Duration.milliseconds(Int64.random(in: 0...60_000, using: &dice))
                let rejects = Int.random(in: 0..<6, using: &dice) == 0
                let cancelsAfter: Duration? =
                    Int.random(in: 0..<4, using: &dice) == 0
                    ? .milliseconds(Int64.random(in: 0...20_000, using: &dice)) : nil
                let task = Task(executorPreference: time.taskExecutor) {
                    try? await time.runtime.sleep(time.now.advanced(by: delay))
                    books.state.withLock { $0.asked += 1 }
                    let deadline = time.now.advanced(by: patience)
                    do {
                        let use = TokenUse(deadline: deadline, runtime: time.runtime)
                        let token = try await source.accessToken(for: use)
                        if rejects {
                            let outcome = try await source.reject(generation: token.generation, for: use)
                            if outcome == .renews {
                                books.state.withLock { $0.freshUntil = MonotonicInstant(nanoseconds: .min) }
                            }
                        }
                    } catch let error as TesseraError {
                        if error.recovery == nil { books.note("an error without a way on: \(error.code)") }
                    } catch is CancellationError {
                    } catch {
                        books.note("\(error)")
                    }
                    if time.now > deadline { books.note("somebody waited \(deadline.duration(to: time.now)) too long") }
                    books.state.withLock { $0.ended += 1 }
                }
                tasks.append(task)
                if let cancelsAfter {
                    _ = time.runtime.spawn {
                        try? await time.runtime.sleep(time.now.advanced(by: delay + cancelsAfter))
                        task.cancel()
                    }
                }
            }
            await time.advance(by: .seconds(1000))
            for task in tasks { await task.value }
            await time.advanceUntilIdle()
            return (acquisition.mostUnderWay, source.state.withLock { $0.waiters.count })
        }
        let state = books.state.withLock { $0 }
        #expect(state.violations == [], "seed \(seed)")
        #expect(state.asked == 40 && state.ended == 40, "seed \(seed)")
        #expect(limits.0 == 1, "seed \(seed)")
        #expect(limits.1 == 0, "seed \(seed)")
    }
}
#endif
