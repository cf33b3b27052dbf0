import BareNIO
import BenchSupport
import NIOCore
import NIOPosix

extension Lanes {
    /// One task per lane, isolated to an actor whose serial executor is the event loop.
    ///
    /// This alone does not keep a task on the loop: a continuation resumes on the task's
    /// default executor, here the global pool, and only then switches back to the actor.
    func runWithAwaitOnActor(_ requests: Int) throws -> Int {
        let caller = LoopActor(group.next())
        return try waitForTask {
            await sumInTasks(Array(zip(lanes, shares(of: requests, among: lanes.count)))) { lane, share in
                await caller.drive(lane, request, times: share)
            }
        }
    }
}

private actor LoopActor {
    private let loop: any EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func drive(_ lane: some BareConnection, _ request: BareRequest, times: Int) async -> Int {
        await countBad(lane, request, times: times)
    }
}
