#if OAuth
import Synchronization
public import TesseraCore

/// The token sources of many users: one for each ``TesseraCore/TokenKey``, made when it is first needed, dropped when it
/// was not used for longest.
///
/// ```swift
/// let sources = TokenSourceRegistry { key in login.clientCredentials(scope: key.scope.sorted()) }
/// let reading = TokenKey.client(issuer: "https://login.example.com", client: "billing", scope: ["read"])
/// let api = try api.with { $0.auth = .oauth(sources.tokens(for: reading)) }
/// ```
///
/// Never dropped is a source with a request under way or with a login that is stored nowhere yet, nor one that somebody
/// still holds: two sources of one key would make two requests for one token.
public final class TokenSourceRegistry: Sendable {
    /// How much is kept.
    public struct Limits: Sendable, Hashable {
        /// The most sources. Those that cannot be dropped may exceed it up to twice.
        public var sources: Int
        /// The most memory for tokens, in bytes, estimated.
        public var bytes: Int

        /// Limits of the given sizes.
        public init(sources: Int = 10_000, bytes: Int = 64 * 1024 * 1024) {
            self.sources = max(1, sources)
            self.bytes = max(1, bytes)
        }
    }

    private struct WeakSource {
        weak var source: RefreshingTokenSource?
    }

    private struct State {
        var sources: [TokenKey: RefreshingTokenSource] = [:]
        /// Kept keys by what they have in common with wider and narrower ones.
        var families: [Family: Set<TokenKey>] = [:]
        var order = RecencyList<TokenKey>()
        /// Dropped here, but perhaps held elsewhere.
        var dropped: [TokenKey: WeakSource] = [:]
        var sweepAt = 64
        /// Tokens of sources made from now on are numbered above those of the sources that were dropped.
        var highestGeneration: UInt64 = 0
        var drops = 0

        mutating func keep(_ source: RefreshingTokenSource, _ key: TokenKey) {
            sources[key] = source
            families[Family(key), default: []].insert(key)
            order.use(key, size: source.estimatedBytes)
        }

        @discardableResult
        mutating func drop(_ key: TokenKey) -> RefreshingTokenSource? {
            guard let source = sources.removeValue(forKey: key) else { return nil }
            order.remove(key)
            let family = Family(key)
            families[family]?.remove(key)
            if families[family]?.isEmpty == true { families[family] = nil }
            highestGeneration = max(highestGeneration, source.highestGeneration)
            return source
        }
    }

    private struct Family: Hashable {
        let login: TokenKey
        let resource: String?

        init(_ key: TokenKey) {
            login = key.login
            resource = key.resource
        }
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let make: @Sendable (TokenKey) throws -> RefreshingTokenSource

    /// A registry that makes sources by `make`.
    ///
    /// - Parameters:
    ///   - limits: How much is kept.
    ///   - make: Makes the source of a key. May be called twice for one key at the same time; only one of the two is used.
    public init(limits: Limits = Limits(), make: @escaping @Sendable (TokenKey) throws -> RefreshingTokenSource) {
        self.limits = limits
        self.make = make
    }

    /// The sources that are kept.
    public var count: Int { state.withLock { $0.order.count } }
    /// The memory they are estimated to take, in bytes.
    public var estimatedBytes: Int { state.withLock { $0.order.size } }
    /// How many were dropped so far.
    public var drops: Int { state.withLock { $0.drops } }

    /// The source of a key, made if need be. To be asked for at each use rather than kept.
    ///
    /// - Throws: What making it throws; ``TesseraError`` with code ``TesseraError/Code/retryLater`` when there are twice
    ///   as many sources as allowed and none can be dropped.
    public func source(for key: TokenKey) throws -> RefreshingTokenSource {
        if let known = state.withLock({ known(key, &$0) }) { return known }
        let made = try make(key)
        // Sources that were dropped are freed after the lock is.
        var freed: [RefreshingTokenSource] = []
        let result = state.withLock { state -> RefreshingTokenSource? in
            if let other = known(key, &state) { return other }
            freed = makeRoom(&state)
            guard state.order.count < max(limits.sources, limits.sources &* 2) else { return nil }
            made.skipGenerations(through: state.highestGeneration)
            state.keep(made, key)
            return made
        }
        withExtendedLifetime(freed) {}
        guard let result else {
            throw TesseraError.retryLater(
                after: nil, "the registry holds \(limits.sources * 2) token sources, all of them in use",
                remedy: "allow more sources, or ask fewer at the same time")
        }
        return result
    }

    /// The sources that are kept, the one not used for longest first.
    func all() -> [RefreshingTokenSource] {
        state.withLock { state in
            var sources: [RefreshingTokenSource] = []
            state.order.fromOldest { key in
                if let source = state.sources[key] { sources.append(source) }
                return true
            }
            return sources
        }
    }

    /// Sources whose keys differ from `key` only by more scope.
    func wider(than key: TokenKey) -> [RefreshingTokenSource] {
        state.withLock { state in
            let relatives = state.families[Family(key)] ?? []
            return relatives.filter { $0.scope.isStrictSuperset(of: key.scope) }.compactMap { state.sources[$0] }
        }
    }

    /// Drops the source of a key, for example after a logout. A request under way ends unheard.
    public func remove(_ key: TokenKey) {
        let removed = state.withLock { state -> RefreshingTokenSource? in
            state.dropped[key] = nil
            return state.drop(key)
        }
        withExtendedLifetime(removed) {}
    }

    private func known(_ key: TokenKey, _ state: inout State) -> RefreshingTokenSource? {
        if let source = state.sources[key] {
            state.order.use(key, size: source.estimatedBytes)
            return source
        }
        guard let source = state.dropped[key]?.source else { return nil }
        state.dropped[key] = nil
        state.keep(source, key)
        return source
    }

    /// Drops what was not used for longest until one more fits.
    private func makeRoom(_ state: inout State) -> [RefreshingTokenSource] {
        var excess = state.order.count - limits.sources + 1
        var bytes = state.order.size - limits.bytes
        guard excess > 0 || bytes > 0 else { return [] }
        var freed: [RefreshingTokenSource] = []
        var keys: [TokenKey] = []
        var looked = 0
        state.order.fromOldest { key in
            looked += 1
            guard let source = state.sources[key] else { return true }
            if !source.mustStay {
                keys.append(key)
                freed.append(source)
                excess -= 1
                bytes -= source.estimatedBytes
            }
            // A registry full of sources that must stay is not searched from end to end at each use.
            return (excess > 0 || bytes > 0) && looked < 1000
        }
        for (key, source) in zip(keys, freed) {
            state.drop(key)
            state.dropped[key] = WeakSource(source: source)
            state.drops += 1
        }
        if state.dropped.count >= state.sweepAt {
            state.dropped = state.dropped.filter { $0.value.source != nil }
            state.sweepAt = max(64, state.dropped.count * 2)
        }
        return freed
    }
}
#endif
