#if Secrets
import Synchronization
import TesseraCore
import TesseraOAuth

/// The tokens for one vault, once its challenge was seen and found right; shared by all who read from it.
final class KeyVaultAccess: Authenticator {
    private let resource: KeyVaultResource
    private let authority: AzureTenant?
    private let bearer: TokenAuthenticator
    private let known = Mutex(false)

    init(_ resource: KeyVaultResource, _ credential: AzureCredential, transport: (any Transport)?) throws {
        self.resource = resource
        authority = credential.authority
        bearer = .oauth(try credential.tokens(for: resource.resource, transport: transport))
    }

    /// Whether the vault's challenge was seen.
    var isKnown: Bool { known.withLock { $0 } }

    func learn(_ challenges: [Challenge]) throws {
        try resource.check(challenges, authority)
        known.withLock { $0 = true }
    }

    func credential(for attempt: AttemptContext) async throws -> Credential? {
        guard isKnown else { return nil }
        return try await bearer.credential(for: attempt)
    }

    /// A vault that was moved or taken over is looked at again before it gets another token.
    func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        do {
            try resource.check(challenges, authority)
        } catch {
            known.withLock { $0 = false }
            return .fail(error)
        }
        return try await bearer.react(to: challenges, of: attempt, rejecting: credential)
    }
}
#endif
