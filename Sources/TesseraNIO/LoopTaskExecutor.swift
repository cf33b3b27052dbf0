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

    /// Says that an exchange begins (1) or ends (-1) on the loop.
    func count(_ change: Int) {
        resumption.value.exchanges += change
    }

    /// Runs `body`, which resumes tasks. Those that run on this loop go on when it returns, instead of in a turn of the
    /// loop of their own. Called on the loop, as the last step of what a handler does.
    func resuming(_ body: () -> Void) {
        let resumption = resumption.value
        switch resumption.collect(body) {
        case .nothing: break
        case .now: run(resumption)
        case .atTheEndOfTheTurn: loop.execute { self.run(self.resumption.value) }
        }
    }

    private func run(_ resumption: LoopResumption) {
        resumption.run { $0.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// The tasks that the handlers of a loop have resumed. Lives on the event loop.
private final class LoopResumption {
    enum Run {
        case nothing
        case now
        case atTheEndOfTheTurn
    }

    /// With so many exchanges under way others are likely to be answered in the same turn of the loop. Their tasks go on
    /// together at its end: the same code runs for all, and is not fetched anew for each.
    private static let manyExchanges = 4

    private var jobs: [UnownedJob] = []
    private var isOpen = false
    private var isRunPlanned = false
    var exchanges = 0

    func takes(_ job: UnownedJob) -> Bool {
        guard isOpen else { return false }
        jobs.append(job)
        return true
    }

    /// Runs `body`, takes what it resumes, and says when that should be run.
    func collect(_ body: () -> Void) -> Run {
        guard !isOpen else {
            body()
            return .nothing
        }
        isOpen = true
        body()
        isOpen = false
        // Whoever runs what was there before runs this, too.
        guard !jobs.isEmpty, !isRunPlanned else { return .nothing }
        isRunPlanned = true
        return exchanges < Self.manyExchanges ? .now : .atTheEndOfTheTurn
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
