#if OAuth
import TesseraCore

/// Tokens of one audience of a login.
struct LoginAcquisition: TokenAcquisition {
    let login: RotatingLogin
    let scope: Set<String>
    let resource: String?
    let freshness: FreshnessPolicy

    var credentialVersion: UInt64 { login.version }
    /// What was sent must be heard to its end.
    var isAbortable: Bool { false }
    var isUnsaved: Bool { login.isUnsaved }

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let want = LoginWant(scope: scope, resource: resource, held: fetch.held?.value, freshness: freshness)
        let token = try await login.obtain(want, runtime: fetch.runtime, transport: fetch.transport)
        var response = TokenResponse(
            accessToken: token.value, lifetime: token.lifetime, scope: token.granted.isEmpty ? scope : token.granted)
        response.issuedAt = token.issuedAt
        response.requests = token.isAdopted ? 0 : 1
        return response
    }
}
#endif
