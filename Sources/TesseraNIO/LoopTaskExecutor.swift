#if NIO
import NIOCore
import Synchronization

/// Runs tasks on an event loop, so that what arrives there resumes them without waking another thread.
///
/// SwiftNIO's loops are serial executors, but no task executors.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// One executor for each loop of a group, in turn.
final class LoopTaskExecutors: Sendable {
    private let executors: [LoopTaskExecutor]
    private let turn = Atomic<Int>(0)

    init(_ group: any EventLoopGroup) {
        executors = group.makeIterator().map { LoopTaskExecutor($0) }
    }

    func next() -> LoopTaskExecutor? {
        guard !executors.isEmpty else { return nil }
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return executors[Int(UInt(bitPattern: turn) % UInt(executors.count))]
    }
}
#endif
