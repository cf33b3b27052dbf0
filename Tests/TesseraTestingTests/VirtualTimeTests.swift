import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@Suite("Virtual time")
struct VirtualTimeTests {
    private final class Trace: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private static func sleep(_ runtime: Runtime, _ duration: Duration) async throws {
        try await runtime.sleep(runtime.now().advanced(by: duration))
    }

    /// Forty tasks that wait, draw numbers and spawn others.
    private static func story(seed: UInt64) async throws -> [String] {
        let trace = Trace()
        try await withVirtualTime(seed: seed) { time in
            let runtime = time.runtime
            _ = try await time.run {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            for step in 0..<5 {
                                let wait = Duration.milliseconds(Int(runtime.random() % 50))
                                try? await sleep(runtime, wait)
                                trace.add("\(number).\(step) at \(runtime.now().nanoseconds)")
                                if step == 2 { _ = runtime.spawn { trace.add("spawned by \(number)") } }
                                await Task.yield()
                            }
                        }
                    }
                }
            }
            await time.settle()
        }
        return trace.all
    }

    @Test("the same seed gives the same trace, ten times over", arguments: [1, 2, 99] as [UInt64])
    func determinism(seed: UInt64) async throws {
        let first = try await Self.story(seed: seed)
        #expect(first.count == 240)
        for _ in 0..<9 { #expect(try await Self.story(seed: seed) == first) }
    }

    @Test("another seed gives another trace")
    func otherSeed() async throws {
        #expect(try await Self.story(seed: 1) != Self.story(seed: 2))
    }

    @Test("sleepers wake by due time, then by who fell asleep first")
    func order() async throws {
        let trace = Trace()
        try await withVirtualTime { time in
            let runtime = time.runtime
            _ = try await time.run {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (name, wait) in [("a", 3), ("b", 1), ("c", 2), ("d", 1), ("e", 3)] {
                        group.addTask {
                            try await Self.sleep(runtime, .seconds(wait))
                            trace.add("\(name)\(runtime.now().nanoseconds / 1_000_000_000)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(time.elapsed == .seconds(3))
        }
        #expect(trace.all == ["b1", "d1", "c2", "a3", "e3"])
    }

    @Test("advance(by:) wakes what falls due on the way, at its own time, and nothing beyond")
    func advance() async throws {
        try await withVirtualTime { time in
            let trace = Trace()
            let runtime = time.runtime
            let task = Task(executorPreference: time.taskExecutor) {
                for _ in 0..<4 {
                    try await Self.sleep(runtime, .seconds(10))
                    trace.add("\(runtime.now().nanoseconds / 1_000_000_000)")
                }
            }
            await time.advance(by: .seconds(25))
            #expect(trace.all == ["10", "20"] && time.elapsed == .seconds(25))
            await time.advance(by: .seconds(5))
            #expect(trace.all == ["10", "20", "30"] && time.elapsed == .seconds(30))
            await time.settle()
            #expect(time.elapsed == .seconds(30))
            await time.advanceUntilIdle()
            #expect(trace.all.last == "40" && time.elapsed == .seconds(40))
            try await task.value
            await time.advance(by: .zero)
            await time.advance(by: .seconds(-5))
            #expect(time.elapsed == .seconds(40))
        }
    }

    @Test("waiting for what is past costs no time")
    func past() async throws {
        try await withVirtualTime { time in
            await time.advance(by: .seconds(10))
            let runtime = time.runtime
            try await time.run {
                try await runtime.sleep(MonotonicInstant(nanoseconds: 5))
                try await runtime.sleep(runtime.now())
            }
            #expect(time.elapsed == .seconds(10))
        }
    }

    @Test("a cancelled sleep ends at once with CancellationError, and does not move the clock")
    func cancellation() async throws {
        try await withVirtualTime { time in
            let runtime = time.runtime
            let task = Task(executorPreference: time.taskExecutor) { try await Self.sleep(runtime, .seconds(100)) }
            await time.advance(by: .seconds(1))
            task.cancel()
            await time.settle()
            await #expect(throws: CancellationError.self) { try await task.value }
            await time.advanceUntilIdle()
            #expect(time.elapsed == .seconds(1))
            let late = Task(executorPreference: time.taskExecutor) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await Self.sleep(runtime, .seconds(100))
            }
            await time.settle()
            await #expect(throws: CancellationError.self) { try await late.value }
            #expect(time.elapsed == .seconds(1))
        }
    }

    @Test("spawned work runs by the clock, inherits no cancellation, and can be cancelled by its handle")
    func spawning() async throws {
        try await withVirtualTime { time in
            let trace = Trace()
            let runtime = time.runtime
            let parent = Task(executorPreference: time.taskExecutor) {
                runtime.spawn {
                    try? await Self.sleep(runtime, .seconds(5))
                    trace.add("cancelled \(Task.isCancelled) at \(runtime.now().nanoseconds / 1_000_000_000)")
                }
            }
            await time.settle()
            parent.cancel()
            _ = await parent.value
            await time.advance(by: .seconds(10))
            #expect(trace.all == ["cancelled false at 5"])
            let handle = runtime.spawn {
                try? await Self.sleep(runtime, .seconds(500))
                trace.add("cancelled \(Task.isCancelled) at \(runtime.now().nanoseconds / 1_000_000_000)")
            }
            await time.settle()
            handle.cancel()
            await time.settle()
            #expect(trace.all.last == "cancelled true at 10")
        }
    }

    @Test("inside, Runtime.current is virtual and the wall clock moves with it; outside it is the system's again")
    func runtime() async throws {
        let start = Timestamp(secondsSinceEpoch: 1_000_000_000)
        try await withVirtualTime(wallTime: start) { time in
            #expect(Runtime.current.now() == MonotonicInstant(nanoseconds: 0))
            #expect(Runtime.current.wallTime() == start)
            await time.advance(by: .seconds(90))
            #expect(Runtime.current.wallTime() == Timestamp(secondsSinceEpoch: 1_000_000_090))
            #expect(Runtime.current.now() == time.now)
        }
        #expect(Runtime.current.wallTime() > Timestamp(secondsSinceEpoch: 1_500_000_000))
    }

    @Test("nested awaits, groups and async lets need no help")
    func nested() async throws {
        let sum = try await withVirtualTime { time in
            let runtime = time.runtime
            return try await time.run {
                async let first = Self.later(runtime, 3, 1)
                async let second = Self.later(runtime, 2, 10)
                let third = try await Self.later(runtime, 1, 100)
                return try await first + second + third
            }
        }
        #expect(sum == 111)
    }

    private static func later(_ runtime: Runtime, _ seconds: Int, _ value: Int) async throws -> Int {
        for _ in 0..<seconds { try await sleep(runtime, .seconds(1)) }
        return value
    }

    @Test("one virtual time inside another keeps its own clock")
    func inner() async throws {
        try await withVirtualTime(seed: 1) { outer in
            try await withVirtualTime(seed: 2) { inner in
                await inner.advance(by: .seconds(7))
                #expect(Runtime.current.now() == inner.now)
            }
            #expect(outer.elapsed == .zero && Runtime.current.now() == outer.now)
        }
    }

    @Test("what the body throws comes out")
    func throwing() async {
        struct Own: Error {}
        await #expect(throws: Own.self) { try await withVirtualTime { _ in throw Own() } }
        await #expect(throws: Own.self) { try await withVirtualTime { try await $0.run { throw Own() } } }
    }

    @Test("moving the clock from two tasks at once is a mistake that ends the test, not a race")
    func twoDrivers() async {
        await #expect(processExitsWith: .failure) {
            try await withVirtualTime { time in
                let other = Task(executorPreference: time.taskExecutor) { await time.advanceUntilIdle() }
                await time.advanceUntilIdle()
                await other.value
            }
        }
    }

    @Test("a week passes in no time")
    func week() async throws {
        // Other tests run beside this one, so the best of several rounds counts.
        var best = Duration.seconds(10)
        for _ in 0..<20 where best > .milliseconds(200) {
            let watch = ContinuousClock.now
            try await withVirtualTime { time in
                let runtime = time.runtime
                try await time.run { for _ in 0..<168 { try await Self.sleep(runtime, .seconds(3600)) } }
                #expect(time.elapsed == .seconds(604_800))
            }
            best = min(best, watch.duration(to: .now))
        }
        #expect(best <= .milliseconds(200))
    }
}
