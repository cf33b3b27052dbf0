#if OAuth
import HTTPTypes
import TesseraCore

/// Tells the authorization server that a token is not used any more (RFC 7009).
struct RevocationRequest {
    let client: OAuthClient

    /// Revokes a refresh token, and with it, at most servers, the access tokens of its login (§2.1).
    ///
    /// - Returns: Whether the server confirmed. False also when the client's metadata names no revocation endpoint.
    func revokeRefreshToken(_ token: Secret, runtime: Runtime, transport: (any Transport)?) async -> Bool {
        guard let transport = client.transport ?? transport else { return false }
        let fetch = RefreshingTokenSource.Fetch(
            deadline: runtime.now().advanced(by: .seconds(20)), runtime: runtime, transport: transport)
        guard let url = try? await client.endpoint.locateRevocation(transport, fetch),
            let credential = try? await client.authentication.credential(of: client, runtime)
        else { return false }
        var items: QueryItems = ["token_type_hint": "refresh_token"]
        items.append("token", token.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        credential.addParameters(to: &items)
        // §2.2: revoking twice does no harm, and a token that is unknown already is answered with 200.
        guard
            let session = try? TokenRequest.session(
                url.origin, transport, fetch, auth: credential.authenticator,
                repeats: !client.authentication.isMadeAnew),
            let response = try? await session.send(
                CallRequest(.post, RequestTarget(absolute: url), .form(items), expecting: .any))
        else { return false }
        return response.status.code == 200
    }
}

extension RefreshRequest {
    var credentialVersion: UInt64 { client.authentication.secret?.version ?? 0 }

    func reloadSecret() async -> Bool {
        await client.authentication.secret?.hasChanged(since: shown.last) ?? false
    }

    func revoke(_ token: Secret, runtime: Runtime, transport: (any Transport)?) async -> Bool {
        await RevocationRequest(client: client).revokeRefreshToken(token, runtime: runtime, transport: transport)
    }
}
#endif
