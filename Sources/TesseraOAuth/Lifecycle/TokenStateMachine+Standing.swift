#if OAuth
import TesseraCore

/// How things stand: questions that change nothing.
extension TokenStateMachine {
    /// What keeps a flight from starting.
    enum Obstacle: Sendable, Equatable {
        case none
        case failure
        case storm
    }

    /// The token that is held, if it can still be used: not expired, not refused, not given up.
    func usable(at now: MonotonicInstant) -> AccessToken? {
        guard let current, mark == .none else { return nil }
        guard let expiry = current.expiry else { return current }
        return now < expiry ? current : nil
    }

    /// Only a token that can be used is fresh or aging.
    func freshness(at now: MonotonicInstant) -> FreshnessPolicy.State {
        guard let current, mark == .none else { return .stale }
        // A token that the server would only give again is left alone, at most until it expires.
        if let heldUntil, now < heldUntil { return .fresh }
        return policies.freshness.state(
            expiry: current.expiry, lifetime: current.lifetime, now: now, seed: policies.seed)
    }

    var interval: Duration { StormBreaker.interval(lifetime: current?.lifetime) }

    func wait(at now: MonotonicInstant) -> Obstacle {
        if let failure, failure.blocks(at: now) { return .failure }
        return breaker.wait(now: now, interval: interval) > .zero ? .storm : .none
    }

    /// The error of an asker that comes too early; nil when nothing is in the way.
    func blocked(at now: MonotonicInstant) -> TesseraError? {
        switch wait(at: now) {
        case .none: return nil
        case .storm:
            let wait = breaker.wait(now: now, interval: interval)
            return TokenStateMachine.stormError.with { $0.retryAfter = wait }
        case .failure:
            guard let failure else { return nil }
            guard let retryAt = failure.retryAt else { return failure.failure.error }
            return failure.failure.error.with { $0.retryAfter = now.duration(to: retryAt) }
        }
    }

    func phase(at now: MonotonicInstant) -> TokenStatus.Phase {
        let usable = usable(at: now)
        if let flight {
            if flight.isOverdue { return .overdue }
            return usable == nil ? .obtaining : .renewing
        }
        let freshness = freshness(at: now)
        if freshness == .fresh { return .fresh }
        if let failure, failure.blocks(at: now) {
            if usable != nil { return .degraded }
            return failure.failure.kind == .temporary ? .failing : .refused
        }
        if usable != nil { return freshness == .aging ? .aging : .due }
        return mark == .none ? .empty : .rejected
    }

    func status(at now: MonotonicInstant) -> TokenStatus {
        let usable = usable(at: now)
        let blockedUntil = failure.flatMap { $0.blocks(at: now) ? $0.retryAt : nil }
        let mustWait =
            freshness(at: now) == .stale && flight?.isOverdue != true && (flight != nil || wait(at: now) == .none)
        return TokenStatus(
            phase: phase(at: now), isReady: usable != nil && !mustWait, generation: current?.generation,
            expiresIn: current?.expiry.map { max(.zero, now.duration(to: $0)) },
            lastFailure: failure?.failure.error.code, nextAttemptIn: blockedUntil.map { now.duration(to: $0) })
    }

    /// When the token should be renewed without being asked for; nil when that never comes by itself.
    func due(at now: MonotonicInstant) -> MonotonicInstant? {
        guard flight == nil else { return nil }
        var due = now
        if let failure, failure.blocks(at: now) {
            guard let retryAt = failure.retryAt else { return nil }
            due = retryAt
        }
        if let current, mark == .none {
            guard current.expiry != nil, let freshTime else { return nil }
            due = max(due, freshTime.upperBound, heldUntil ?? due)
        }
        return max(due, now.advanced(by: breaker.wait(now: now, interval: interval)))
    }
}

extension TokenStateMachine.Failure {
    func blocks(at now: MonotonicInstant) -> Bool {
        guard let retryAt, let wait else { return true }
        return now < retryAt && now.duration(to: retryAt) <= wait
    }
}
#endif
