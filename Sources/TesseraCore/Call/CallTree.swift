import Synchronization

/// What a call shares with the calls that are made inside it, by its authenticator or an interceptor: one deadline and
/// one number of retries. Layers that each repeat three times would otherwise make nine requests of one.
///
/// A task-local value; work that ``Runtime/spawn`` starts, such as a shared token refresh, has none and answers to
/// itself. Only a session with interceptors, or with an authenticator that may send requests on the caller's task, binds
/// one.
final class CallTree: Sendable {
    @TaskLocal static var current: CallTree?
    /// Reading a task-local value costs more than this, and most programs never bind one.
    private static let wasBound = Atomic(false)

    let deadline: MonotonicInstant
    private let retriesLeft: Atomic<Int>

    init(deadline: MonotonicInstant, retries: Int) {
        CallTree.wasBound.store(true, ordering: .relaxed)
        self.deadline = deadline
        retriesLeft = Atomic(max(0, retries))
    }

    /// That of the call in which this task is.
    static var enclosing: CallTree? {
        wasBound.load(ordering: .relaxed) ? current : nil
    }

    /// Takes one of the retries that are left.
    func takeRetry() -> Bool {
        var left = retriesLeft.load(ordering: .relaxed)
        while left > 0 {
            let (isTaken, now) = retriesLeft.compareExchange(
                expected: left, desired: left - 1, ordering: .relaxed)
            if isTaken { return true }
            left = now
        }
        return false
    }

    /// Whether an authenticator may make calls on the task that asks it.
    static func isNeeded(by authenticator: any Authenticator) -> Bool {
        if authenticator is StaticAuthenticator { return false }
        guard let tokens = authenticator as? TokenAuthenticator else { return true }
        return !(tokens.source is any DetachedTokenSource)
    }
}

/// A source that sends its requests from tasks of their own, shared by all who ask.
package protocol DetachedTokenSource: TokenSource {}
