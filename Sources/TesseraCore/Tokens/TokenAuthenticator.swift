/// Sends the token of a ``TokenSource`` as a bearer token; after a 401 it asks for another one and replays once.
public struct TokenAuthenticator: Authenticator {
    let source: any TokenSource

    /// An authenticator on the given source.
    public init(_ source: any TokenSource) {
        self.source = source
    }

    /// The source's token.
    public func credential(for attempt: AttemptContext) async throws -> Credential? {
        try await source.accessToken(for: attempt.use).credential
    }

    /// The source's token, if it holds one.
    public func heldCredential(at now: MonotonicInstant) -> Credential? {
        source.heldToken(at: now)?.credential
    }

    /// Replays when the challenge says that the token is at fault, or says nothing (RFC 6750 §3.1), and the source has or
    /// obtains a newer token than the one that was on the wire. Otherwise the history says why not.
    public func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        let bearer = challenges.filter { $0.scheme == "bearer" }
        let blamesToken = bearer.contains { $0.error == nil || $0.error == "invalid_token" }
        guard challenges.isEmpty || blamesToken else { return .decline(.tokenNotBlamed) }
        switch try await source.reject(generation: credential.generation, for: attempt.use) {
        case .renews, .alreadyRenewed: return .replay
        case .refusedAgain: return .decline(.refusedAgain)
        case .notRenewable: return .decline(.notRenewable)
        case .unknownGeneration: return .decline(.unknownGeneration)
        }
    }
}

extension AttemptContext {
    var use: TokenUse { TokenUse(deadline: deadline, runtime: runtime, transport: transport) }
}

extension Authenticator where Self == TokenAuthenticator {
    /// The token of a source, renewed as needed, and once more after a 401.
    public static func token(_ source: any TokenSource) -> TokenAuthenticator {
        TokenAuthenticator(source)
    }
}
