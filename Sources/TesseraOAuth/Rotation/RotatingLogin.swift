#if OAuth
import Synchronization
import TesseraCore

/// One login in this process: runs the rotation protocol, one run at a time, for all audiences of its refresh token.
///
/// A run belongs to nobody who waits: it goes on when they leave, and is never cancelled after its request was sent.
final class RotatingLogin: Sendable {
    /// What it works with.
    struct Setting: Sendable {
        /// The login's key, without audience.
        var key: TokenKey
        var store: any LoginRecordStore
        var endpoint: any RefreshEndpoint
        var profile = ProviderProfile.strict
        var limits = RotationLimits()
        var journal = RotationJournal.none
        /// Names this process to others, and this object within it.
        var holder: LoginRecord.Holder
        /// Whether a process is gone; nil when that cannot be known.
        var isGone: @Sendable (LoginRecord.Holder) -> Bool?
        /// Hands out access tokens of a rotation that could not be stored.
        var servesUnstored = false
    }

    struct Waiter {
        var want: LoginWant
        var runtime: Runtime
        var transport: (any Transport)?
        var continuation: CheckedContinuation<ObtainedToken, any Error>
    }

    struct State {
        var memory = RotationMemory()
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var left: Set<UInt64> = []
        var run: RotationRun?
        var isUnsaved = false
        var isShutDown = false
        var whenIdle: [CheckedContinuation<Void, Never>] = []
        /// Grows with each other login that takes this one's place.
        var version: UInt64 = 0
    }

    let setting: Setting
    let state = Mutex(State())

    init(_ setting: Setting) {
        self.setting = setting
    }

    /// Holds a refresh token that is stored nowhere.
    var isUnsaved: Bool { state.withLock { $0.isUnsaved } }

    /// Changes when another login takes this one's place, or another secret that of the client.
    var version: UInt64 { state.withLock { $0.version } &+ setting.endpoint.credentialVersion }

    /// An access token for `want`; waits for the run that obtains it.
    func obtain(_ want: LoginWant, runtime: Runtime, transport: (any Transport)?) async throws -> ObtainedToken {
        let id = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(
                    want: want, runtime: runtime, transport: transport, continuation: continuation)
                enum Decision {
                    case wait, fail(any Error), start(RotationRun)
                }
                let decision: Decision = state.withLock { state in
                    if state.left.remove(id) != nil { return .fail(CancellationError()) }
                    if state.isShutDown { return .fail(RotationFailure.shutDown.error(setting.key)) }
                    state.waiters[id] = waiter
                    guard state.run == nil else { return .wait }
                    let run = makeRun(waiter, state.memory)
                    state.run = run
                    return .start(run)
                }
                switch decision {
                case .wait: break
                case .fail(let error): continuation.resume(throwing: error)
                case .start(let run): run.start()
                }
            }
        } onCancel: {
            leave(id)
        }
    }

    private func leave(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.waiters.removeValue(forKey: id) else {
                state.left.insert(id)
                return nil
            }
            return waiter
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private func makeRun(_ waiter: Waiter, _ memory: RotationMemory) -> RotationRun {
        RotationRun(
            self, want: waiter.want, runtime: waiter.runtime, transport: waiter.transport,
            machine: RotationStateMachine(
                want: waiter.want, profile: setting.profile, limits: setting.limits, me: setting.holder,
                isDurable: setting.store.durability == .durable, servesUnstored: setting.servesUnstored,
                memory: memory))
    }

    // MARK: What a run reports

    func publish(_ token: ObtainedToken, for want: LoginWant) {
        let waiters = takeWaiters {
            $0.want.scope == want.scope && $0.want.resource == want.resource && $0.want.held != token.value
        }
        for waiter in waiters { waiter.continuation.resume(returning: token) }
    }

    func fail(_ failure: RotationFailure, for want: LoginWant) {
        let waiters = takeWaiters { $0.want.scope == want.scope && $0.want.resource == want.resource }
        let error = failure.error(setting.key)
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }

    private func takeWaiters(_ isMeant: (Waiter) -> Bool) -> [Waiter] {
        state.withLock { state in
            let meant = state.waiters.filter { isMeant($0.value) }
            for id in meant.keys { state.waiters[id] = nil }
            return Array(meant.values)
        }
    }

    func progress(isUnsaved: Bool) {
        state.withLock { $0.isUnsaved = isUnsaved }
    }

    /// The run is over. Whoever came in the meantime, or wants another audience, gets the next.
    func finished(_ memory: RotationMemory) {
        enum Next {
            case run(RotationRun)
            case idle([CheckedContinuation<Void, Never>], refused: [Waiter])
        }
        let next: Next = state.withLock { state in
            if let old = state.memory.record?.login, let new = memory.record?.login, old != new { state.version &+= 1 }
            state.memory = memory
            state.isUnsaved = false
            state.run = nil
            if !state.isShutDown, let waiter = state.waiters.min(by: { $0.key < $1.key })?.value {
                let run = makeRun(waiter, memory)
                state.run = run
                return .run(run)
            }
            defer {
                state.whenIdle = []
                state.waiters = [:]
            }
            return .idle(state.whenIdle, refused: Array(state.waiters.values))
        }
        switch next {
        case .run(let run): run.start()
        case .idle(let continuations, let refused):
            for waiter in refused {
                waiter.continuation.resume(throwing: RotationFailure.shutDown.error(setting.key))
            }
            for continuation in continuations { continuation.resume() }
        }
    }

    // MARK: Shutdown

    /// Ends waits, lets a request under way come to its end, and writes what is to be written. Takes at most T_post and
    /// the store's time.
    func shutdown() async {
        await withCheckedContinuation { continuation in
            let run = state.withLock { state -> RotationRun? in
                state.isShutDown = true
                if state.run != nil { state.whenIdle.append(continuation) }
                return state.run
            }
            if let run { run.send(.shutdown) } else { continuation.resume() }
        }
    }
}
#endif
