#if OAuth
import Synchronization
public import TesseraCore

/// A token source that obtains tokens early, and once for all who ask at the same time.
///
/// The request to the token endpoint runs in a task of its own with its own deadline: an asker that is cancelled or
/// whose time is over leaves, and the request goes on for the others. ``TokenStateMachine`` decides; this drives.
public final class RefreshingTokenSource: TokenSource, DetachedTokenSource {
    /// What a token is obtained with.
    public struct Fetch: Sendable {
        /// When the request must be over.
        public var deadline: MonotonicInstant
        /// The runtime of the asker that started it.
        public var runtime: Runtime
        /// The transport of the asker that started it.
        public var transport: (any Transport)?
        /// Why a token is needed. After ``TesseraCore/TokenOccasion/rejected`` and
        /// ``TesseraCore/TokenOccasion/invalidated`` the token that is held must not come back.
        public var occasion: TokenOccasion
        /// The token that is held.
        public var held: AccessToken?

        /// What one call of ``TokenAcquisition/obtain(_:)`` gets, for tests of acquisitions.
        public init(
            deadline: MonotonicInstant, runtime: Runtime, transport: (any Transport)? = nil,
            occasion: TokenOccasion = .first, held: AccessToken? = nil
        ) {
            self.deadline = deadline
            self.runtime = runtime
            self.transport = transport
            self.occasion = occasion
            self.held = held
        }
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

    /// How tokens are kept.
    public struct Settings: Sendable {
        /// When tokens are renewed before they expire.
        public var freshness = FreshnessPolicy()
        /// How failures are remembered.
        public var failures = TokenFailurePolicy()
        /// How long obtaining a token may take.
        public var longestFetch = Duration.seconds(20)
        /// The token requests that may come together; more come one by one, a few seconds apart.
        public var requestBurst = 20
        /// Who sees what happens.
        public var observers: [TokenObserver] = []

        /// The settings that the documentation names.
        public init() {}
    }

    typealias Waiter = CheckedContinuation<AccessToken, any Error>

    struct State {
        var machine: TokenStateMachine
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var statistics = Statistics()
        var serverClock = ServerClock()
        /// Ends the flight under way when its time is over.
        var alarm: SpawnedTask?

        mutating func takeWaiters() -> [Waiter] {
            guard !waiters.isEmpty else { return [] }
            defer { waiters = [:] }
            return Array(waiters.values)
        }

        /// The alarm, if no flight needs it any more.
        mutating func takeAlarm() -> SpawnedTask? {
            guard machine.flight == nil else { return nil }
            defer { alarm = nil }
            return alarm
        }
    }

    let state: Mutex<State>
    let acquisition: any TokenAcquisition
    let settings: Settings
    /// The name in events.
    public let name: TokenSourceName

    /// A source on one way to get tokens.
    ///
    /// - Parameters:
    ///   - acquisition: Obtains a token.
    ///   - key: Whose tokens they are and what for; names the source in events.
    ///   - settings: How they are kept.
    public init(_ acquisition: any TokenAcquisition, key: TokenKey? = nil, settings: Settings = Settings()) {
        self.acquisition = acquisition
        self.settings = settings
        name = TokenSourceName(key)
        state = Mutex(
            State(
                machine: TokenStateMachine(
                    TokenStateMachine.Policies(
                        freshness: settings.freshness, failures: settings.failures, seed: Runtime.current.random(),
                        burst: Int64(clamping: settings.requestBurst)))))
    }

    /// A source on a closure, for token endpoints that speak no OAuth.
    ///
    /// - Parameters:
    ///   - freshness: When tokens are renewed before they expire.
    ///   - longestFetch: How long one run of the closure may take. Then it is cancelled, and if it has not returned
    ///     after the same time again it is given up.
    ///   - fetch: Obtains a token. Does not run twice at the same time unless one run was given up.
    public convenience init(
        freshness: FreshnessPolicy = FreshnessPolicy(), longestFetch: Duration = .seconds(20),
        fetch: @escaping @Sendable (Fetch) async throws -> TokenResponse
    ) {
        var settings = Settings()
        settings.freshness = freshness
        settings.longestFetch = longestFetch
        self.init(ClosureAcquisition(fetch: fetch), settings: settings)
    }

    /// What was counted since the source was made.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// A valid token; see ``TokenSource``. One that is held and fresh costs no allocation.
    public func accessToken(for use: TokenUse) async throws -> AccessToken {
        let now = use.runtime.now()
        if let token = heldToken(at: now) { return token }
        return try await obtain(for: use, now: now)
    }

    /// The token, as long as it need not be renewed.
    public func heldToken(at now: MonotonicInstant) -> AccessToken? {
        state.withLock { $0.machine.held(at: now) }
    }

    private func obtain(for use: TokenUse, now: MonotonicInstant) async throws -> AccessToken {
        let version = acquisition.credentialVersion
        switch state.withLock({ $0.machine.ask(now: now, version: version) }) {
        case .use(let token):
            return token
        case .useAndStart(let token, let flight):
            start(flight, use.runtime, use.transport)
            return token
        case .join(let flight):
            return try await wait(for: flight, use)
        case .start(let flight):
            start(flight, use.runtime, use.transport)
            return try await wait(for: flight.id, use)
        case .fail(let error):
            if let wait = throttled(at: now) { report(.throttled(wait: wait)) }
            throw error
        }
    }

    /// Forgets a token that a resource refused; see ``TokenSource``.
    public func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection {
        let now = use.runtime.now()
        let version = acquisition.credentialVersion
        let rejection = state.withLock { $0.machine.reject(generation: generation, now: now, version: version) }
        report(.rejected(generation: generation, rejection))
        return rejection
    }

    func report(_ event: TokenEvent) {
        for observer in settings.observers { observer.observe(event, name) }
    }
}
#endif
