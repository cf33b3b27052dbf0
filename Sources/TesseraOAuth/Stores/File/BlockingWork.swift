#if OAuth
import Dispatch

/// Where calls run that wait for a disk: not on the threads that all tasks share, of which there are as many as cores.
struct BlockingWork: Sendable {
    private let queues: [DispatchQueue]

    /// Four threads at most, made when they are needed; work of one name runs in order.
    static func ownThreads() -> BlockingWork {
        BlockingWork(queues: (1...4).map { DispatchQueue(label: "tessera.file-store.\($0)") })
    }

    /// On the caller's thread: for virtual time, which does not wait for what leaves its executor.
    static var inline: BlockingWork { BlockingWork(queues: []) }

    func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard !queues.isEmpty else { return try body() }
        let queue = queues[Int(UInt(bitPattern: name.hashValue) % UInt(queues.count))]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
#endif
