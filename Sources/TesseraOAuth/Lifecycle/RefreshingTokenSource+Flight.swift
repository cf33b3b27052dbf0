#if OAuth
import Synchronization
import TesseraCore

/// The request for a token: starts in a task of its own, and ends for all who wait.
extension RefreshingTokenSource {
    typealias FlightID = TokenStateMachine.FlightID

    func start(_ flight: TokenStateMachine.Flight, _ runtime: Runtime, _ transport: (any Transport)?) {
        report(.requested(flight.occasion))
        let began = runtime.now()
        let deadline = began.advanced(by: settings.longestFetch)
        let request = Fetch(
            deadline: deadline, runtime: runtime, transport: transport, occasion: flight.occasion, held: flight.held)
        let work = runtime.spawn { [self] in
            do {
                // What the acquisition makes, sessions among it, runs by the same clock.
                let response = try await Runtime.$current.withValue(runtime) {
                    try await acquisition.obtain(request)
                }
                try land(flight.id, response, began, runtime)
            } catch let error as TesseraError {
                fail(flight.id, error, began, runtime)
            } catch {
                fail(
                    flight.id,
                    TesseraError(.tokenEndpointUnavailable, "no token could be obtained", underlying: error), began,
                    runtime)
            }
        }
        let alarm = runtime.spawn { [weak self] in
            guard (try? await runtime.sleep(deadline)) != nil, let self else { return }
            guard self.becomeOverdue(flight.id, began, runtime), self.acquisition.isAbortable else { return }
            work.cancel()
            guard (try? await runtime.sleep(deadline.advanced(by: self.settings.longestFetch))) != nil else { return }
            self.state.withLock { _ = $0.machine.lost(flight.id) }
        }
        let isOver = state.withLock { state in
            guard state.machine.isUnderWay(flight.id) else { return true }
            state.alarm = alarm
            return false
        }
        if isOver { alarm.cancel() }
    }

    private func land(
        _ flight: FlightID, _ response: TokenResponse, _ began: MonotonicInstant, _ runtime: Runtime
    ) throws {
        let now = runtime.now()
        let wallTime = runtime.wallTime()
        let random = runtime.random()
        let version = acquisition.credentialVersion
        let (generation, clock) = state.withLock { state in
            if let seen = response.serverDate {
                state.serverClock.observe(date: seen.date, sent: seen.sent, roundTrip: seen.roundTrip)
            }
            return (state.machine.nextGeneration(), state.serverClock)
        }
        let token = try response.token(
            generation: generation, since: response.issuedAt ?? began, now: now, wallTime: wallTime, clock: clock)
        let (landing, waiters, alarm) = state.withLock { state in
            let landing = state.machine.landed(flight, with: token, now: now, random: random, version: version)
            state.statistics.tokens += 1
            state.statistics.tokenRequests += response.requests
            return (landing, state.takeWaiters(), state.takeAlarm())
        }
        alarm?.cancel()
        let duration = began.duration(to: now)
        switch landing {
        case .token(let token, let isUnchanged):
            report(
                .obtained(
                    TokenEvent.Obtained(
                        tag: "\(token.value)", generation: token.generation, lifetime: token.lifetime,
                        requests: response.requests, duration: duration, isUnchanged: isUnchanged)))
            for waiter in waiters { waiter.resume(returning: token) }
        case .refusedTokenAgain(let error):
            report(failed(TokenFailure(error, kind: .temporary), isOldTokenServed: false, duration, now))
            for waiter in waiters { waiter.resume(throwing: error) }
        }
    }

    private func fail(
        _ flight: FlightID, _ error: TesseraError, _ began: MonotonicInstant, _ runtime: Runtime
    ) {
        let now = runtime.now()
        let random = runtime.random()
        let failure = acquisition.classify(error)
        let version = acquisition.credentialVersion
        let requests = error.history.requestsThatMayHaveArrived
        var waiters: [Waiter] = []
        var isNews = false
        let (outcome, alarm) = state.withLock { state -> (Result<AccessToken, TesseraError>?, SpawnedTask?) in
            isNews = state.machine.failed(flight, with: failure, now: now, random: random, version: version)
            if isNews { state.statistics.failures += 1 }
            state.statistics.tokenRequests += requests
            // The failure of a flight that was given up concerns nobody who waits for another.
            let outcome = state.machine.outcome(now: now)
            if outcome != nil { waiters = state.takeWaiters() }
            return (outcome, state.takeAlarm())
        }
        alarm?.cancel()
        guard let outcome else { return }
        conclude(waiters, outcome, isNews ? failure : nil, began.duration(to: now), now)
    }

    /// - Returns: Whether the flight was still under way.
    private func becomeOverdue(_ flight: FlightID, _ began: MonotonicInstant, _ runtime: Runtime) -> Bool {
        let now = runtime.now()
        let random = runtime.random()
        let version = acquisition.credentialVersion
        let failure = TokenFailure(
            TesseraError(
                .tokenEndpointUnavailable, "no token was obtained within \(settings.longestFetch.brief)",
                remedy: "check that the token endpoint can be reached"), kind: .temporary)
        let result = state.withLock { state -> (Result<AccessToken, TesseraError>?, [Waiter])? in
            guard state.machine.overdue(flight, with: failure, now: now, random: random, version: version) else {
                return nil
            }
            state.statistics.failures += 1
            return (state.machine.outcome(now: now), state.takeWaiters())
        }
        guard let (outcome, waiters) = result else { return false }
        report(.overdue)
        conclude(waiters, outcome ?? .failure(failure.error), failure, began.duration(to: now), now)
        return true
    }

    private func conclude(
        _ waiters: [Waiter], _ outcome: Result<AccessToken, TesseraError>, _ failure: TokenFailure?,
        _ duration: Duration, _ now: MonotonicInstant
    ) {
        var isOldTokenServed = false
        if case .success = outcome { isOldTokenServed = true }
        if let failure { report(failed(failure, isOldTokenServed: isOldTokenServed, duration, now)) }
        for waiter in waiters { waiter.resume(with: outcome.mapError { failure?.error ?? $0 }) }
    }

    private func failed(
        _ failure: TokenFailure, isOldTokenServed: Bool, _ duration: Duration, _ now: MonotonicInstant
    ) -> TokenEvent {
        .failed(
            TokenEvent.Failed(
                code: failure.error.code, authorizationError: TokenEvent.closed(failure.error.authorizationError),
                isRefusal: failure.kind != .temporary, isOldTokenServed: isOldTokenServed,
                wait: state.withLock { $0.machine.failure?.wait }, duration: duration))
    }
}

extension TokenEvent {
    /// An error code, if it is a registered one: a peer must not be able to make up labels.
    static func closed(_ code: String?) -> String? {
        code.flatMap { registered.contains($0) ? $0 : nil }
    }

    private static let registered: Set<String> = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope", "invalid_target", "authorization_pending", "slow_down", "access_denied", "expired_token",
        "invalid_dpop_proof", "use_dpop_nonce", "temporarily_unavailable", "server_error",
    ]
}

extension TokenResponse {
    fileprivate func token(
        generation: UInt64, since: MonotonicInstant, now: MonotonicInstant, wallTime: Timestamp, clock: ServerClock
    ) throws -> AccessToken {
        var start = since
        var life = lifetime
        if life == nil, let expiresAt {
            start = now
            life = clock.remaining(until: expiresAt, now: wallTime)
        }
        return try AccessToken(
            accessToken, expiry: life.map { start.advanced(by: $0) }, lifetime: life, scope: scope,
            generation: generation, origins: origins)
    }
}
#endif
