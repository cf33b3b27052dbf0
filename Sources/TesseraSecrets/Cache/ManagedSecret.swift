#if Secrets
import Synchronization
public import TesseraCore

/// A secret of a manager, kept for a while: one fetch serves all who ask at the same time, a new one is looked for before
/// the old one is too old, and while the manager is down the old one goes on being used.
///
/// ```swift
/// let password = secrets.secret("prod/database", member: "password")
/// let login = try OAuthClient(issuer: issuer, id: "billing", authentication: .secretBasic(password))
/// ```
///
/// ``SecretCacheStateMachine`` decides; this drives. A fetch runs in a task of its own: who is cancelled leaves, and it
/// goes on for the others.
public final class ManagedSecret: SecretSource {
    private typealias Waiter = CheckedContinuation<SecretValue, any Error>

    private struct State {
        var machine: SecretCacheStateMachine
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var alarm: SpawnedTask?
    }

    /// Which secret it is.
    public let reference: SecretReference
    private let manager: any SecretManager
    private let member: String?
    private let observers: [SecretObserver]
    private let runtime: Runtime
    private let longestFetch: Duration
    private let state: Mutex<State>

    /// A secret of the given manager; see ``SecretManager/secret(_:version:member:cache:observers:)``.
    public init(
        _ reference: SecretReference, of manager: any SecretManager, member: String? = nil,
        cache: SecretCachePolicy = SecretCachePolicy(), observers: [SecretObserver] = []
    ) {
        self.reference = reference
        self.manager = manager
        self.member = member
        self.observers = observers
        runtime = .current
        longestFetch = max(cache.longestFetch, .milliseconds(1))
        state = Mutex(State(machine: SecretCacheStateMachine(policy: cache)))
    }

    /// The secret, at most as old as the cache policy allows.
    ///
    /// - Throws: ``TesseraCore/TesseraError``, or `CancellationError` when the asking task is cancelled.
    public func secret() async throws -> Secret {
        try await answer(state.withLock { $0.machine.ask(now: runtime.now()) })
    }

    /// The secret after it was refused: fetched anew unless that was done a moment ago.
    public func secret(after rejected: Secret) async throws -> Secret {
        try await answer(state.withLock { $0.machine.ask(after: rejected, now: runtime.now()) })
    }

    private func answer(_ answer: SecretCacheStateMachine.Answer) async throws -> Secret {
        switch answer {
        case .use(let value, let freshness):
            return read(value, freshness)
        case .useAndStart(let value, let flight):
            start(flight)
            return read(value, .fresh)
        case .join:
            return try await wait()
        case .start(let flight):
            start(flight)
            return try await wait()
        case .fail(let error):
            throw error
        }
    }

    private func read(_ value: SecretValue, _ freshness: SecretEvent.Freshness) -> Secret {
        report(.read(freshness, version: value.version))
        return value.secret
    }

    private func report(_ event: SecretEvent) {
        for observer in observers { observer.observe(event, manager.name, reference) }
    }

    // MARK: Fetching

    private func start(_ flight: SecretCacheStateMachine.FlightID) {
        let began = runtime.now()
        let deadline = began.advanced(by: longestFetch)
        let work = runtime.spawn { [self] in
            let result: Result<SecretValue, TesseraError>
            do {
                let value = try await Runtime.$current.withValue(runtime) {
                    try await manager.fetch(reference, SecretFetch(deadline: deadline, runtime: runtime))
                }
                result = .success(try SecretMember.select(member, of: value, reference))
            } catch let error as TesseraError {
                result = .failure(error)
            } catch {
                result = .failure(
                    TesseraError(.connection, "\(manager.name) gave no secret \(reference)", underlying: error))
            }
            conclude(flight, result, began)
        }
        let alarm = runtime.spawn { [weak self, runtime] in
            guard (try? await runtime.sleep(deadline)) != nil, let self else { return }
            work.cancel()
            conclude(
                flight,
                .failure(
                    TesseraError(
                        .timeout, "\(manager.name) did not give \(reference) within \(longestFetch.brief)",
                        remedy: "check that it can be reached")), began)
        }
        let isOver = state.withLock { state in
            guard state.machine.flight == flight else { return true }
            state.alarm = alarm
            return false
        }
        if isOver { alarm.cancel() }
    }

    private func conclude(
        _ flight: SecretCacheStateMachine.FlightID, _ result: Result<SecretValue, TesseraError>,
        _ began: MonotonicInstant
    ) {
        let now = runtime.now()
        let random = runtime.random()
        var event: SecretEvent?
        let (outcome, waiters, alarm) = state.withLock { state in
            switch result {
            case .success(let value):
                let (isNews, isChanged) = state.machine.landed(flight, with: value, now: now, random: random)
                if isNews {
                    event = .fetched(version: value.version, isChanged: isChanged, duration: began.duration(to: now))
                }
            case .failure(let error):
                if state.machine.failed(flight, with: error, now: now, random: random) {
                    event = .failed(error.code, duration: began.duration(to: now))
                }
            }
            guard event != nil, let outcome = state.machine.outcome(now: now) else {
                return (result.map { ($0, SecretEvent.Freshness.fresh) }, [Waiter](), SpawnedTask?.none)
            }
            defer { (state.waiters, state.alarm) = ([:], nil) }
            return (outcome, Array(state.waiters.values), state.alarm)
        }
        alarm?.cancel()
        guard let event else { return }
        report(event)
        for waiter in waiters {
            if case .success(let (value, freshness)) = outcome { report(.read(freshness, version: value.version)) }
            waiter.resume(with: outcome.map { $0.0 }.mapError { $0 })
        }
    }

    // MARK: Waiting

    private func wait() async throws -> Secret {
        let id = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let now = runtime.now()
                let result: Result<SecretValue, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let outcome = state.machine.outcome(now: now) { return outcome.map { $0.0 }.mapError { $0 } }
                    state.waiters[id] = waiter
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }.secret
    }
}

extension ManagedSecret: CustomStringConvertible, CustomReflectable {
    /// The manager and the secret's name.
    public var description: String { "\(manager.name) \(reference)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretManager {
    /// A secret of this manager as a source: kept for a while, fetched once for all who ask.
    ///
    /// - Parameters:
    ///   - name: The name, in the manager's own form.
    ///   - version: The version, stage or alias to pin; nil for the current one.
    ///   - member: The member to take when the secret is a JSON object; nil for the whole.
    ///   - cache: How long it is kept.
    ///   - observers: Who sees each read.
    public func secret(
        _ name: String, version: String? = nil, member: String? = nil, cache: SecretCachePolicy = SecretCachePolicy(),
        observers: [SecretObserver] = []
    ) -> ManagedSecret {
        ManagedSecret(
            SecretReference(name, version: version), of: self, member: member, cache: cache, observers: observers)
    }
}
#endif
