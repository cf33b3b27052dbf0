import BareNIO
import BenchSupport
import NIOCore
import NIOPosix

extension Lanes {
    /// One task per lane that prefers the event loop as its executor, so that nothing leaves the thread.
    func runWithAwaitOnLoop(_ requests: Int) throws -> Int {
        let executor = LoopTaskExecutor(group.next())
        return try waitForTask {
            await sumInTasks(Array(zip(lanes, shares(of: requests, among: lanes.count))), on: executor) { lane, share in
                await countBad(lane, request, times: share)
            }
        }
    }
}

/// SwiftNIO's loops are serial executors but not task executors.
private final class LoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
