#if OAuth
public import TesseraCore

/// The tokens of one key of a registry: finds the source at each use, so that the registry may drop it in between.
public struct RegisteredTokens: TokenSource, DetachedTokenSource {
    /// Which tokens serve a key.
    public enum ScopeMatching: Sendable, Hashable {
        /// Those that were asked for with this very scope.
        case exact
        /// Also a fresh token that is held and was granted more. Less is asked of the authorization server, but a
        /// resource sees more rights than it needs.
        case superset
    }

    private let registry: TokenSourceRegistry
    private let key: TokenKey
    private let matching: ScopeMatching

    init(_ registry: TokenSourceRegistry, _ key: TokenKey, _ matching: ScopeMatching) {
        self.registry = registry
        self.key = key
        self.matching = matching
    }

    /// A valid token of the key; see ``TesseraCore/TokenSource``.
    public func accessToken(for use: TokenUse) async throws -> AccessToken {
        if matching == .superset, !key.scope.isEmpty {
            let now = use.runtime.now()
            for source in registry.wider(than: key) {
                if let token = source.freshToken(covering: key.scope, now: now) { return token.foreign }
            }
        }
        return try await registry.source(for: key).accessToken(for: use)
    }

    /// Forgets a token that a resource refused; see ``TesseraCore/TokenSource``.
    public func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection {
        try await registry.source(for: key).reject(generation: generation, for: use)
    }
}

extension AccessToken {
    /// A token of another key: its refusal renews nothing, because which source it is from is not known any more.
    fileprivate var foreign: AccessToken { numbered(0) }
}

extension TokenSourceRegistry {
    /// The tokens of a key, for sessions.
    ///
    /// - Parameters:
    ///   - key: Whose tokens and what for.
    ///   - matching: Whether a token with more scope than asked for will do.
    public func tokens(for key: TokenKey, matching: RegisteredTokens.ScopeMatching = .exact) -> RegisteredTokens {
        RegisteredTokens(self, key, matching)
    }
}
#endif
