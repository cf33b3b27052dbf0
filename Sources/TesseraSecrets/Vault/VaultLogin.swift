#if Secrets
import HTTPTypes
import Synchronization
import Tessera
import TesseraCore
import TesseraOAuth

/// Obtains tokens of Vault by a login, or by renewing the one that is held.
final class VaultLogin: TokenAcquisition {
    private struct State {
        var lease: VaultLease?
        var shown: Secret?
        var version: UInt64 = 0
        /// A secret id that came wrapped, with the token that stood for it.
        var unwrapped: (token: Secret, secretID: Secret)?
        /// A wrapping token that was shown: it is good for one use, whatever came back.
        var spent: Secret?
    }

    private let server: VaultServer
    private let login: VaultAuthentication.Login
    private let state = Mutex(State())

    init(_ login: VaultAuthentication.Login, at server: VaultServer) {
        self.login = login
        self.server = server
    }

    var credentialVersion: UInt64 { state.withLock { $0.version } }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let session = try server.session(deadline: fetch.deadline, fetch.runtime, fetch.transport)
        if let lease = lease(fetch), let renewed = try await renew(lease, session) { return renewed }
        let shown = try await login.credential.secret()
        var response = try await logIn(shown, session)
        if response.isRefusal, let newer = try? await login.credential.secret(after: shown), newer != shown {
            // The server may know a rotated secret id or key before we do.
            response = try await logIn(newer, session)
        }
        return try token(of: response)
    }

    // MARK: Renewing

    /// The lease that is to be renewed; nil for a new login.
    private func lease(_ fetch: RefreshingTokenSource.Fetch) -> VaultLease? {
        guard let held = fetch.held, let lease = state.withLock({ $0.lease }), lease.token == held.value else {
            return nil
        }
        let remaining = held.expiry.map { fetch.runtime.now().duration(to: $0) }
        return VaultLeasePolicy.renews(lease, fetch.occasion, remaining: remaining) ? lease : nil
    }

    /// - Returns: Nil when only a new login helps.
    private func renew(_ lease: VaultLease, _ session: Session) async throws -> TokenResponse? {
        let response = try await session.post(
            "/v1/auth/token/renew-self", .json([String: String]()), auth: .use(.vaultToken(lease.token)),
            expecting: .any)
        if response.isRefusal { return nil }
        guard response.status.code == 200, let auth = try? response.json(VaultAnswer.Auth.self).auth else {
            throw failure(response, "renew the token")
        }
        let lifetime = VaultLeasePolicy.lifetime(auth.leaseDuration)
        guard VaultLeasePolicy.isWorthKeeping(lifetime, granted: lease.granted) else { return nil }
        return TokenResponse(accessToken: lease.token, lifetime: lifetime)
    }

    // MARK: Logging in

    private func logIn(_ shown: Secret, _ session: Session) async throws -> Session.Response {
        state.withLock { state in
            if let last = state.shown, last != shown { state.version &+= 1 }
            state.shown = shown
        }
        let credential = login.isWrapped ? try await unwrap(shown, session) : shown
        var body = login.parameters
        body[login.credentialName] = credential.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        return try await session.post(
            VaultServer.target("auth", login.mount, "login"), .json(body), expecting: .any)
    }

    private func token(of response: Session.Response) throws -> TokenResponse {
        guard response.status.code == 200 else { throw failure(response, "log in") }
        guard let auth = try? response.json(VaultAnswer.Auth.self).auth, !auth.clientToken.isEmpty else {
            throw VaultAnswer.error(
                .invalidTokenResponse, "the Vault server's answer to a login holds no token",
                remedy: "check the server's address", of: response)
        }
        let lease = VaultLease(
            token: Secret(auth.clientToken), granted: VaultLeasePolicy.lifetime(auth.leaseDuration),
            isRenewable: auth.renewable ?? false)
        state.withLock { $0.lease = lease }
        return TokenResponse(accessToken: lease.token, lifetime: lease.granted)
    }

    private func unwrap(_ token: Secret, _ session: Session) async throws -> Secret {
        if let known = state.withLock({ $0.unwrapped }), known.token == token { return known.secretID }
        let response = try await spend(token, session)
        guard response.status.code == 200, let body = try? response.json(VaultAnswer.SecretID.self) else {
            guard response.isRefusal || response.status.code == 200 else {
                throw failure(response, "unwrap a secret id")
            }
            throw VaultAnswer.error(
                .tokenRequestRefused, "the wrapping token of the secret id holds none any more",
                remedy: "somebody else has the secret id: destroy it and wrap a new one", of: response)
        }
        let secretID = Secret(body.data.secretID)
        state.withLock { $0.unwrapped = (token, secretID) }
        return secretID
    }

    private func spend(_ token: Secret, _ session: Session) async throws -> Session.Response {
        let wasSpent = state.withLock { state in
            defer { state.spent = token }
            return state.spent == token
        }
        guard !wasSpent else {
            throw TesseraError(
                .tokenRequestRefused, "the wrapping token of the secret id was used here, and its answer was lost",
                remedy: "wrap a new secret id, and destroy the old one")
        }
        do {
            let response = try await session.post(
                "/v1/sys/wrapping/unwrap", .json([String: String]()), auth: .use(.vaultToken(token)), expecting: .any)
            // Sealed, or too many requests: it did not look at the token.
            if [429, 503].contains(response.status.code) { state.withLock { $0.spent = nil } }
            return response
        } catch let error as TesseraError {
            if error.history.requestsThatMayHaveArrived == 0 { state.withLock { $0.spent = nil } }
            throw error
        }
    }

    private func failure(_ response: Session.Response, _ intent: String) -> TesseraError {
        let status = response.status.code
        guard response.isRefusal else {
            return VaultAnswer.error(
                .tokenEndpointUnavailable, "the Vault server could not \(intent): it answered with status \(status)",
                remedy: (300..<400).contains(status)
                    ? "name the address of the active node, or of a load balancer: redirects are not followed"
                    : "check that the server is running and unsealed", of: response)
        }
        return VaultAnswer.error(
            .tokenRequestRefused, "the Vault server refused to \(intent) by \(login.method) with status \(status)",
            remedy: "check the role, its credential, and where the method is mounted", of: response)
    }
}

extension Session.Response {
    /// Whether the server understood and said no.
    fileprivate var isRefusal: Bool { (400..<500).contains(status.code) && status.code != 408 && status.code != 429 }
}

extension Authenticator where Self == StaticAuthenticator {
    /// A token of Vault in its own header field, bound to the session's origin.
    static func vaultToken(_ token: Secret) -> StaticAuthenticator {
        .apiKey(token, header: VaultTokens.field)
    }
}
#endif
