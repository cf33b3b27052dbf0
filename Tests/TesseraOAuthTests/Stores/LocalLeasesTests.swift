#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Local leases` {
    private let name = StorageName.fixture("entry")

    @Test func `waiters come in order and an impatient one leaves at its time`() async throws {
        try await withVirtualTime { time in
            let leases = LocalLeases()
            let runtime = time.runtime
            let first = try #require(
                try await leases.lease(name, until: time.now.advanced(by: .seconds(1)), runtime: runtime))
            let impatient = Task(executorPreference: time.taskExecutor) {
                try await leases.lease(name, until: runtime.now().advanced(by: .seconds(1)), runtime: runtime) == nil
            }
            await time.settle()
            let patient = Task(executorPreference: time.taskExecutor) {
                try await leases.lease(name, until: runtime.now().advanced(by: .seconds(60)), runtime: runtime)?.fence
            }
            await time.advance(by: .seconds(2))
            #expect(try await impatient.value)
            await first.release()
            await time.settle()
            #expect(try await patient.value == 2)
        }
    }

    @Test func `one who is cancelled leaves, and the lease goes to the next`() async throws {
        try await withVirtualTime { time in
            let leases = LocalLeases()
            let runtime = time.runtime
            let far = time.now.advanced(by: .seconds(60))
            let first = try #require(try await leases.lease(name, until: far, runtime: runtime))
            let cancelled = Task(executorPreference: time.taskExecutor) {
                try await leases.lease(name, until: far, runtime: runtime)?.fence
            }
            await time.settle()
            let next = Task(executorPreference: time.taskExecutor) {
                try await leases.lease(name, until: far, runtime: runtime)?.fence
            }
            await time.settle()
            cancelled.cancel()
            await time.settle()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            await first.release()
            await time.settle()
            #expect(try await next.value == 2)
        }
    }
}
#endif
