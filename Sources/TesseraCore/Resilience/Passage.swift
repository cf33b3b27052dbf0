import HTTPTypes
import Synchronization

/// What stands between an attempt and an origin when the session says so; nil in a session that has none of it.
struct OriginGuards: Sendable {
    var breaker: CircuitBreaker?
    var concurrency: ConcurrencyLimit?
    var rates: RateLimitPolicy?

    init?(_ configuration: Session.Configuration) {
        breaker = configuration.circuitBreaker
        concurrency = configuration.concurrency
        rates = configuration.rateLimits
        guard breaker != nil || concurrency != nil || rates != nil else { return nil }
    }
}

/// The right of one attempt to be under way. Given back when the attempt is over, at the latest with its last reference.
final class Passage: Sendable {
    private let record: OriginRecord
    private let guards: OriginGuards
    private let epoch: UInt64?
    private let rateKey: Int
    private let runtime: Runtime
    private let isReported = Mutex(false)

    private init(_ record: OriginRecord, _ guards: OriginGuards, epoch: UInt64?, rateKey: Int, _ runtime: Runtime) {
        self.record = record
        self.guards = guards
        self.epoch = epoch
        self.rateKey = rateKey
        self.runtime = runtime
    }

    deinit {
        report(failed: nil, head: nil)
        if guards.concurrency != nil { record.giveTurnBack() }
    }

    /// Waits until the attempt may be sent.
    ///
    /// - Parameter rateKey: Stands for the credential: servers count each caller for itself.
    static func enter(
        _ origin: Origin, _ guards: OriginGuards, _ records: OriginRecords, rateKey: Int, deadline: MonotonicInstant,
        _ runtime: Runtime
    ) async throws -> Passage {
        let record = records.record(of: origin)
        if let rates = guards.rates { try await pace(origin, record, rates, rateKey, deadline, runtime) }
        if let limit = guards.concurrency {
            let place = Place(record, guards.rates == nil ? nil : rateKey)
            let turn: OriginRecord.Turn
            do {
                turn = try await record.takeTurn(limit, until: deadline, runtime)
            } catch {
                place.giveUp()
                throw error
            }
            switch turn {
            case .taken: return try admitted(origin, record, guards, rateKey, runtime)
            case .full:
                place.giveUp()
                throw TesseraError(
                    .overloaded, "\(limit.waiting) calls wait already for \(origin); nothing was sent",
                    remedy: "make fewer calls at a time, or raise the concurrency limit")
            case .late:
                place.giveUp()
                throw TesseraError(
                    timeLimit: .turn, "the call's time was over before it was its turn at \(origin); nothing was sent")
            }
        }
        return try admitted(origin, record, guards, rateKey, runtime)
    }

    /// The right of a second attempt beside another one; nil when it would have to wait.
    func beside(_ origin: Origin) -> Passage? {
        let now = runtime.now()
        if let rates = guards.rates, record.admit(rateKey, rates, now: now) != nil { return nil }
        if let limit = guards.concurrency, !record.takeFreeTurn(limit) {
            if guards.rates != nil { record.state.withLock { $0.rates.abandoned(rateKey) } }
            return nil
        }
        return Passage(record, guards, epoch: nil, rateKey: rateKey, runtime)
    }

    /// What became of the attempt. Its place among those under way is kept until the body was read.
    func finish(_ result: AttemptSummary.Result, head: HTTPResponse?) {
        report(failed: CircuitBreaker.isFailure(result), head: head)
    }

    private func report(failed: Bool?, head: HTTPResponse?) {
        let isFirst = isReported.withLock { isReported in
            defer { isReported = true }
            return !isReported
        }
        guard isFirst else { return }
        let now = runtime.now()
        let readings = guards.rates == nil ? [] : head.map { RateLimitReading.all($0, now: runtime.wallTime()) } ?? []
        record.state.withLock { state in
            if let breaker = guards.breaker, let epoch {
                state.breaker?.finished(failed: failed, epoch: epoch, breaker, now: now)
            }
            if guards.rates != nil {
                if head == nil {
                    state.rates.abandoned(rateKey)
                } else {
                    state.rates.answered(rateKey, readings, now: now)
                }
            }
        }
    }

    private static func admitted(
        _ origin: Origin, _ record: OriginRecord, _ guards: OriginGuards, _ rateKey: Int, _ runtime: Runtime
    ) throws -> Passage {
        guard let breaker = guards.breaker else {
            return Passage(record, guards, epoch: nil, rateKey: rateKey, runtime)
        }
        let now = runtime.now()
        switch record.admit(breaker, now: now) {
        case .pass(let epoch): return Passage(record, guards, epoch: epoch, rateKey: rateKey, runtime)
        case .refuse(let until):
            if guards.concurrency != nil { record.giveTurnBack() }
            if guards.rates != nil { record.state.withLock { $0.rates.abandoned(rateKey) } }
            var details = TesseraError.Details()
            details.retryAfter = now.duration(to: until)
            throw TesseraError(
                .circuitOpen, "\(origin) failed too often and is left alone for now; nothing was sent",
                remedy: "come back in \(now.duration(to: until).brief)", details: details)
        }
    }

    private static func pace(
        _ origin: Origin, _ record: OriginRecord, _ rates: RateLimitPolicy, _ key: Int, _ deadline: MonotonicInstant,
        _ runtime: Runtime
    ) async throws {
        while true {
            let now = runtime.now()
            guard let until = record.admit(key, rates, now: now) else { return }
            let wait = now.duration(to: until)
            guard wait <= rates.longestWait, until < deadline else {
                var details = TesseraError.Details()
                details.retryAfter = wait
                throw TesseraError(
                    .rateLimited, "\(origin) announced that its limit is reached; nothing was sent",
                    remedy: "come back in \(wait.brief)", details: details)
            }
            try await runtime.sleep(until)
        }
    }

    /// The rate limit's count of an attempt that does not come about after all.
    private struct Place {
        let record: OriginRecord
        let rateKey: Int?

        init(_ record: OriginRecord, _ rateKey: Int?) {
            self.record = record
            self.rateKey = rateKey
        }

        func giveUp() {
            if let rateKey { record.state.withLock { $0.rates.abandoned(rateKey) } }
        }
    }
}

extension OriginRecord {
    /// - Returns: When the attempt may be sent; nil for now, and then it counts.
    func admit(_ key: Int, _ rates: RateLimitPolicy, now: MonotonicInstant) -> MonotonicInstant? {
        state.withLock { $0.rates.admit(key, now: now) }
    }
}
