#if OAuth
import TesseraCore

/// Decides who uses which token, and who obtains the next: one request per expiry (invariant 3). A value without I/O.
struct TokenStateMachine: Sendable {
    typealias FlightID = UInt64

    /// What an asker does.
    enum Asked: Sendable {
        /// Goes on with this token.
        case use(AccessToken)
        /// Goes on with this token, and starts a flight for the others.
        case useAndStart(AccessToken, Flight)
        /// Waits for a flight that another asker started.
        case join(FlightID)
        /// Starts a flight and waits for it.
        case start(Flight)
        /// Fails as the flight before did: it is too early for another.
        case fail(TesseraError)
    }

    /// A flight that is to be started.
    struct Flight: Sendable {
        var id: FlightID
        var occasion: TokenOccasion
        var held: AccessToken?
    }

    struct Policies: Sendable {
        var freshness = FreshnessPolicy()
        var failures = TokenFailurePolicy()
        /// Shifts the advisory window of this instance.
        var seed: UInt64 = 0
        /// Token requests that may come together.
        var burst: Int64 = 20
    }

    struct UnderWay: Sendable {
        var id: FlightID
        var isOverdue = false
    }

    struct Failure: Sendable {
        var failure: TokenFailure
        /// Nil when only another credential ends it.
        var retryAt: MonotonicInstant?
        /// The wait that ends then: a clock that went back must not lengthen it.
        var wait: Duration?
        var count: Int
        /// The credential that failed.
        var version: UInt64
    }

    /// Why the token that is held is not used although it has not expired.
    enum Mark: Sendable {
        case none
        case rejected
        case invalidated
    }

    let policies: Policies
    var current: AccessToken?
    var mark = Mark.none
    var flight: UnderWay?
    var failure: Failure?
    var obtainedAt = MonotonicInstant(nanoseconds: 0)
    /// Two comparisons decide about a fresh token.
    var freshTime: Range<MonotonicInstant>?
    /// The server gave the same token again: it is left alone until then.
    var heldUntil: MonotonicInstant?
    var breaker: StormBreaker
    var rejections = RejectionGuard()
    var wasUsed = false
    /// The latest flight that brought a token.
    var lastLanded: FlightID = 0
    private(set) var lastFlight: FlightID = 0
    private(set) var issued: UInt64

    init(_ policies: Policies = Policies(), firstGeneration: UInt64 = 1) {
        self.policies = policies
        issued = firstGeneration &- 1
        breaker = StormBreaker(burst: policies.burst)
    }

    /// The token, if it needs nothing.
    mutating func fresh(at now: MonotonicInstant) -> AccessToken? {
        guard let freshTime, now < freshTime.upperBound, now >= freshTime.lowerBound else { return nil }
        wasUsed = true
        return current
    }

    /// The token, if its asker has nothing to do for it: it is fresh, or somebody renews it already.
    mutating func held(at now: MonotonicInstant) -> AccessToken? {
        if let token = fresh(at: now) { return token }
        guard flight != nil, freshness(at: now) == .aging, let token = usable(at: now) else { return nil }
        wasUsed = true
        return token
    }

    mutating func ask(now: MonotonicInstant, version: UInt64 = 0) -> Asked {
        if let token = fresh(at: now) { return .use(token) }
        forgetFailure(unless: version)
        wasUsed = true
        let usable = usable(at: now)
        switch freshness(at: now) {
        case .fresh:
            if let usable { return .use(usable) }
        case .aging:
            if let usable {
                guard flight == nil, wait(at: now) == .none else { return .use(usable) }
                return .useAndStart(usable, takeOff(now, .aging))
            }
        case .stale:
            break
        }
        if let flight {
            guard flight.isOverdue else { return .join(flight.id) }
            return usable.map { .use($0) } ?? .fail(blocked(at: now) ?? TokenStateMachine.overdueError)
        }
        switch wait(at: now) {
        case .none: return .start(takeOff(now, occasion))
        case .failure, .storm:
            return usable.map { .use($0) } ?? .fail(blocked(at: now) ?? TokenStateMachine.overdueError)
        }
    }

    /// Starts a flight if the token is due and nothing is in the way: for renewal without an asker.
    mutating func renew(now: MonotonicInstant, version: UInt64 = 0) -> Flight? {
        forgetFailure(unless: version)
        let freshness = freshness(at: now)
        guard flight == nil, freshness != .fresh, wait(at: now) == .none else { return nil }
        return takeOff(now, freshness == .aging ? .aging : occasion)
    }

    /// The generation that the next token will have.
    mutating func nextGeneration() -> UInt64 {
        issued &+= 1
        return issued
    }

    /// Another source of the same key had issued tokens up to `generation`; late refusals of those must not be taken for
    /// refusals of this one's.
    mutating func skipGenerations(through generation: UInt64) {
        issued = max(issued, generation)
    }

    func isUnderWay(_ id: FlightID) -> Bool { flight?.id == id }

    /// How a flight ended, for an asker that comes to wait for it when it is over; nil while it is under way.
    func outcome(now: MonotonicInstant) -> Result<AccessToken, TesseraError>? {
        if let flight, !flight.isOverdue { return nil }
        if let token = usable(at: now) { return .success(token) }
        if let error = blocked(at: now) ?? failure?.failure.error { return .failure(error) }
        // A token so short-lived that it was over when it came is still the best there is.
        if let current, mark == .none { return .success(current) }
        return .failure(TokenStateMachine.overdueError)
    }

    /// The caller gives the token up; the next asker obtains another one.
    mutating func invalidate() {
        guard current != nil else { return }
        mark = .invalidated
        failure = nil
        freshTime = nil
        heldUntil = nil
    }

    /// A resource refused a token.
    ///
    /// A refusal of an older token than the current one renews nothing; nor does one when no other token is to be had
    /// now, because then the answer of the resource says more than an error of ours would.
    mutating func reject(generation: UInt64, now: MonotonicInstant, version: UInt64 = 0) -> TokenRejection {
        forgetFailure(unless: version)
        guard generation > 0, generation <= issued else { return .unknownGeneration }
        guard let current else { return .renews }
        if generation < current.generation, mark == .none { return .alreadyRenewed }
        let canRenew = flight.map { !$0.isOverdue } ?? (wait(at: now) == .none)
        guard canRenew else { return .notRenewable }
        guard mark == .none else { return .renews }
        guard rejections.admits(now: now, obtained: obtainedAt, lifetime: current.lifetime) else {
            return .refusedAgain
        }
        mark = .rejected
        freshTime = nil
        heldUntil = nil
        return .renews
    }

    private mutating func takeOff(_ now: MonotonicInstant, _ occasion: TokenOccasion) -> Flight {
        lastFlight &+= 1
        flight = UnderWay(id: lastFlight)
        breaker.count(now: now, interval: interval)
        return Flight(id: lastFlight, occasion: occasion, held: current)
    }

    private var occasion: TokenOccasion {
        switch mark {
        case .none: current == nil ? .first : .stale
        case .rejected: .rejected
        case .invalidated: .invalidated
        }
    }

    private mutating func forgetFailure(unless version: UInt64) {
        guard let known = failure, known.version != version else { return }
        failure = nil
    }

    /// Made once: ten thousand callers may get it at the same time.
    static let stormError = TesseraError.retryLater(
        after: nil, "too many token requests were made of late, so none is made now",
        remedy: "check why tokens are needed so often: are they refused, or do they live too shortly?")

    static let overdueError = TesseraError.retryLater(
        after: nil, "a request for a token is under way and takes longer than it may",
        remedy: "try again later, and check that the token endpoint can be reached")
}
#endif
