import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting

/// A source that counts, and hands out a new token after each refusal while it has one.
final class CountedTokens: TokenSource {
    private let state = Mutex((generation: UInt64(1), refusals: [UInt64]()))
    private let last: UInt64

    init(last: UInt64 = .max) {
        self.last = last
    }

    var refusals: [UInt64] { state.withLock { $0.refusals } }

    func accessToken(for use: TokenUse) async throws -> AccessToken {
        let generation = state.withLock { $0.generation }
        return try AccessToken(.fixture("counted-token-\(generation)"), generation: generation)
    }

    func reject(generation: UInt64, for use: TokenUse) async throws -> TokenRejection {
        state.withLock { state in
            state.refusals.append(generation)
            guard state.generation < last else { return .notRenewable }
            state.generation = max(state.generation, generation + 1)
            return .renews
        }
    }
}

/// An authenticator made of two closures.
struct TwoAnswers: Authenticator {
    var supply: @Sendable (AttemptContext) async throws -> Credential?
    var reaction: @Sendable ([Challenge], Credential) async throws -> Reaction = { _, _ in .accept }

    func credential(for attempt: AttemptContext) async throws -> Credential? { try await supply(attempt) }

    func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        try await reaction(challenges, credential)
    }
}
