#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth

/// Where the token of a read comes from.
enum VaultTokens: Sendable {
    /// Somebody else keeps it.
    case kept(any SecretSource)
    /// A login gives it.
    case login(RefreshingTokenSource)

    struct Shown: Sendable {
        var token: Secret
        var generation: UInt64 = 0
    }

    static let field = HTTPField.Name("X-Vault-Token") ?? .authorization

    init(_ authentication: VaultAuthentication, at server: VaultServer, _ settings: RefreshingTokenSource.Settings) {
        switch authentication.method {
        case .token(let source): self = .kept(source)
        case .login(let login): self = .login(RefreshingTokenSource(VaultLogin(login, at: server), settings: settings))
        }
    }

    func token(_ use: TokenUse) async throws -> Shown {
        switch self {
        case .kept(let source):
            return Shown(token: try await source.secret())
        case .login(let source):
            let token = try await source.accessToken(for: use)
            return Shown(token: token.value, generation: token.generation)
        }
    }

    /// Another token after a read was refused (403); nil when there is none, or when the refusal is not the token's fault.
    ///
    /// Vault says the same of a token that is dead and of one that may not read: a login is only made anew when the
    /// server does not know the token any more.
    ///
    /// - Parameter isAlive: Asks the server for the token.
    func token(
        after refused: Shown, _ use: TokenUse, isAlive: (Secret) async throws -> Bool
    ) async throws -> Shown? {
        switch self {
        case .kept(let source):
            let newer = try await source.secret(after: refused.token)
            guard newer == refused.token else { return Shown(token: newer) }
            guard try await isAlive(refused.token) else {
                throw TesseraError(
                    .unauthorized, "the Vault server does not know the token it was shown",
                    remedy: "it has expired or was revoked: put a new one in its place")
            }
            return nil
        case .login(let source):
            guard try await !isAlive(refused.token) else { return nil }
            guard try await source.reject(generation: refused.generation, for: use).allowsReplay else {
                throw TesseraError(
                    .unauthorized, "the Vault server does not know the token of a login made a moment ago",
                    remedy: "check that every node behind its address has the same data")
            }
            return try await token(use)
        }
    }
}
#endif
