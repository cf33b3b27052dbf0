#if Secrets
import TesseraCore
import TesseraOAuth

/// A workload that another platform vouches for: its token in exchange for one of Google's (RFC 8693), and that, where
/// the document says so, for one of a service account.
struct GoogleExternalAccount {
    let plan: GoogleCredentialPlan.ExternalAccount
    let scope: [String]
    let transport: any Transport

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let token = try await exchange(fetch)
        guard let (url, lifetime) = plan.impersonation else { return token }
        return try await impersonate(url, lifetime, with: token.accessToken, fetch)
    }

    private func exchange(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let grant = TokenExchangeGrant(
            subjectToken: GoogleSubjectToken(
                place: plan.subjectToken, member: plan.subjectTokenMember, transport: transport, fetch: fetch),
            type: .other(plan.subjectTokenType), requesting: .accessToken, audience: plan.audience,
            // Where a service account is lent, this token is good for asking for that and nothing else.
            scope: plan.impersonation == nil ? scope : ["https://www.googleapis.com/auth/iam"])
        return try await OAuthClient(
            issuer: plan.tokenURL.origin.description, id: plan.client?.id ?? "google",
            authentication: plan.client.map { .secretBasic($0.secret) } ?? .unidentified,
            tokenEndpoint: plan.tokenURL.description, transport: transport
        ).token(by: grant, fetch)
    }

    private struct Question: Encodable {
        var scope: [String]
        var lifetime: String
    }

    private struct Answer: Decodable {
        var accessToken: String
    }

    private func impersonate(
        _ url: AbsoluteURL, _ lifetime: Duration, with token: Secret, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        let session = try SecretEndpoint.session(
            url.origin.description, transport, SecretFetch(deadline: fetch.deadline, runtime: fetch.runtime),
            auth: .bearer(token))
        let began = fetch.runtime.now()
        let seconds = lifetime.clampedNanoseconds / 1_000_000_000
        let response = try await session.post(
            RequestTarget(absolute: url), .json(Question(scope: scope, lifetime: "\(seconds)s")))
        guard let answer = try? response.json(Answer.self), (1...16_384).contains(answer.accessToken.utf8.count) else {
            throw TesseraError(
                .invalidTokenResponse, "the answer of \(url.origin) holds no accessToken, or one that is too long",
                remedy: "check service_account_impersonation_url")
        }
        // It lives for as long as was asked for.
        var result = TokenResponse(accessToken: Secret(answer.accessToken), lifetime: lifetime)
        result.issuedAt = began
        return result
    }
}
#endif
