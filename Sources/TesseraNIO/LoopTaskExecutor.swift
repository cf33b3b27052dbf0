#if NIO
import NIOCore
import Synchronization

/// Runs tasks on an event loop, so that what arrives there resumes them without waking another thread.
///
/// SwiftNIO's loops are serial executors, but no task executors.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop
    /// Jobs that are held while a handler resumes their tasks.
    private let held: NIOLoopBoundBox<HeldJobs>

    init(_ loop: any EventLoop) {
        self.loop = loop
        held = .makeBoxSendingValue(HeldJobs(), eventLoop: loop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop, held.value.isOpen {
            held.value.jobs.append(job)
        } else {
            loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// Runs `body`, which resumes tasks. Those that run on this loop go on when it returns, instead of in a turn of the
    /// loop of their own. Called on the loop, as the last step of what a handler does.
    func resuming(_ body: () -> Void) {
        guard !held.value.isOpen else { return body() }
        let first = held.value.jobs.count
        held.value.isOpen = true
        body()
        held.value.isOpen = false
        guard held.value.jobs.count > first else { return }
        // A job may lead here again: what is added then is gone when it returns.
        var next = first
        while next < held.value.jobs.count {
            let job = held.value.jobs[next]
            next += 1
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        held.value.jobs.removeSubrange(first...)
    }

    private struct HeldJobs: Sendable {
        var jobs: [UnownedJob] = []
        var isOpen = false
    }
}

/// One executor for each loop of a group, in turn.
final class LoopTaskExecutors: Sendable {
    private let executors: [LoopTaskExecutor]
    private let executorOfLoop: [ObjectIdentifier: LoopTaskExecutor]
    private let turn = Atomic<Int>(0)

    init(_ group: any EventLoopGroup) {
        let loops = Array(group.makeIterator())
        executors = loops.map { LoopTaskExecutor($0) }
        executorOfLoop = Dictionary(
            zip(loops.lazy.map { ObjectIdentifier($0) }, executors), uniquingKeysWith: { first, _ in first })
    }

    func next() -> LoopTaskExecutor? {
        guard !executors.isEmpty else { return nil }
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return executors[Int(UInt(bitPattern: turn) % UInt(executors.count))]
    }

    /// The executor of a loop; one of its own where the loop is none of the group's.
    func executor(of loop: any EventLoop) -> LoopTaskExecutor {
        executorOfLoop[ObjectIdentifier(loop)] ?? LoopTaskExecutor(loop)
    }
}
#endif
