import Dispatch
import Synchronization
import TesseraCore

/// Runs jobs one at a time and moves the clock when there is none left to run.
final class VirtualExecutor: TaskExecutor {
    enum Goal {
        case now
        case instant(MonotonicInstant)
        case idle
    }

    private struct State {
        var now = MonotonicInstant(nanoseconds: 0)
        var jobs = JobQueue()
        var isPumping = false
        var sleepers = Sleepers()
        var driver: (goal: Goal, continuation: CheckedContinuation<Void, Never>)?
        var random: UInt64
    }

    private let state: Mutex<State>
    private let start: Timestamp
    private let queue = DispatchQueue(label: "tessera.virtual-time")

    init(seed: UInt64, wallTime: Timestamp) {
        state = Mutex(State(random: seed))
        start = wallTime
    }

    var now: MonotonicInstant { state.withLock { $0.now } }

    var runtime: Runtime {
        Runtime(
            now: { self.now },
            wallTime: { self.start.advanced(by: MonotonicInstant(nanoseconds: 0).duration(to: self.now)) },
            random: { self.random() },
            sleep: { try await self.sleep(until: $0) },
            spawn: { operation in
                let task = Task.detached(executorPreference: self) { await operation() }
                return SpawnedTask { task.cancel() }
            })
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    private func random() -> UInt64 {
        state.withLock { state in
            state.random &+= 0x9E37_79B9_7F4A_7C15
            var word = state.random
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustPump = state.withLock { state in
            state.jobs.append(job)
            defer { state.isPumping = true }
            return !state.isPumping
        }
        if mustPump { queue.async { self.pump() } }
    }

    private func pump() {
        while true {
            let step: (() -> Void)? = state.withLock { state in
                if let job = state.jobs.popFirst() {
                    return { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
                }
                guard let wake = Self.move(&state) else {
                    state.isPumping = false
                    return nil
                }
                return wake
            }
            guard let step else { return }
            step()
        }
    }

    /// Nothing can run: lets the next sleeper go, or reports to whoever moves the clock that it is done.
    private static func move(_ state: inout State) -> (() -> Void)? {
        guard let driver = state.driver else { return nil }
        let limit: MonotonicInstant =
            switch driver.goal {
            case .now: state.now
            case .instant(let instant): instant
            case .idle: .distantFuture
            }
        if let (due, continuation) = state.sleepers.popFirst(until: limit) {
            state.now = max(state.now, due)
            return { continuation.resume() }
        }
        if case .instant(let instant) = driver.goal { state.now = max(state.now, instant) }
        state.driver = nil
        return { driver.continuation.resume() }
    }

    func run(until goal: Goal) async {
        await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                guard state.driver == nil else { return false }
                state.driver = (goal, continuation)
                return true
            }
            precondition(isFirst, "virtual time is being moved by another task already")
        }
    }

    private func sleep(until due: MonotonicInstant) async throws {
        let id = state.withLock { $0.sleepers.nextID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if due <= state.now { return .success(()) }
                    state.sleepers.insert(id, due: due, continuation)
                    return nil
                }
                if let isOver { continuation.resume(with: isOver) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.remove(id) }?.resume(throwing: CancellationError())
        }
    }
}
