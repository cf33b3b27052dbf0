#if OAuth
import TesseraCore

/// One run of the rotation protocol in one process: from "a token is wanted" to a token, or a reason. A value: events
/// in, effects out; both clocks come with the events. The lines cited are those of design note `rotation`.
///
/// ```
/// peek ─▶ acquire(1) ─▶ read(2) ─┬─▶ adopt ───────────────────────────────────────────▶ publish ─▶ release
///            ▲   ▲               ├─▶ wait(3) ─▶ read                                          ▲
///            │   │               └─▶ INTENT(4) ─▶ check(5) ─▶ POST(6) ─┬─ valid ─▶ COMMIT(11) ┘  └▶ unsaved(12)
///            │   └── lease lost                                        ├─ unsent, client refused ─▶ clear(7, 8)
///            └────────────────────────── back off ◀── mark(10) ◀───────┼─ ambiguous
///                                                                      └─ refused ─▶ read ─▶ spare(13) or DEAD(9)
/// ```
struct RotationStateMachine: Sendable {
    let profile: ProviderProfile
    let limits: RotationLimits
    let me: LoginRecord.Holder
    let want: LoginWant
    /// The store survives a crash of its machine.
    let isDurable: Bool
    /// An access token is handed out although its login could not be stored.
    let servesUnstored: Bool

    var memory: RotationMemory
    var phase = Phase.idle
    var isShuttingDown = false

    var lease: Lease?
    var renewAt: MonotonicInstant?
    var isRenewing = false
    var resumeAt: MonotonicInstant?

    var found: Found?
    var probed: [String: Bool] = [:]
    /// The intent of this run's attempt, and what stood there before it.
    var attempt: LoginRecord.Intent?
    var prior = LoginRecord.State.ready
    var sent: RotationAttempt?
    var sentAt: StoreTime?
    var attempts = 0
    var polls = 0
    var answer: TokenAnswer?
    var hasReloadedSecret = false
    var commitLooks = 0
    var saveFailures = 0
    /// Shutting down: whatever is not stored now is given up.
    var isLastLook = false
    /// A new token of this run that could not be stored and is not yet given up.
    var isUnsaved: Bool { answer != nil }
    /// What is being written, and where to go on.
    var pending: LoginRecord?
    var failure: RotationFailure?
    var afterRevoking = AfterRevoking.decide
    /// What the server said to the last refusal.
    var refusal: TesseraError?
    var isClientAtFault = false
    var hasAnswered = false

    private var effects: [Effect] = []
    private(set) var now = MonotonicInstant(nanoseconds: 0)
    private(set) var random: UInt64 = 0

    init(
        want: LoginWant, profile: ProviderProfile, limits: RotationLimits, me: LoginRecord.Holder, isDurable: Bool,
        servesUnstored: Bool = false, memory: RotationMemory
    ) {
        self.want = want
        self.profile = profile
        self.limits = limits
        self.me = me
        self.isDurable = isDurable
        self.servesUnstored = servesUnstored
        self.memory = memory
    }

    var isOver: Bool { phase == .over }

    /// When `wake` is due.
    var nextWake: MonotonicInstant? {
        let renewal = isRenewing || phase == .over || phase == .releasing ? nil : renewAt
        guard let resumeAt else { return renewal }
        return renewal.map { min($0, resumeAt) } ?? resumeAt
    }

    /// Takes an event at `now` on the local clock; `random` names an attempt and spreads waits.
    mutating func handle(_ event: Event, at now: MonotonicInstant, random: UInt64) -> [Effect] {
        self.now = max(now, self.now)
        self.random = random
        switch event {
        case .shutdown: shutDown()
        case .wake: wake()
        case .renewed(let end): renewed(end)
        case .renewFailed: renewFailed()
        default: advance(event)
        }
        defer { effects = [] }
        return effects
    }

    private mutating func advance(_ event: Event) {
        switch (phase, event) {
        case (.idle, .start): begin()
        case (.peeking, .loaded(let found)): peeked(found)
        case (.peeking, .storeFailed), (.peeking, .entryRolledBack): acquire()
        case (.acquiring, .leased(let lease)): leased(lease)
        case (.acquiring, .leaseUnavailable): end(.heldByPeer(after: nil))
        case (.acquiring, .storeFailed(let error)): end(.storeUnavailable(error))
        case (.reading, .loaded(let found)), (.rereading, .loaded(let found)): decide(found)
        case (.reading, .storeFailed(let error)), (.rereading, .storeFailed(let error)): end(.storeUnavailable(error))
        case (.reading, .entryRolledBack), (.rereading, .entryRolledBack): entryRolledBack()
        case (.recommitting, .loaded(let found)): recommit(found)
        case (.recommitting, .storeFailed(let error)): keepUnsaved(error)
        case (.recommitting, .entryRolledBack): entryRolledBack()
        case (.accepting, .entryAccepted): isUnsaved ? read(.recommitting) : read(.reading)
        case (.accepting, .storeFailed(let error)): isUnsaved ? keepUnsaved(error) : end(.storeUnavailable(error))
        case (.probing, .probed(let isGone)): probed(isGone)
        case (.reloadingSecret, .secretReloaded(let hasChanged)): secretReloaded(hasChanged)
        case (.posting, .answered(let verdict)): answered(verdict)
        case (.revoking, .revoked(let isDone)): revoked(isDone)
        case (.releasing, .released): finish()
        case (_, .saved(let version)): saved(version)
        case (_, .conflict): conflict()
        case (_, .storeFailed(let error)): saveFailed(error)
        default: break
        }
    }

    mutating func perform(_ effect: Effect) {
        effects.append(effect)
    }

    mutating func note(_ kind: RotationJournal.Kind, _ detail: String? = nil) {
        let record = found?.stored?.record
        let isOfAttempt = attempt != nil
        effects.append(
            .record(
                RotationJournal.Step(
                    kind, login: record?.login, generation: record?.generation,
                    attempt: isOfAttempt ? attempt?.attempt : nil, number: attempt?.number,
                    tokenTag: attempt?.tokenTag, detail: detail)))
    }

    // MARK: Waits and the end

    private mutating func wake() {
        if let renewAt, !isRenewing, now >= renewAt, phase != .over, phase != .releasing, lease != nil {
            isRenewing = true
            perform(.renew)
        }
        guard let resumeAt, now >= resumeAt else { return }
        self.resumeAt = nil
        switch phase {
        case .waiting, .backingOff: leaseHolds ? read(.reading) : acquire()
        case .unsaved: read(.recommitting)
        default: break
        }
    }

    private mutating func shutDown() {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        switch phase {
        case .idle: finish()
        case .acquiring: perform(.stopAcquiring)
        case .waiting, .backingOff: end(.shutDown)
        case .unsaved: read(.recommitting)
        // A request under way, and what must be written after it, is waited for (line 6).
        default: break
        }
    }

    mutating func sleep(_ phase: Phase, until instant: MonotonicInstant) {
        self.phase = phase
        resumeAt = instant
    }

    mutating func read(_ phase: Phase) {
        self.phase = phase
        perform(.read)
    }

    mutating func save(_ record: LoginRecord, _ phase: Phase, replacing version: StoreVersion?) {
        var record = record
        record.storeEpoch = found?.reading.time.epoch
        record.fence = max(record.fence, lease?.fence ?? 0)
        pending = record
        self.phase = phase
        perform(.save(record, replacing: version))
    }

    /// Tells the askers, if they were not told yet, and gives the lease back.
    mutating func end(_ failure: RotationFailure?) {
        resumeAt = nil
        answer = nil
        if let failure, !hasAnswered { fail(failure) }
        guard lease != nil else { return finish() }
        phase = .releasing
        perform(.release)
    }

    mutating func fail(_ failure: RotationFailure) {
        hasAnswered = true
        note(.failed, failure.label)
        perform(.fail(failure))
    }

    mutating func publish(_ token: ObtainedToken) {
        hasAnswered = true
        note(token.isUnstored ? .servedUnstored : token.isAdopted ? .adopted : .published)
        perform(.publish(token))
    }

    mutating func finish() {
        if phase == .releasing { note(.released) }
        lease = nil
        renewAt = nil
        phase = .over
        perform(.finish)
    }
}

extension RotationFailure {
    /// The kind, for journals.
    var label: String {
        switch self {
        case .notLoggedIn: "notLoggedIn"
        case .loginRequired(let dead): "loginRequired(\(dead.reason.rawValue))"
        case .storeUnavailable: "storeUnavailable"
        case .unstored: "unstored"
        case .heldByPeer: "heldByPeer"
        case .endpoint: "endpoint"
        case .misconfigured: "misconfigured"
        case .unusableAnswer: "unusableAnswer"
        case .shutDown: "shutDown"
        }
    }
}
#endif
