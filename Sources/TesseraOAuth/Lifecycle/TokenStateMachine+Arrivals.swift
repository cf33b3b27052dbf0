#if OAuth
import TesseraCore

/// How flights end.
extension TokenStateMachine {
    enum Landing: Sendable {
        /// The token that is used from now on, and whether it gains time.
        case token(AccessToken, isUnchanged: Bool)
        /// The server gave the very token that had been refused.
        case refusedTokenAgain(TesseraError)
    }

    /// A flight brought a token. The late result of a flight that was given up is taken too, unless a later flight has
    /// brought one that can still be used.
    mutating func landed(
        _ id: FlightID, with token: AccessToken, now: MonotonicInstant, random: UInt64 = 0, version: UInt64 = 0
    ) -> Landing {
        if flight?.id == id { flight = nil }
        if id < lastLanded, let usable = usable(at: now) { return .token(usable, isUnchanged: true) }
        lastLanded = max(lastLanded, id)
        var token = token
        var isUnchanged = false
        if let current {
            if token.value == current.value {
                guard mark == .none else { return refusedTokenAgain(now: now, random: random, version: version) }
                // The same token keeps its number, so that a late refusal of it is known for what it is.
                token = token.numbered(current.generation)
            }
            isUnchanged = mark == .none && token.gainsNothing(over: current)
        }
        if current?.generation != token.generation { obtainedAt = now }
        current = token
        mark = .none
        failure = nil
        wasUsed = false
        heldUntil = nil
        freshTime = policies.freshness.freshTime(
            expiry: token.expiry, lifetime: token.lifetime, seed: policies.seed)
        if isUnchanged, let expiry = token.expiry {
            // The server will not give another before this one is nearly over: ask again half-way to its end, not now.
            let rest = now.duration(to: expiry)
            heldUntil = min(expiry, now.advanced(by: max(.seconds(1), rest.scaled(by: 1, over: 2))))
        }
        return .token(token, isUnchanged: isUnchanged)
    }

    private mutating func refusedTokenAgain(now: MonotonicInstant, random: UInt64, version: UInt64) -> Landing {
        let error = TokenStateMachine.sameTokenError
        remember(TokenFailure(error, kind: .temporary), now: now, random: random, version: version)
        return .refusedTokenAgain(error)
    }

    /// A flight brought none.
    ///
    /// - Returns: Whether it was still under way and not given up before.
    @discardableResult
    mutating func failed(
        _ id: FlightID, with failure: TokenFailure, now: MonotonicInstant, random: UInt64, version: UInt64 = 0
    ) -> Bool {
        guard let known = flight, known.id == id else { return false }
        flight = nil
        // Its time was over before: that was its failure, unless it now says something that lasts.
        if known.isOverdue, failure.kind == .temporary { return false }
        remember(failure, now: now, random: random, version: version)
        return !known.isOverdue
    }

    /// A flight's time is over, but it has not ended. No other starts meanwhile.
    mutating func overdue(
        _ id: FlightID, with failure: TokenFailure, now: MonotonicInstant, random: UInt64, version: UInt64 = 0
    ) -> Bool {
        guard let known = flight, known.id == id, !known.isOverdue else { return false }
        flight?.isOverdue = true
        remember(failure, now: now, random: random, version: version)
        return true
    }

    /// A flight that was cancelled has not ended: it is not waited for any longer.
    mutating func lost(_ id: FlightID) -> Bool {
        guard let known = flight, known.id == id, known.isOverdue else { return false }
        flight = nil
        return true
    }

    private static let sameTokenError = TesseraError.retryLater(
        after: nil, "the authorization server gave the same token again that a resource had refused",
        remedy: "check that the token is meant for this resource")

    private mutating func remember(
        _ failure: TokenFailure, now: MonotonicInstant, random: UInt64, version: UInt64
    ) {
        let count = (self.failure?.count ?? 0) + 1
        let remaining = usable(at: now).flatMap { $0.expiry.map { now.duration(to: $0) } }
        let wait = policies.failures.wait(after: failure, count: count, remaining: remaining, random: random)
        self.failure = Failure(
            failure: failure, retryAt: wait.map { now.advanced(by: $0) }, wait: wait, count: count, version: version)
    }
}
#endif
