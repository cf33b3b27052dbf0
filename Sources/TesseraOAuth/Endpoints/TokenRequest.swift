#if OAuth
import HTTPTypes
import TesseraCore

/// One request to the token endpoint: client authentication plus grant, no redirects, repeated only if the grant may be.
struct TokenRequest {
    let client: OAuthClient
    let grant: any Grant

    /// The most that is read of an answer of the authorization server.
    static let answerBytes = 1_048_576

    /// - Parameter willSend: Told whether the request may be repeated, before it is sent.
    func send(
        _ fetch: RefreshingTokenSource.Fetch, willSend: (GrantRepeatability) -> Void = { _ in }
    ) async throws -> TokenResponse {
        guard let transport = client.transport ?? fetch.transport else {
            throw TesseraError(
                .misconfigured, "the OAuth client has no transport of its own, and no session asked",
                remedy: "pass transport: to OAuthClient, or use the source through a Session")
        }
        let url = try await client.endpoint.locate(transport, fetch)
        let parameters = try await grant.parameters()
        let repeatability = repeatability(parameters)
        willSend(repeatability)
        let repetition = TokenRequestRepetition(
            repeatability, isMadeAnew: grant.isIndependent || client.authentication.isMadeAnew)
        let shown = ShownSecret()
        do {
            return try await exchange(url, parameters, repetition, shown, transport, fetch)
        } catch let error as TesseraError where error.authorizationError == "invalid_client" {
            // RFC 6749 §5.2: the grant was not looked at. The server may know a rotated secret before we do.
            guard repetition != .never, await client.authentication.secret?.hasChanged(since: shown.last) == true
            else { throw error }
        }
        return try await exchange(url, nextParameters(parameters), repetition, shown, transport, fetch)
    }

    private func exchange(
        _ url: AbsoluteURL, _ first: QueryItems, _ repetition: TokenRequestRepetition, _ shown: ShownSecret,
        _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch
    ) async throws -> TokenResponse {
        var parameters = first
        var attempt = 1
        var earlierRequests = 0
        while true {
            let credential = try await client.authentication.credential(of: client, fetch.runtime)
            shown.last = credential.secret
            do {
                var answer = try await post(
                    url, parameters, credential, transport, fetch, repeats: repetition == .asItIs)
                answer.requests += earlierRequests
                return answer
            } catch let error as TesseraError {
                let remaining = fetch.runtime.now().duration(to: fetch.deadline)
                guard
                    let wait = repetition.wait(
                        after: error, attempt: attempt, remaining: remaining, random: fetch.runtime.random())
                else { throw error }
                earlierRequests += error.history.requestsThatMayHaveArrived
                attempt += 1
                try await fetch.runtime.sleep(fetch.runtime.now().advanced(by: wait))
            }
            parameters = try await nextParameters(parameters)
        }
    }

    private func nextParameters(_ shown: QueryItems) async throws -> QueryItems {
        grant.isIndependent ? try await grant.parameters() : shown
    }

    private func post(
        _ url: AbsoluteURL, _ parameters: QueryItems, _ credential: ClientCredential, _ transport: any Transport,
        _ fetch: RefreshingTokenSource.Fetch, repeats: Bool
    ) async throws -> TokenResponse {
        var parameters = parameters
        credential.addParameters(to: &parameters)
        let session = try TokenRequest.session(
            url.origin, transport, fetch, auth: credential.authenticator, repeats: repeats)
        let sent = fetch.runtime.wallTime()
        let began = fetch.runtime.now()
        let response: Session.Response
        do {
            response = try await session.send(
                CallRequest(
                    .post, RequestTarget(absolute: url), .form(parameters), headers: ["Accept": "application/json"],
                    expecting: .any))
        } catch let error as TesseraError where error.isOfTheWire {
            throw TesseraError(
                tokenEndpointUnreachable: error, "the token endpoint could not be asked: \(error.message)")
        }
        let ended = fetch.runtime.now()
        var answer = try TokenResponse(response)
        answer.issuedAt = began
        answer.serverDate = response.date(now: sent).map {
            TokenResponse.ServerDate(date: $0, sent: sent, roundTrip: began.duration(to: ended))
        }
        return answer
    }

    /// What may be repeated: what both the grant and the table of grants allow.
    func repeatability(_ parameters: QueryItems) -> GrantRepeatability {
        guard grant.isRepeatable else { return .once }
        if grant.isIndependent { return .repeatable }
        // An extension grant that the table does not know is taken at its word.
        let type = parameters.items.first { $0.name == "grant_type" }?.value ?? ""
        return GrantRepeatability.table[type] ?? .repeatable
    }

    /// A session for one endpoint of the authorization server: it follows no redirect, keeps no cookie, and its
    /// credential is bound to the endpoint's origin.
    static func session(
        _ origin: Origin, _ transport: any Transport, _ fetch: RefreshingTokenSource.Fetch,
        auth: (any Authenticator)? = nil, repeats: Bool
    ) throws -> Session {
        try Session(origin.description, auth: auth, transport: transport) { settings in
            let remaining = fetch.runtime.now().duration(to: fetch.deadline)
            settings.runtime = fetch.runtime
            settings.redirects = .never
            settings.limits.bodyBytes = answerBytes
            settings.timeouts = Timeouts(
                connect: .seconds(5), attempt: min(.seconds(10), remaining), total: remaining)
            settings.retry = RetryPolicy(
                attempts: repeats ? 3 : 1, methods: [.get, .post], longestRetryAfter: .seconds(5))
        }
    }
}

extension TesseraError {
    /// Whether the wire failed, and not the request's making.
    var isOfTheWire: Bool {
        switch code {
        case .timeout, .connection, .tls, .proxy, .protocolViolation, .limitExceeded: true
        default: false
        }
    }

    init(tokenEndpointUnreachable error: TesseraError, _ message: String) {
        var details = Details()
        details.history = error.history
        details.underlying = error
        self.init(
            .tokenEndpointUnavailable, message, remedy: error.remedy ?? "check the issuer's URL and try again later",
            details: details)
    }
}

extension Session.Response {
    /// When the server wrote the answer, by its own clock (RFC 9110 §6.6.1).
    func date(now: Timestamp) -> Timestamp? {
        headerFields[.date].flatMap { HTTPDate.parse($0, now: now) }
    }

    /// `Retry-After` in either form. A date is reckoned from the answer's own `Date`, so that clocks need not agree.
    var retryAfter: Duration? {
        guard let value = headerFields[.retryAfter] else { return nil }
        let now = Runtime.current.wallTime()
        return RetryAfter.parse(value, now: date(now: now) ?? now)
    }
}
#endif
