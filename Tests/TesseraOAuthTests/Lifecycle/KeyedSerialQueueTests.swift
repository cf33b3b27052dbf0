#if OAuth
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Keyed serial queue` {
    private final class Record: Sendable {
        private let state = Mutex((running: [String: Int](), most: 0, order: [Int]()))
        var most: Int { state.withLock { $0.most } }
        var order: [Int] { state.withLock { $0.order } }

        func begin(_ key: String, _ number: Int) {
            state.withLock { state in
                state.running[key, default: 0] += 1
                state.most = max(state.most, state.running[key] ?? 0)
                state.order.append(number)
            }
        }

        func end(_ key: String) { state.withLock { $0.running[key, default: 0] -= 1 } }
    }

    private func sleep(_ time: VirtualTime, _ seconds: Int64) async throws {
        try await time.runtime.sleep(time.now.advanced(by: .seconds(seconds)))
    }

    @Test func `runs one of a key at a time, in order, and keys side by side`() async throws {
        try await withVirtualTime { time in
            let queue = KeyedSerialQueue<String>()
            let record = Record()
            let started = time.now
            for number in 0..<10 {
                for key in ["a", "b"] {
                    _ = time.runtime.spawn {
                        try? await queue.run(key) {
                            record.begin(key, number)
                            try await sleep(time, 1)
                            record.end(key)
                        }
                    }
                }
            }
            await time.advanceUntilIdle()
            #expect(record.most == 1)
            #expect(record.order == (0..<10).flatMap { [$0, $0] })
            #expect(started.duration(to: time.now) == .seconds(10))
            #expect(queue.count == 0)
        }
    }

    @Test func `who is cancelled while waiting leaves, and the next comes`() async throws {
        try await withVirtualTime { time in
            let queue = KeyedSerialQueue<String>()
            let record = Record()
            let tasks = (0..<3).map { number in
                Task(executorPreference: time.taskExecutor) {
                    try await queue.run("a") {
                        record.begin("a", number)
                        defer { record.end("a") }
                        try await sleep(time, 1)
                    }
                }
            }
            await time.settle()
            tasks[1].cancel()
            await time.advanceUntilIdle()
            await #expect(throws: CancellationError.self) { try await tasks[1].value }
            #expect(record.order == [0, 2])
            #expect(queue.count == 0)
        }
    }

    @Test func `what throws lets the next come`() async throws {
        struct Broken: Error {}
        let queue = KeyedSerialQueue<Int>()
        await #expect(throws: Broken.self) { try await queue.run(1) { throw Broken() } }
        let value = try await queue.run(1) { 7 }
        #expect(value == 7)
    }
}
#endif
