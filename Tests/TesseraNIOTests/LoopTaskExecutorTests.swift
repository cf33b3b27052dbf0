#if NIO
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import TesseraNIO

@Suite("Tasks on event loops")
struct LoopTaskExecutorTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    /// Tasks that wait on the loop, and what they did in which order.
    private func waiting(
        _ count: Int, on executor: LoopTaskExecutor, _ before: @escaping @Sendable () -> Void = {}
    ) async -> Waiting {
        let waiting = Waiting(count: count)
        for index in 0..<count {
            waiting.tasks.withLock {
                $0.append(
                    Task(executorPreference: executor) {
                        await withUnsafeContinuation { continuation in
                            waiting.continuations.withLock { $0[index] = continuation }
                        }
                        before()
                        waiting.note("task \(index)")
                    })
            }
        }
        while waiting.continuations.withLock({ $0.compactMap(\.self).count }) < count { await Task.yield() }
        return waiting
    }

    private final class Waiting: Sendable {
        let continuations: Mutex<[UnsafeContinuation<Void, Never>?]>
        let tasks = Mutex<[Task<Void, Never>]>([])
        let log = Mutex<[String]>([])

        init(count: Int) {
            continuations = Mutex(Array(repeating: nil, count: count))
        }

        func note(_ event: String) {
            log.withLock { $0.append(event) }
        }

        func resume(_ index: Int) {
            continuations.withLock { $0[index].take() }?.resume()
        }

        func end() async -> [String] {
            for task in tasks.withLock({ $0 }) { await task.value }
            return log.withLock { $0 }
        }
    }

    @Test("what is resumed goes on at the end of the turn, in the order of resumption")
    func order() async throws {
        let executor = LoopTaskExecutor(loop)
        let waiting = await waiting(2, on: executor)
        try await loop.submit {
            executor.resuming {
                waiting.resume(1)
                waiting.resume(0)
                waiting.note("done")
            }
            waiting.note("after")
        }.get()
        #expect(await waiting.end() == ["done", "after", "task 1", "task 0"])
    }

    @Test("within one another, each task runs once")
    func nested() async throws {
        let executor = LoopTaskExecutor(loop)
        let waiting = await waiting(3, on: executor)
        try await loop.submit {
            executor.resuming {
                waiting.resume(0)
                executor.resuming { waiting.resume(1) }
                waiting.resume(2)
            }
            waiting.note("after")
        }.get()
        #expect(await waiting.end() == ["after", "task 0", "task 1", "task 2"])
    }

    @Test("what several handlers resume in one turn goes on together")
    func several() async throws {
        let executor = LoopTaskExecutor(loop)
        let waiting = await waiting(2, on: executor)
        try await loop.submit {
            for index in [1, 0] {
                executor.resuming { waiting.resume(index) }
                waiting.note("handler \(index)")
            }
        }.get()
        #expect(await waiting.end() == ["handler 1", "handler 0", "task 1", "task 0"])
    }

    @Test("a task that goes on may resume others in the same way")
    func again() async throws {
        let executor = LoopTaskExecutor(loop)
        let waiting = await waiting(2, on: executor)
        let first = await self.waiting(1, on: executor) {
            executor.resuming { waiting.resume(1) }
            waiting.note("first")
        }
        try await loop.submit {
            executor.resuming { first.resume(0) }
            executor.resuming { waiting.resume(0) }
        }.get()
        _ = await first.end()
        #expect(await waiting.end() == ["first", "task 0", "task 1"])
    }

    @Test("what another thread, or nobody's handler, resumes goes on as well")
    func elsewhere() async throws {
        let executor = LoopTaskExecutor(loop)
        let waiting = await waiting(2, on: executor)
        waiting.resume(0)
        try await loop.submit { waiting.resume(1) }.get()
        #expect(await Set(waiting.end()) == ["task 0", "task 1"])
    }

    @Test("a loop has one executor, whoever asks")
    func identity() {
        let executors = LoopTaskExecutors(MultiThreadedEventLoopGroup.singleton)
        #expect(executors.executor(of: loop) === executors.executor(of: loop))
    }
}
#endif
