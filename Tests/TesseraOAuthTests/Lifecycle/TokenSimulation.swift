#if OAuth
import TesseraCore
import TesseraTesting

@testable import TesseraOAuth

/// The machine among askers, servers and clocks that do anything in any order, and a referee with books of its own.
struct TokenSimulation {
    enum Event: String, CaseIterable {
        case ask, renewInBackground
        case land, landSame, landShort, landWithoutExpiry
        case failTemporary, failWithRetryAfter, failRefused, failForGood
        case overdue, lost, lateLanding, lateFailure
        case rejectCurrent, rejectOld, rejectUnknown
        case invalidate, changeCredential
        case cancelWaiter, waiterDeadline
        case tick, suspend, clockBack
    }

    struct Cell: Hashable {
        var phase: TokenStatus.Phase
        var event: Event
    }

    /// What cannot happen: an answer needs a request, a waiter needs something to wait for, and so on.
    static func isPossible(_ cell: Cell) -> Bool {
        let isFlying = [.obtaining, .renewing, .overdue].contains(cell.phase)
        switch cell.event {
        case .land, .landSame, .landShort, .landWithoutExpiry, .failTemporary, .failWithRetryAfter, .failRefused,
            .failForGood:
            return isFlying
        case .overdue, .cancelWaiter, .waiterDeadline: return isFlying && cell.phase != .overdue
        case .lost: return cell.phase == .overdue
        default: return true
        }
    }

    private(set) var machine: TokenStateMachine
    private(set) var violations: [String] = []
    private(set) var starts = 0
    private var random: SeededRandom
    private var now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private var version: UInt64 = 0
    private var nextWaiter = 0
    private var waiters: Set<Int> = []

    // The referee's books.
    private var open: Set<UInt64> = []
    private var given: [UInt64] = []
    private var held: (value: Secret, landed: MonotonicInstant, expiry: MonotonicInstant?, life: Duration?)?
    private var isRefused = false
    private var forward = Duration.zero
    private var handed: UInt64 = 0

    private static let pool = (1...8).map { Secret.fixture("simulated-token-\($0)") }
    private static let tokens: [AccessToken] = pool.compactMap { try? AccessToken($0) }
    private static let down = TesseraError.make(.tokenEndpointUnavailable, "down")
    private static let busy: TesseraError = .retryLater(after: .seconds(45), "busy")
    private static let refusal = TesseraError.make(.tokenRequestRefused, "no")
    private static let end: TesseraError = .loginRequired(.refused, "over")

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var policies = TokenStateMachine.Policies()
        policies.seed = random.next()
        machine = TokenStateMachine(policies)
    }

    var phase: TokenStatus.Phase { machine.phase(at: now) }

    /// The events that can happen now.
    var possible: [Event] {
        let phase = phase
        return Event.allCases.filter { event in
            guard TokenSimulation.isPossible(Cell(phase: phase, event: event)) else { return false }
            switch event {
            case .landSame, .rejectCurrent: return machine.current != nil
            case .rejectOld: return machine.current.map { $0.generation > 1 } ?? (machine.issued > 0)
            case .lateLanding, .lateFailure: return !given.isEmpty
            case .cancelWaiter, .waiterDeadline: return !waiters.isEmpty
            default: return true
            }
        }
    }

    mutating func step(_ event: Event) {
        switch event {
        case .ask: ask()
        case .renewInBackground:
            if let flight = machine.renew(now: now, version: version) { started(flight.id) }
        case .land:
            land(life: [.seconds(60), .seconds(600), .seconds(3600)].randomElement(using: &random), isNew: true)
        case .landSame: land(life: held?.expiry.map { max(.zero, now.duration(to: $0)) } ?? held?.life, isNew: false)
        case .landShort: land(life: [.seconds(1), .seconds(2), .zero].randomElement(using: &random), isNew: true)
        case .landWithoutExpiry: land(life: nil, isNew: true)
        case .failTemporary: fail(TokenFailure(Self.down, kind: .temporary))
        case .failWithRetryAfter: fail(TokenFailure(Self.busy, kind: .temporary))
        case .failRefused: fail(TokenFailure(Self.refusal, kind: .refused(recoversByItself: true)))
        case .failForGood: fail(TokenFailure(Self.end, kind: .refused(recoversByItself: false)))
        case .overdue: overdue()
        case .lost: lose()
        case .lateLanding: lateLanding()
        case .lateFailure:
            let id = given.removeLast()
            if machine.failed(id, with: TokenFailure(Self.down, kind: .temporary), now: now, random: random.next()) {
                violations.append("the failure of a flight that was given up counts")
            }
        case .rejectCurrent: reject(machine.current?.generation ?? 0)
        case .rejectOld: reject(max(1, (machine.current?.generation ?? 2) - 1))
        case .rejectUnknown:
            if machine.reject(generation: machine.issued + 7, now: now, version: version) != .unknownGeneration {
                violations.append("the refusal of a foreign token is taken for one of ours")
            }
        case .invalidate:
            machine.invalidate()
            isRefused = held != nil
        case .changeCredential: version += 1
        case .cancelWaiter, .waiterDeadline:
            if let waiter = waiters.randomElement(using: &random) { waiters.remove(waiter) }
        case .tick: move(.milliseconds(Int64.random(in: 1...5000, using: &random)))
        case .suspend: move(suspension())
        case .clockBack: now = now.advanced(by: .seconds(-Int64.random(in: 1...600, using: &random)))
        }
        check()
    }

    /// Whatever goes on ends: the flight is given up, and nobody waits any more.
    mutating func finish() {
        if machine.flight?.isOverdue == false { overdue() }
        if !waiters.isEmpty { violations.append("\(waiters.count) askers wait for ever") }
    }

    private mutating func ask() {
        let isFresh = isSurelyFresh
        switch machine.ask(now: now, version: version) {
        case .use(let token): hand(token)
        case .useAndStart(let token, let flight):
            hand(token)
            started(flight.id)
            if isFresh { violations.append("a fresh token is renewed") }
        case .start(let flight):
            started(flight.id)
            wait()
            if isFresh { violations.append("an asker waits although the token is fresh") }
        case .join(let flight):
            wait()
            if !open.contains(flight) { violations.append("an asker joins a flight that is over") }
            if isFresh { violations.append("an asker joins although the token is fresh") }
        case .fail(let error):
            if error.recovery == nil { violations.append("an error does not say what to do: \(error.code)") }
            if isFresh { violations.append("an asker fails although the token is fresh") }
        }
    }

    private mutating func wait() {
        nextWaiter += 1
        waiters.insert(nextWaiter)
    }

    private mutating func started(_ id: UInt64) {
        if !open.isEmpty { violations.append("two flights at once") }
        open.insert(id)
        starts += 1
    }

    private mutating func hand(_ token: AccessToken) {
        if isRefused, token.value == held?.value { violations.append("a refused token is handed out") }
        if let expiry = token.expiry, expiry <= now { violations.append("an expired token is handed out") }
        if token.generation < handed { violations.append("an older token is handed out after a newer one") }
        handed = token.generation
    }

    private mutating func land(life: Duration?, isNew: Bool) {
        guard let flight = machine.flight else { return }
        open.remove(flight.id)
        arrive(flight.id, life: life, isNew: isNew)
        if let flight = machine.flight { violations.append("flight \(flight.id) goes on after it landed") }
        waiters = []
    }

    private mutating func lateLanding() {
        let id = given.removeLast()
        arrive(id, life: .seconds(60), isNew: true)
        // The driver hands a late token to whoever waits.
        waiters = []
    }

    private mutating func arrive(_ id: UInt64, life: Duration?, isNew: Bool) {
        let others = Self.tokens.filter { $0.value != held?.value }
        guard let sample = isNew ? others.randomElement(using: &random) : machine.current,
            let token = try? AccessToken(
                sample.value, expiry: life.map { now.advanced(by: $0) }, lifetime: life,
                generation: machine.nextGeneration())
        else { return }
        switch machine.landed(id, with: token, now: now, random: random.next(), version: version) {
        case .token(let used, _):
            if isRefused, used.value == held?.value { violations.append("a refused token comes back into use") }
            guard used.value == token.value else { return }
            held = (token.value, now, token.expiry, life)
            isRefused = false
        case .refusedTokenAgain:
            if !isRefused || token.value != held?.value { violations.append("a new token is taken for a refused one") }
        }
    }

    private mutating func fail(_ failure: TokenFailure) {
        guard let flight = machine.flight else { return }
        open.remove(flight.id)
        machine.failed(flight.id, with: failure, now: now, random: random.next(), version: version)
        settleWaiters()
    }

    private mutating func overdue() {
        guard let flight = machine.flight else { return }
        _ = machine.overdue(
            flight.id, with: TokenFailure(Self.down, kind: .temporary), now: now, random: random.next(),
            version: version)
        settleWaiters()
    }

    private mutating func lose() {
        guard let flight = machine.flight, machine.lost(flight.id) else { return }
        open.remove(flight.id)
        given.append(flight.id)
    }

    private mutating func settleWaiters() {
        guard let outcome = machine.outcome(now: now) else {
            violations.append("a flight ended, and those who waited learn nothing")
            return
        }
        if case .success(let token) = outcome, isRefused, token.value == held?.value {
            violations.append("those who waited get a refused token")
        }
        waiters = []
    }

    private mutating func reject(_ generation: UInt64) {
        let before = machine.current?.generation
        let wasMarked = machine.mark != .none
        let outcome = machine.reject(generation: generation, now: now, version: version)
        guard outcome == .renews, generation == before, !wasMarked else {
            if !wasMarked, machine.mark != .none { violations.append("\(outcome) gives the token up") }
            return
        }
        isRefused = true
    }

    private mutating func move(_ length: Duration) {
        now = now.advanced(by: length)
        forward += length
    }

    /// To the edge of a window, or far beyond it.
    private mutating func suspension() -> Duration {
        guard let expiry = held?.expiry, now < expiry, Int.random(in: 0..<4, using: &random) > 0 else {
            return .seconds(Int64.random(in: 10...7200, using: &random))
        }
        let rest = now.duration(to: expiry)
        return [rest / 2, rest * 9 / 10, rest * 97 / 100, rest].randomElement(using: &random) ?? rest
    }

    /// The referee's own idea of freshness: no window is longer than a quarter of a token's life.
    private var isSurelyFresh: Bool {
        guard let held, !isRefused else { return false }
        guard let expiry = held.expiry, let life = held.life else { return true }
        return now >= held.landed && now.duration(to: expiry) > life / 4 + .nanoseconds(1)
    }

    private mutating func check() {
        if open.count > 1 { violations.append("two flights at once") }
        if let flight = machine.flight, !open.contains(flight.id) { violations.append("a flight nobody started") }
        if machine.flight == nil, !waiters.isEmpty { violations.append("askers wait for nothing") }
        // Twenty at once, then one for each quarter of the shortest life.
        let bound = 21 + Int(forward.components.seconds) * 4 + 4
        if starts > bound { violations.append("\(starts) requests in \(forward)") }
    }
}
#endif
