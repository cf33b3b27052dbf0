#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore

/// The refresh grant over the wire (RFC 6749 §6): one POST on a fresh connection, no redirect, no retry (line 6).
struct RefreshRequest: RefreshEndpoint {
    let client: OAuthClient
    let profile: ProviderProfile
    let shown = ShownSecret()

    /// Reads the issuer's metadata. A failure shows again when the request is made.
    func prepare(runtime: Runtime, transport: (any Transport)?) async {
        guard let transport = client.transport ?? transport else { return }
        let fetch = RefreshingTokenSource.Fetch(
            deadline: runtime.now().advanced(by: .seconds(10)), runtime: runtime, transport: transport)
        _ = try? await client.endpoint.locate(transport, fetch)
    }

    func refresh(_ attempt: RotationAttempt, runtime: Runtime, transport: (any Transport)?) async -> TokenVerdict {
        guard let transport = client.transport ?? transport else {
            return .unsent(after: nil, .noTransport)
        }
        let wire = SingleSend(transport)
        do {
            let fetch = RefreshingTokenSource.Fetch(deadline: attempt.deadline, runtime: runtime, transport: transport)
            let url = try await client.endpoint.locate(transport, fetch)
            let credential = try await client.authentication.credential(of: client, runtime)
            shown.last = credential.secret
            let session = try RefreshRequest.session(
                url.origin, wire, deadline: attempt.deadline, runtime, auth: credential.authenticator)
            let response = try await session.send(
                CallRequest(
                    .post, RequestTarget(absolute: url), .form(parameters(attempt, credential)),
                    headers: ["Accept": "application/json"], expecting: .any))
            return verdict(response)
        } catch {
            return verdict(error, wire.failure)
        }
    }

    private func parameters(_ attempt: RotationAttempt, _ credential: ClientCredential) -> QueryItems {
        var items: QueryItems = ["grant_type": "refresh_token"]
        items.append(
            "refresh_token", attempt.refreshToken.withExposedBytes { String(decoding: $0, as: UTF8.self) })
        if !attempt.scope.isEmpty { items.append("scope", attempt.scope.sorted().joined(separator: " ")) }
        if let resource = attempt.resource { items.append("resource", resource) }
        credential.addParameters(to: &items)
        return items
    }

    /// A session that does no more than one request: what repeats it decides knows the refresh token's fate.
    static func session(
        _ origin: Origin, _ transport: any Transport, deadline: MonotonicInstant, _ runtime: Runtime,
        auth: (any Authenticator)?
    ) throws -> Session {
        try Session(origin.description, auth: auth, transport: transport) { settings in
            let remaining = runtime.now().duration(to: deadline)
            settings.runtime = runtime
            settings.redirects = .never
            settings.limits.bodyBytes = TokenRequest.answerBytes
            settings.timeouts = Timeouts(
                connect: min(.seconds(5), remaining), attempt: remaining, idle: remaining, total: remaining)
            settings.retry = RetryPolicy(attempts: 1)
        }
    }

    // MARK: Verdicts

    func verdict(_ response: Session.Response) -> TokenVerdict {
        let members = RefreshMembers(response)
        var error: TesseraError?
        var access: TokenResponse?
        do {
            access = try TokenResponse(response)
        } catch let flaw {
            error = flaw as? TesseraError
        }
        let body: TokenEndpointOutcome.Body =
            if response.body.isEmpty {
                .empty
            } else if let members, let code = members.error {
                .error(code)
            } else if let members {
                .members(hasAccessToken: members.hasAccessToken, hasRefreshToken: members.refreshToken != nil)
            } else {
                .undecodable
            }
        let outcome = TokenEndpointOutcome(
            result: .answered(status: response.status.code, body), retryAfter: response.retryAfter)
        guard let meaning = profile.meaning(of: outcome) else {
            return .valid(
                TokenAnswer(
                    accessToken: access?.accessToken, lifetime: access?.lifetime, granted: access?.scope ?? [],
                    refreshToken: members?.refreshToken, subject: members?.subject,
                    flaw: error))
        }
        return .init(meaning, after: response.retryAfter, error)
    }

    private func verdict(_ error: any Error, _ failure: SingleSend.Fate) -> TokenVerdict {
        let known = error as? TesseraError
        let wrapped = known.map {
            $0.isOfTheWire
                ? TesseraError(
                    tokenEndpointUnreachable: $0, "the token endpoint could not be asked: \($0.message)") : $0
        }
        let result: TokenEndpointOutcome.Result =
            switch failure {
            case .notHandedOver: .notHandedOver
            case .failed(let failure): .failed(failure.kind, failure.phase, failure.progress)
            // Handed over, and no failure: what came back was refused above the transport.
            case .answered: .failed(.protocolViolation, .head, .sent(bytes: nil))
            }
        let meaning = profile.meaning(of: TokenEndpointOutcome(result: result)) ?? .ambiguous
        return .init(meaning, after: known?.retryAfter, wrapped)
    }
}

extension TokenVerdict {
    init(_ meaning: ProviderProfile.Meaning, after wait: Duration?, _ error: TesseraError?) {
        self =
            switch meaning {
            case .clientRefused: .clientRefused(error)
            case .requestRefused: .requestRefused(error)
            case .grantRefused: .grantRefused(error)
            case .unprocessed: .unsent(after: wait, error)
            case .ambiguous: .ambiguous(after: wait, error)
            }
    }
}

extension TesseraError {
    static var noTransport: TesseraError {
        TesseraError(
            .misconfigured, "the OAuth client has no transport of its own, and no session asked",
            remedy: "pass transport: to OAuthClient, or use the source through a Session")
    }
}
#endif
