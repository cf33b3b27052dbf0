import Synchronization
public import TesseraCore

/// A token source that obtains tokens by a closure, early, and once for all who ask at the same time.
///
/// The request to the token endpoint runs in a task of its own with its own deadline: an asker that is cancelled or
/// whose time is over leaves, and the request goes on for the others.
public final class RefreshingTokenSource: TokenSource {
    /// What a token is obtained with.
    public struct Fetch: Sendable {
        /// When the request must be over.
        public var deadline: MonotonicInstant
        /// The runtime of the asker that started it.
        public var runtime: Runtime
        /// The transport of the asker that started it.
        public var transport: (any Transport)?
    }

    /// What was counted since the source was made.
    public struct Statistics: Sendable, Hashable, Codable {
        /// Requests to the token endpoint that may have arrived there, repeated ones included.
        public var tokenRequests = 0
        /// Tokens that were obtained.
        public var tokens = 0
        /// Times that no token could be obtained.
        public var failures = 0
    }

    private typealias Waiter = CheckedContinuation<AccessToken, any Error>

    private struct State {
        var machine: TokenStateMachine
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var statistics = Statistics()
        /// Ends the flight under way when its time is over.
        var alarm: SpawnedTask?

        /// Empties what belongs to the flight that just ended.
        mutating func takeWaiters() -> [Waiter] {
            if machine.isIdle {
                alarm?.cancel()
                alarm = nil
            }
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let state: Mutex<State>
    private let longestFetch: Duration
    private let fetch: @Sendable (Fetch) async throws -> TokenResponse

    /// A source on a closure, for token endpoints that speak no OAuth.
    ///
    /// - Parameters:
    ///   - freshness: When tokens are renewed before they expire.
    ///   - longestFetch: How long one run of the closure may take.
    ///   - fetch: Obtains a token. Never runs twice at the same time.
    public init(
        freshness: FreshnessPolicy = FreshnessPolicy(), longestFetch: Duration = .seconds(20),
        fetch: @escaping @Sendable (Fetch) async throws -> TokenResponse
    ) {
        state = Mutex(State(machine: TokenStateMachine(freshness: freshness)))
        self.longestFetch = longestFetch
        self.fetch = fetch
    }

    /// What was counted since the source was made.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// A valid token; see ``TokenSource``.
    public func accessToken(for use: TokenUse) async throws -> AccessToken {
        let now = use.runtime.now()
        switch state.withLock({ $0.machine.ask(now: now) }) {
        case .use(let token):
            return token
        case .useAndStart(let token, let flight):
            start(flight, use)
            return token
        case .join:
            return try await wait(use)
        case .start(let flight):
            start(flight, use)
            return try await wait(use)
        case .fail(let error):
            throw error
        }
    }

    /// Forgets a token that a resource refused; see ``TokenSource``.
    public func reject(generation: UInt64, for use: TokenUse) async throws -> Bool {
        let now = use.runtime.now()
        return state.withLock { $0.machine.reject(generation: generation, now: now) }
    }

    private func start(_ flight: TokenStateMachine.FlightID, _ use: TokenUse) {
        let runtime = use.runtime
        let began = runtime.now()
        let deadline = began.advanced(by: longestFetch)
        let request = Fetch(deadline: deadline, runtime: runtime, transport: use.transport)
        let work = runtime.spawn { [self] in
            do {
                let response = try await fetch(request)
                land(flight, try token(from: response, since: began), response, runtime)
            } catch let error as TesseraError {
                fail(flight, error, runtime)
            } catch {
                fail(
                    flight,
                    TesseraError(.tokenEndpointUnavailable, "no token could be obtained", underlying: error), runtime)
            }
        }
        let alarm = runtime.spawn { [weak self] in
            guard (try? await runtime.sleep(deadline)) != nil, let self else { return }
            let isUnderWay = self.fail(
                flight,
                TesseraError(
                    .tokenEndpointUnavailable, "no token was obtained within \(self.longestFetch.brief)",
                    remedy: "check that the token endpoint can be reached"), runtime)
            if isUnderWay { work.cancel() }
        }
        let isOver = state.withLock { state in
            guard state.machine.isUnderWay(flight) else { return true }
            state.alarm = alarm
            return false
        }
        if isOver { alarm.cancel() }
    }

    private func token(from response: TokenResponse, since began: MonotonicInstant) throws -> AccessToken {
        let generation = state.withLock { $0.machine.nextGeneration() }
        return try AccessToken(
            response.accessToken, expiry: response.lifetime.map { began.advanced(by: $0) },
            lifetime: response.lifetime, scope: response.scope, generation: generation, origins: response.origins)
    }

    private func land(
        _ flight: TokenStateMachine.FlightID, _ token: AccessToken, _ response: TokenResponse, _ runtime: Runtime
    ) {
        let waiters = state.withLock { state -> [Waiter] in
            state.machine.landed(flight, with: token)
            state.statistics.tokens += 1
            state.statistics.tokenRequests += response.requests
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume(returning: token) }
    }

    @discardableResult
    private func fail(_ flight: TokenStateMachine.FlightID, _ error: TesseraError, _ runtime: Runtime) -> Bool {
        let now = runtime.now()
        let random = runtime.random()
        let waiters = state.withLock { state -> [Waiter]? in
            guard state.machine.isUnderWay(flight) else { return nil }
            state.machine.failed(flight, with: error, now: now, random: random)
            state.statistics.failures += 1
            state.statistics.tokenRequests += error.history.requestsThatMayHaveArrived
            return state.takeWaiters()
        }
        for waiter in waiters ?? [] { waiter.resume(throwing: error) }
        return waiters != nil
    }

    /// Waits for the flight under way, at most until the asker's own deadline.
    private func wait(_ use: TokenUse) async throws -> AccessToken {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = use.runtime.spawn { [weak self] in
            guard (try? await use.runtime.sleep(use.deadline)) != nil else { return }
            self?.leave(
                id, TesseraError(.timeout, "the call's time was over while it waited for a token"))
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let now = use.runtime.now()
                let result: Result<AccessToken, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let outcome = state.machine.outcome(now: now) { return outcome.mapError { $0 } }
                    state.waiters[id] = waiter
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            leave(id, CancellationError())
        }
    }

    private func leave(_ id: UInt64, _ error: any Error) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: error)
    }
}

extension CallHistory {
    /// The attempts of which the server's log may know.
    var requestsThatMayHaveArrived: Int {
        attempts.filter { attempt in
            switch attempt.result {
            case nil, .failure(_, _, .nothingSent): false
            default: true
            }
        }.count
    }
}
