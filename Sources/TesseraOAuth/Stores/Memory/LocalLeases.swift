#if OAuth
import Synchronization
import TesseraCore

/// Leases that exclude the other tasks of this process, first come, first served.
final class LocalLeases: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var held: Set<StorageName> = []
        var waiting: [StorageName: [Waiter]] = [:]
        /// Given up before they had begun to wait.
        var abandoned: Set<UInt64> = []
        var fences: UInt64 = 0
        var ids: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Returns: nil when `deadline` passed first.
    /// - Throws: `CancellationError`.
    func lease(_ name: StorageName, until deadline: MonotonicInstant, runtime: Runtime) async throws -> LocalLease? {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.ids &+= 1
            return state.ids
        }
        let timer = runtime.spawn {
            try? await runtime.sleep(deadline)
            self.abandon(id, name)
        }
        defer {
            timer.cancel()
            state.withLock { _ = $0.abandoned.remove(id) }
        }
        let isHeld = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.held.insert(name).inserted { return true }
                    if state.abandoned.contains(id) { return false }
                    state.waiting[name, default: []].append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            abandon(id, name)
        }
        guard isHeld else {
            try Task.checkCancellation()
            return nil
        }
        let fence = state.withLock { state in
            state.fences &+= 1
            return state.fences
        }
        return LocalLease(fence: fence) { self.release(name) }
    }

    private func abandon(_ id: UInt64, _ name: StorageName) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting[name]?.firstIndex(where: { $0.id == id }) else {
                state.abandoned.insert(id)
                return nil
            }
            return state.waiting[name]?.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }

    private func release(_ name: StorageName) {
        let next = state.withLock { state -> Waiter? in
            guard var waiting = state.waiting[name], !waiting.isEmpty else {
                state.held.remove(name)
                state.waiting[name] = nil
                return nil
            }
            let first = waiting.removeFirst()
            state.waiting[name] = waiting
            return first
        }
        next?.continuation.resume(returning: true)
    }
}

/// A lease that ends when its holder gives it back or drops it.
final class LocalLease: StoreLease {
    let fence: UInt64
    /// What another process does is not known here.
    let provesHoldersDeath = false
    let end: MonotonicInstant? = nil
    private let onRelease: @Sendable () -> Void
    private let isReleased = Mutex(false)

    init(fence: UInt64, onRelease: @escaping @Sendable () -> Void) {
        self.fence = fence
        self.onRelease = onRelease
    }

    deinit { releaseOnce() }

    func renew() async throws -> MonotonicInstant? {
        guard isReleased.withLock({ !$0 }) else { throw StoreFailure.failed("the lease was given back already") }
        return nil
    }

    func release() async { releaseOnce() }

    private func releaseOnce() {
        let isFirst = isReleased.withLock { isReleased in
            defer { isReleased = true }
            return !isReleased
        }
        if isFirst { onRelease() }
    }
}
#endif
