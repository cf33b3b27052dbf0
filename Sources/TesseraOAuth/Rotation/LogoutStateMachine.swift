#if OAuth
import TesseraCore

/// Line 14: the tombstone first, durable; the revocation after. It needs no lease: a refresh under way finds the
/// tombstone when it comes to commit, and gives its token back.
struct LogoutStateMachine: Sendable {
    enum Event: Sendable {
        case start
        case loaded(RotationStateMachine.Found)
        case saved(StoreVersion)
        case removed
        case conflict
        case storeFailed(TesseraError?)
        case revoked(isDone: Bool)
    }

    enum Effect: Sendable {
        case read
        case save(LoginRecord, replacing: StoreVersion)
        case remove(replacing: StoreVersion)
        case revoke(Secret)
        case record(RotationJournal.Step)
        case finish(Outcome)
    }

    enum Outcome: Sendable {
        /// The tokens are revoked, and forgotten.
        case done
        /// Logged out here; the server did not confirm, and the next start asks it again.
        case unrevoked
        /// There was no login.
        case nothing
        /// The store could not be written: the login is still there.
        case failed(TesseraError?)
    }

    enum Phase: String, Sendable, Hashable, CaseIterable {
        case idle
        case reading
        case burying
        case revoking
        /// The secrets leave the tombstone.
        case emptying
        case removing
        case over
    }

    let limits: RotationLimits
    /// The name that the login's place gets, so that nothing of the old login fits any more.
    let newLogin: String
    /// Only finishes what an earlier logout left; does not log a living login out.
    let onlyResumes: Bool
    private(set) var phase = Phase.idle
    private var found: RotationStateMachine.Found?
    private var pending: LoginRecord?
    private var toRevoke: [Secret] = []
    private var hasFailed = false
    private var looks = 0
    private var now = MonotonicInstant(nanoseconds: 0)

    init(limits: RotationLimits, newLogin: String, onlyResumes: Bool = false) {
        self.limits = limits
        self.newLogin = newLogin
        self.onlyResumes = onlyResumes
    }

    mutating func handle(_ event: Event, at now: MonotonicInstant) -> [Effect] {
        self.now = now
        switch (phase, event) {
        case (.idle, .start): return read()
        case (.reading, .loaded(let found)): return decide(found)
        case (.burying, .saved(let version)): return buried(version)
        case (.revoking, .revoked(let isDone)): return revoked(isDone)
        case (.emptying, .saved), (.removing, .removed): return finish(.done)
        // The tokens are revoked; what is left in the tombstone is revoked once more by the next start.
        case (.emptying, .storeFailed), (.emptying, .conflict), (.removing, .storeFailed), (.removing, .conflict):
            return finish(.done)
        case (.burying, .conflict): return looks < 16 ? read() : finish(.failed(nil))
        case (.reading, .storeFailed(let error)), (.burying, .storeFailed(let error)): return finish(.failed(error))
        default: return []
        }
    }

    private mutating func read() -> [Effect] {
        looks += 1
        phase = .reading
        return [.read]
    }

    private mutating func finish(_ outcome: Outcome) -> [Effect] {
        phase = .over
        return [.finish(outcome)]
    }

    private mutating func decide(_ found: RotationStateMachine.Found) -> [Effect] {
        self.found = found
        guard let stored = found.stored else { return finish(.nothing) }
        toRevoke = [stored.record.refreshToken, stored.record.spare].compactMap { $0 }
        if stored.record.state.isTombstone {
            if toRevoke.isEmpty { return clean(stored.version, stored.record) }
            return revokeNext()
        }
        guard !onlyResumes else { return finish(.nothing) }
        var record = stored.record
        let lastAnswer: StoreTime =
            if case .intent(let intent) = record.state { intent.answerBy } else { found.reading.latest(at: now) }
        record.state = .dead(
            LoginRecord.Dead(
                reason: .loggedOut, generation: record.generation, sentAt: nil, attempts: 0,
                keepUntil: StoreTime(
                    lastAnswer.time.advanced(by: limits.quarantine), epoch: lastAnswer.epoch)))
        record.login = newLogin
        record.accessTokens = []
        pending = record
        phase = .burying
        return [.save(record, replacing: stored.version)]
    }

    private mutating func buried(_ version: StoreVersion) -> [Effect] {
        guard let record = pending else { return finish(.failed(nil)) }
        found?.stored = StoredLogin(record: record, version: version)
        let step = RotationJournal.Step(.loggedOut, login: record.login, generation: record.generation)
        return [.record(step)] + revokeNext()
    }

    private mutating func revokeNext() -> [Effect] {
        guard let token = toRevoke.popLast() else {
            guard !hasFailed else { return finish(.unrevoked) }
            guard let stored = found?.stored else { return finish(.done) }
            return clean(stored.version, stored.record)
        }
        phase = .revoking
        return [.revoke(token)]
    }

    private mutating func revoked(_ isDone: Bool) -> [Effect] {
        hasFailed = hasFailed || !isDone
        let step = RotationJournal.Step(.revoked, detail: isDone ? "confirmed" : "unconfirmed")
        return [.record(step)] + revokeNext()
    }

    /// Nothing is left behind (threat C8): the secrets go now, the tombstone when no late answer can come any more.
    private mutating func clean(_ version: StoreVersion, _ record: LoginRecord) -> [Effect] {
        guard case .dead(let dead) = record.state, let reading = found?.reading else { return finish(.done) }
        let isOver =
            dead.keepUntil.map { $0.epoch == reading.time.epoch && $0.time < reading.earliest(at: now).time } ?? true
        if isOver {
            phase = .removing
            return [.remove(replacing: version)]
        }
        guard record.refreshToken != nil || record.spare != nil else { return finish(.done) }
        var record = record
        record.refreshToken = nil
        record.spare = nil
        phase = .emptying
        return [.save(record, replacing: version)]
    }
}
#endif
