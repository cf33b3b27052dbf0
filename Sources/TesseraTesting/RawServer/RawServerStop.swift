import Dispatch
import Synchronization

/// The end of a server: knows its threads and sockets, wakes them all and waits for the last to leave.
final class RawServerStop: Sendable {
    /// Thrown inside a script when the server's scope has ended.
    struct Stopped: Error {}

    private struct State {
        var isStopped = false
        var threads = 0
        var sockets: [Int: RawSocket] = [:]
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func check() throws {
        if isStopped { throw Stopped() }
    }

    func enter() {
        state.withLock { $0.threads += 1 }
    }

    /// Registers a connection; false when it came too late.
    func enter(_ socket: RawSocket, _ number: Int) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.threads += 1
            state.sockets[number] = socket
            return true
        }
    }

    func leave(_ number: Int? = nil) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.threads -= 1
            if let number { state.sockets[number] = nil }
            guard state.threads == 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Blocks the caller's thread.
    func wait(_ duration: Duration) throws {
        try check()
        let nanoseconds =
            min(duration.components.seconds, 3600) * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        if signal.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success {
            // The next one who waits is to wake up as well.
            signal.signal()
        }
        try check()
    }

    func stop() {
        let sockets = state.withLock { state in
            state.isStopped = true
            return Array(state.sockets.values)
        }
        signal.signal()
        for socket in sockets { socket.shutdownBoth() }
    }

    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                guard state.threads > 0 else { return true }
                state.waiter = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
