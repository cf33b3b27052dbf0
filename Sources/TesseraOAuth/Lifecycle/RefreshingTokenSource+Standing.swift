#if OAuth
import Synchronization
public import TesseraCore

extension RefreshingTokenSource {
    /// How the source stands now, for readiness probes.
    public var status: TokenStatus { status(at: Runtime.current.now()) }

    /// How the source stands at the given time.
    public func status(at now: MonotonicInstant) -> TokenStatus {
        let isUnsaved = acquisition.isUnsaved
        var status = state.withLock { $0.machine.status(at: now) }
        status.isUnsaved = isUnsaved
        return status
    }

    /// Obtains a token if there is none that can be used, so that the first call need not wait for it.
    ///
    /// - Throws: As ``accessToken(for:)`` does.
    public func prefetch(within timeout: Duration = .seconds(60)) async throws {
        _ = try await accessToken(within: timeout)
    }

    /// Gives up the token that is held, for example after a change of rights; the next who asks gets another one.
    ///
    /// Nothing is revoked: the token stays valid wherever it was sent.
    public func invalidate() {
        state.withLock { $0.machine.invalidate() }
        report(.invalidated)
    }

    /// When the token should be renewed without anybody asking; nil when that never comes by itself.
    func due(at now: MonotonicInstant) -> MonotonicInstant? {
        state.withLock { $0.machine.due(at: now) }
    }

    /// Starts obtaining a token if one is due and nothing is in the way; does not wait for it.
    ///
    /// - Returns: Whether it was started.
    @discardableResult
    func renew(with use: TokenUse) -> Bool {
        let now = use.runtime.now()
        let version = acquisition.credentialVersion
        guard let flight = state.withLock({ $0.machine.renew(now: now, version: version) }) else { return false }
        start(flight, use.runtime, use.transport)
        return true
    }

    /// How long no request is made because there were too many; nil when that is not so.
    func throttled(at now: MonotonicInstant) -> Duration? {
        state.withLock { state in
            guard state.machine.wait(at: now) == .storm else { return nil }
            return state.machine.breaker.wait(now: now, interval: state.machine.interval)
        }
    }

    /// Whether anybody asked for the token that is held.
    var wasUsed: Bool { state.withLock { $0.machine.wasUsed } }

    /// Whether a request for a token is under way.
    var isUnderWay: Bool { state.withLock { $0.machine.flight != nil } }

    /// Whether dropping the source would lose something.
    var mustStay: Bool { acquisition.isUnsaved || state.withLock { $0.machine.flight != nil } }

    /// A fresh token that was granted at least `scope`; nil when none is held.
    func freshToken(covering scope: Set<String>, now: MonotonicInstant) -> AccessToken? {
        guard let token = state.withLock({ $0.machine.fresh(at: now) }), token.scope.isSuperset(of: scope) else {
            return nil
        }
        return token
    }

    /// The highest generation that was issued.
    var highestGeneration: UInt64 { state.withLock { $0.machine.issued } }

    func skipGenerations(through generation: UInt64) {
        state.withLock { $0.machine.skipGenerations(through: generation) }
    }

    /// What the source keeps in memory, roughly, in bytes.
    var estimatedBytes: Int {
        let token = state.withLock { $0.machine.current }
        // The token's bytes are there twice: as the secret and as the header.
        let scope = token?.scope.reduce(0) { $0 + $1.utf8.count + 48 } ?? 0
        return 1024 + (token?.value.count ?? 0) * 2 + scope
    }
}
#endif
