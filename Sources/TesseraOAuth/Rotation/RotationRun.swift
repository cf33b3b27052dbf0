#if OAuth
import Synchronization
import TesseraCore

/// Carries out one run of ``RotationStateMachine``: each effect in a task of its own, the events one after the other.
final class RotationRun: Sendable {
    private struct State {
        var machine: RotationStateMachine
        var lease: (any StoreLease)?
        var acquisition: SpawnedTask?
        var alarm: SpawnedTask?
        var alarmAt: MonotonicInstant?
    }

    private let login: RotatingLogin
    private let want: LoginWant
    private let runtime: Runtime
    private let transport: (any Transport)?
    private let state: Mutex<State>
    private let events: AsyncStream<RotationStateMachine.Event>
    private let sender: AsyncStream<RotationStateMachine.Event>.Continuation

    init(
        _ login: RotatingLogin, want: LoginWant, runtime: Runtime, transport: (any Transport)?,
        machine: RotationStateMachine
    ) {
        self.login = login
        self.want = want
        self.runtime = runtime
        self.transport = transport
        state = Mutex(State(machine: machine))
        (events, sender) = AsyncStream.makeStream()
    }

    func send(_ event: RotationStateMachine.Event) {
        sender.yield(event)
    }

    func start() {
        _ = runtime.spawn { [self] in
            await Runtime.$current.withValue(runtime) {
                // What finds the endpoint must not take its time from the attempt's.
                await login.setting.endpoint.prepare(runtime: runtime, transport: transport)
                send(.start)
                for await event in events {
                    let effects = step(event)
                    for effect in effects { perform(effect) }
                    if state.withLock({ $0.machine.isOver }) { break }
                    setAlarm()
                }
                sender.finish()
                let (memory, alarm) = state.withLock { ($0.machine.memory, $0.alarm) }
                alarm?.cancel()
                login.finished(memory)
            }
        }
    }

    private func step(_ event: RotationStateMachine.Event) -> [RotationStateMachine.Effect] {
        let now = runtime.now()
        let random = runtime.random()
        let (effects, isUnsaved) = state.withLock { state in
            (state.machine.handle(event, at: now, random: random), state.machine.isUnsaved)
        }
        login.progress(isUnsaved: isUnsaved)
        return effects
    }

    private func setAlarm() {
        let due = state.withLock { state -> MonotonicInstant? in
            let due = state.machine.nextWake
            guard due != state.alarmAt else { return nil }
            state.alarm?.cancel()
            state.alarm = nil
            state.alarmAt = due
            return due
        }
        guard let due else { return }
        let runtime = runtime
        let alarm = runtime.spawn { [weak self] in
            guard (try? await runtime.sleep(due)) != nil, let self else { return }
            self.state.withLock { state in
                if state.alarmAt == due { state.alarmAt = nil }
            }
            self.send(.wake)
        }
        state.withLock { $0.alarm = alarm }
    }

    // MARK: Effects

    private func perform(_ effect: RotationStateMachine.Effect) {
        let setting = login.setting
        switch effect {
        case .publish(let token): login.publish(token, for: want)
        case .fail(let failure): login.fail(failure, for: want)
        case .record(let step): setting.journal.write(step, runtime: runtime, process: setting.holder.nonce)
        case .finish: break
        case .resumeLogout:
            let (login, runtime, transport) = (login, runtime, transport)
            _ = runtime.spawn { await login.resumeLogout(runtime: runtime, transport: transport) }
        case .acquire(let deadline):
            let task = background { try await self.acquire(deadline) }
            state.withLock { $0.acquisition = task }
        case .stopAcquiring: state.withLock { $0.acquisition }?.cancel()
        case .renew:
            background {
                guard let lease = self.state.withLock({ $0.lease }) else { return .renewFailed }
                do { return .renewed(end: try await lease.renew()) } catch { return .renewFailed }
            }
        case .read: background { .loaded(try await setting.read(self.runtime)) }
        case .acceptEntry:
            background {
                try await setting.store.adopt(setting.key)
                return .entryAccepted
            }
        case .save(let record, let version):
            background { .saved(try await setting.store.save(record, for: setting.key, replacing: version)) }
        case .probe(let holder): send(.probed(isGone: setting.isGone(holder)))
        case .post(let attempt):
            background {
                .answered(
                    await setting.endpoint.refresh(attempt, runtime: self.runtime, transport: self.transport))
            }
        case .reloadSecret: background { .secretReloaded(hasChanged: await setting.endpoint.reloadSecret()) }
        case .revoke(let token):
            background {
                .revoked(
                    isDone: await setting.endpoint.revoke(token, runtime: self.runtime, transport: self.transport))
            }
        case .release:
            background {
                let lease = self.state.withLock { state in
                    defer { state.lease = nil }
                    return state.lease
                }
                await lease?.release()
                return .released
            }
        }
    }

    private func acquire(_ deadline: MonotonicInstant) async throws -> RotationStateMachine.Event {
        let setting = login.setting
        let lease: (any StoreLease)?
        do {
            lease = try await setting.store.lease(setting.key, until: deadline, runtime: runtime)
        } catch is CancellationError {
            return .leaseUnavailable
        }
        guard let lease else { return .leaseUnavailable }
        let old = state.withLock { state in
            defer { state.lease = lease }
            return state.lease
        }
        // One that ended by time; giving it back only tidies up.
        await old?.release()
        return .leased(
            RotationStateMachine.Lease(
                fence: lease.fence, provesHoldersDeath: lease.provesHoldersDeath, end: lease.end))
    }

    @discardableResult
    private func background(
        _ operation: @escaping @Sendable () async throws -> RotationStateMachine.Event
    ) -> SpawnedTask {
        let runtime = runtime
        return runtime.spawn { [self] in
            await Runtime.$current.withValue(runtime) {
                do {
                    send(try await operation())
                } catch is TokenStoreConflict {
                    send(.conflict)
                } catch let error as TesseraError where error.code == .storeRolledBack {
                    send(.entryRolledBack)
                } catch {
                    send(.storeFailed(error as? TesseraError))
                }
            }
        }
    }
}

extension RotatingLogin.Setting {
    /// Clock, record and tags, in this order: the reading of the clock is not newer than the record.
    func read(_ runtime: Runtime) async throws -> RotationStateMachine.Found {
        let before = runtime.now()
        let time = try await store.storeTime()
        let reading = StoreReading(time: time, before: before, after: runtime.now())
        var found = RotationStateMachine.Found(stored: try await store.load(key), reading: reading)
        if let token = found.stored?.record.refreshToken { found.tag = try await store.tag(of: token) }
        if let token = found.stored?.record.spare { found.spareTag = try await store.tag(of: token) }
        return found
    }
}
#endif
