/// Something that has a valid access token, or gets one: for the sessions of this library, and for gRPC, WebSockets
/// and foreign clients too.
public protocol TokenSource: Sendable {
    /// A token that is valid now; obtained or renewed if need be, once for all who ask at the same time.
    ///
    /// - Throws: ``TesseraError``, or `CancellationError` when the asking task is cancelled.
    ///   ``TesseraError/recovery`` says what to do about it.
    func accessToken(for use: TokenUse) async throws -> AccessToken

    /// The token that ``accessToken(for:)`` would supply at once, with nothing to start or to wait for; nil where it has
    /// to be asked. By default nil.
    func heldToken(at now: MonotonicInstant) -> AccessToken?

    /// Tells that a resource refused the token of this generation, although it seemed valid.
    ///
    /// - Returns: Whether ``accessToken(for:)`` will supply another one, and if not, why.
    func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection
}

/// What a ``TokenSource`` makes of a token's refusal by a resource.
public enum TokenRejection: String, Sendable, Hashable, Codable, CaseIterable {
    /// The next who asks gets another one.
    case renews
    /// A newer one is held already: the refusal is a late one and renews nothing.
    case alreadyRenewed
    /// Its predecessors were refused as well, shortly after they were obtained: yet another would not help.
    case refusedAgain
    /// No other one is to be had now, because renewing failed a short time ago.
    case notRenewable
    /// This source has issued no such token.
    case unknownGeneration

    /// Whether sending the call again makes sense.
    public var allowsReplay: Bool { self == .renews || self == .alreadyRenewed }
}

/// On whose behalf a token is asked for.
public struct TokenUse: Sendable {
    /// When the asker gives up. The request to the token endpoint goes on for the others.
    public var deadline: MonotonicInstant
    /// The runtime of the asker.
    public var runtime: Runtime
    /// The transport of the asker, for sources that have none of their own.
    public var transport: (any Transport)?

    /// A use of the given parts.
    public init(deadline: MonotonicInstant, runtime: Runtime, transport: (any Transport)? = nil) {
        self.deadline = deadline
        self.runtime = runtime
        self.transport = transport
    }
}

extension TokenSource {
    /// Nil.
    public func heldToken(at now: MonotonicInstant) -> AccessToken? { nil }

    /// A token that is valid now, waited for at most `timeout`.
    public func accessToken(within timeout: Duration = .seconds(60)) async throws -> AccessToken {
        let runtime = Runtime.current
        return try await accessToken(
            for: TokenUse(deadline: runtime.now().advanced(by: timeout), runtime: runtime))
    }
}
