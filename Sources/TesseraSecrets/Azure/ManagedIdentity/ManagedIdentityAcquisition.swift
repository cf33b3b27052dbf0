#if Secrets
import HTTPTypes
import Tessera
import TesseraCore
import TesseraOAuth

/// Tokens that the machine gives to what runs on it.
struct ManagedIdentityAcquisition: TokenAcquisition {
    let identity: ManagedIdentity
    let resource: String
    let transport: (any Transport)?
    /// Where the agent of Azure Arc leaves its keys.
    var arcKeys = ArcKeyFile.directory

    func obtain(_ fetch: RefreshingTokenSource.Fetch) async throws -> TokenResponse {
        let session = try session(fetch)
        var response: Session.Response
        do {
            response = try await ask(session)
            if case .arc = identity.endpoint, response.status.code == 401 {
                response = try await ask(session, auth: .use(arcKey(response)))
            }
        } catch let error as TesseraError {
            throw unavailable(error)
        }
        return try token(of: response)
    }

    private func session(_ fetch: RefreshingTokenSource.Fetch) throws -> Session {
        var auth: (any Authenticator)?
        if case .appService(_, let header) = identity.endpoint {
            auth = .apiKey(header, header: HTTPField.Name("X-IDENTITY-HEADER") ?? .authorization)
        }
        return try SecretEndpoint.session(
            identity.endpoint.url.origin.description, transport ?? fetch.transport,
            SecretFetch(deadline: fetch.deadline, runtime: fetch.runtime), auth: auth
        ) { settings in
            // What keeps a server that was tricked into asking from getting a token.
            settings.headers["Metadata"] = "true"
            settings.proxy = .none
            // A link-local address does not leave the machine's host (invariant 9); the endpoint was checked to be one.
            settings.allowsInsecureCredentials = true
            // As Azure asks: 404 and 410 while the metadata server is updated.
            settings.retry = RetryPolicy(
                attempts: 5, methods: [.get], statuses: [404, 408, 410, 429, 500, 502, 503, 504],
                backoff: Backoff(initial: .milliseconds(800)), longestRetryAfter: .seconds(5))
        }
    }

    private func ask(
        _ session: Session, auth: AuthenticationOverride = .inherited
    ) async throws -> Session.Response {
        var query: QueryItems = ["api-version": identity.endpoint.apiVersion, "resource": resource]
        if let client = identity.client {
            if case .arc = identity.endpoint {
                throw TesseraError(
                    .misconfigured, "Azure Arc knows the machine's own identity only",
                    remedy: "leave client: out, and AZURE_CLIENT_ID unset")
            }
            query.append("client_id", client)
        }
        return try await session.get(
            RequestTarget(relative: identity.endpoint.url.path), query: query, auth: auth, expecting: .any)
    }

    /// The key that shows that this process may read what the agent wrote.
    private func arcKey(_ response: Session.Response) throws -> StaticAuthenticator {
        let key = try ArcKeyFile.read(response.headerFields[.wwwAuthenticate] ?? "", in: arcKeys)
        return .apiKey(
            Secret(bytes: Array("Basic ".utf8) + key.withExposedBytes { Array($0) }), header: .authorization)
    }

    private struct Expiry: Decodable {
        /// Seconds since 1970, as text or as a number.
        var seconds: Int64?

        private enum CodingKeys: String, CodingKey { case seconds = "expires_on" }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            let text = try? members.decode(String.self, forKey: .seconds)
            seconds = text.map { Int64($0) } ?? (try? members.decode(Int64.self, forKey: .seconds))
        }
    }

    private func token(of response: Session.Response) throws -> TokenResponse {
        do {
            var token = try TokenResponse(response)
            let expiry = try? response.json(Expiry.self).seconds
            token.expiresAt = expiry.map { Timestamp(secondsSinceEpoch: $0) }
            return token
        } catch let error as TesseraError where error.code == .tokenRequestRefused {
            throw TesseraError(
                .tokenRequestRefused, "the \(identity.endpoint.name) gives this program no identity: \(error.message)",
                remedy: "assign an identity to the machine, and check the client's id", details: error.details)
        }
    }

    /// Nobody answers where a machine's identity would be: it may be none of Azure's machines.
    private func unavailable(_ error: TesseraError) -> TesseraError {
        guard error.code == .connection || error.code == .timeout else { return error }
        let others = identity.passedOver.map { "\($0) is not set, " }.joined()
        return TesseraError(
            .tokenEndpointUnavailable,
            "there is no identity of Azure: \(others)and the \(identity.endpoint.name) cannot be reached: \(error.message)",
            remedy: "run on a machine of Azure with a managed identity, or set the variables of a client",
            details: error.details)
    }
}
#endif
