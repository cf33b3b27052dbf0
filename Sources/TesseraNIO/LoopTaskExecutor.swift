#if NIO
import NIOCore
import Synchronization

/// Runs tasks on an event loop, so that what arrives there resumes them without waking another thread.
///
/// SwiftNIO's loops are serial executors, but no task executors.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop
    private let resumption: NIOLoopBoundBox<LoopResumption>

    init(_ loop: any EventLoop) {
        self.loop = loop
        resumption = .makeBoxSendingValue(LoopResumption(), eventLoop: loop)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop, resumption.value.takes(job) { return }
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs `body`, which resumes tasks. Those that run on this loop go on at the end of its turn, all one after the
    /// other: that is one task of the loop for all, and the same code is not fetched anew for each.
    ///
    /// Not at once: what the loop still has to read may be the end of the connection that their next requests would get.
    func resuming(_ body: () -> Void) {
        if resumption.value.collect(body) { loop.execute { self.run() } }
    }

    private func run() {
        resumption.value.run { $0.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// The tasks that the handlers of a loop have resumed. Lives on the event loop.
private final class LoopResumption {
    // As in `HTTP1Handler`: overlapping access is looked for in debug builds.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var jobs: [UnownedJob] = []
    private var isOpen = false
    private var isRunPlanned = false

    func takes(_ job: UnownedJob) -> Bool {
        guard isOpen else { return false }
        jobs.append(job)
        return true
    }

    /// Runs `body`, takes what it resumes, and says whether a run has to be planned for that.
    func collect(_ body: () -> Void) -> Bool {
        guard !isOpen else {
            body()
            return false
        }
        isOpen = true
        body()
        isOpen = false
        // Whoever runs what was there before runs this, too.
        guard !jobs.isEmpty, !isRunPlanned else { return false }
        isRunPlanned = true
        return true
    }

    /// Runs what was taken, and what is added meanwhile.
    func run(_ body: (UnownedJob) -> Void) {
        var next = 0
        while next < jobs.count {
            let job = jobs[next]
            next += 1
            body(job)
        }
        jobs.removeAll(keepingCapacity: true)
        isRunPlanned = false
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
