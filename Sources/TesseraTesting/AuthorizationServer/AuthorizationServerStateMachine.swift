import TesseraCore

/// What an authorization server remembers and decides. A value without I/O, clock or dice.
struct AuthorizationServerStateMachine {
    typealias Server = HostileAuthorizationServer

    /// What was decided, for the log.
    struct Decision {
        var outcome: Server.Outcome
        var grant: String?
        var presented: String?
        var login: Int?
        var generation: UInt64?
        var issued: UInt64?
    }

    struct RefreshToken {
        var login: Int
        var generation: UInt64
        /// When it was first exchanged, and for what.
        var spent: (time: MonotonicInstant, answer: Issued)?
    }

    struct AccessToken {
        /// Nil for a client's own.
        var login: Int?
        var expiry: MonotonicInstant?
    }

    /// Tokens as they stand in an answer.
    struct Issued {
        var accessToken: String
        var refreshToken: String?
        var generation: UInt64?
        var scope: String?
    }

    struct Login {
        var generation: UInt64 = 1
        var current: String
        var hasEnded = false
    }

    var configuration: Server.Configuration
    private(set) var logins: [Login] = []
    var refreshTokens: [String: RefreshToken] = [:]
    var accessTokens: [String: AccessToken] = [:]
    var random: UInt64

    init(_ configuration: Server.Configuration) {
        self.configuration = configuration
        random = configuration.seed
    }

    mutating func decide(_ request: ServerRequest, now: MonotonicInstant) -> (ServerReply, Decision) {
        switch request.endpoint {
        case .token: token(request, now: now)
        case .revocation: revoke(request)
        case .metadata: metadata(request)
        case .resource: resource(request, now: now)
        }
    }

    // MARK: - The token endpoint (RFC 6749 §3.2)

    private mutating func token(_ request: ServerRequest, now: MonotonicInstant) -> (ServerReply, Decision) {
        let form = FormParameters(request.body)
        guard request.method == "POST", let grant = form["grant_type"] else {
            return (Self.error(400, "invalid_request"), Decision(outcome: .malformed))
        }
        var decision = Decision(outcome: .done, grant: grant)
        guard isClient(request.authorization, form) else {
            decision.outcome = .wrongClient
            return (refusal(configuration.clientRefusal, 401, "invalid_client"), decision)
        }
        switch grant {
        case "client_credentials":
            let issued = Issued(accessToken: issueAccessToken(nil, now), scope: form["scope"])
            return (reply(issued), decision)
        case "refresh_token":
            return refresh(form["refresh_token"] ?? "", scope: form["scope"], decision, now: now)
        default:
            decision.outcome = .malformed
            return (Self.error(400, "unsupported_grant_type"), decision)
        }
    }

    private mutating func refresh(
        _ value: String, scope: String?, _ start: Decision, now: MonotonicInstant
    ) -> (ServerReply, Decision) {
        var decision = start
        decision.presented = Secret(value).description
        guard let token = refreshTokens[value] else {
            return (refuseGrant(.unknown, &decision), decision)
        }
        decision.login = token.login
        decision.generation = token.generation
        guard !logins[token.login].hasEnded else { return (refuseGrant(.ended, &decision), decision) }
        if let spent = token.spent { return again(token, spent, &decision, now: now) }
        let issued = rotate(value, token, scope: scope, now: now)
        decision.issued = issued.generation
        return (reply(issued), decision)
    }

    /// A spent token comes again.
    private mutating func again(
        _ token: RefreshToken, _ spent: (time: MonotonicInstant, answer: Issued), _ decision: inout Decision,
        now: MonotonicInstant
    ) -> (ServerReply, Decision) {
        if case .grace(let grace) = configuration.rotation, spent.time.duration(to: now) <= grace,
            let successor = spent.answer.refreshToken, refreshTokens[successor]?.spent == nil
        {
            decision.outcome = .repeated
            decision.issued = spent.answer.generation
            return (reply(spent.answer), decision)
        }
        if configuration.revokesFamilyOnReuse { end(token.login) }
        return (refuseGrant(.reused, &decision), decision)
    }

    private mutating func rotate(
        _ value: String, _ token: RefreshToken, scope: String?, now: MonotonicInstant
    ) -> Issued {
        var issued = Issued(accessToken: issueAccessToken(token.login, now), scope: scope)
        switch configuration.rotation {
        case .never:
            issued.refreshToken = value
        case .omitted:
            break
        case .strict, .grace:
            let generation = token.generation + 1
            let next = issueRefreshToken(token.login, generation)
            issued.refreshToken = next
            issued.generation = generation
            refreshTokens[value]?.spent = (now, issued)
            logins[token.login].generation = generation
            logins[token.login].current = next
        }
        return issued
    }

    // MARK: - Revocation (RFC 7009), metadata (RFC 8414) and the protected resource (RFC 6750)

    private mutating func revoke(_ request: ServerRequest) -> (ServerReply, Decision) {
        let form = FormParameters(request.body)
        guard request.method == "POST", let value = form["token"] else {
            return (Self.error(400, "invalid_request"), Decision(outcome: .malformed))
        }
        var decision = Decision(outcome: .unknown, presented: Secret(value).description)
        guard isClient(request.authorization, form) else {
            decision.outcome = .wrongClient
            return (refusal(configuration.clientRefusal, 401, "invalid_client"), decision)
        }
        if let token = refreshTokens[value] {
            decision.outcome = .done
            decision.login = token.login
            decision.generation = token.generation
            end(token.login)
        } else if let token = accessTokens.removeValue(forKey: value) {
            decision.outcome = .done
            decision.login = token.login
        }
        return (ServerReply(status: 200), decision)
    }

    private func metadata(_ request: ServerRequest) -> (ServerReply, Decision) {
        let origin = request.origin
        return (
            ServerReply(
                status: 200,
                json: [
                    "issuer": .string(origin), "token_endpoint": .string("\(origin)/token"),
                    "revocation_endpoint": .string("\(origin)/revoke"),
                    "grant_types_supported": ["client_credentials", "refresh_token"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                ]), Decision(outcome: .done)
        )
    }

    private func resource(_ request: ServerRequest, now: MonotonicInstant) -> (ServerReply, Decision) {
        guard let field = request.authorization, field.lowercased().hasPrefix("bearer ") else {
            return (
                ServerReply(status: 401, fields: ["WWW-Authenticate": "Bearer realm=\"hostile\""]),
                Decision(outcome: .malformed)
            )
        }
        let value = String(field.dropFirst(7))
        var decision = Decision(outcome: .done, presented: Secret(value).description)
        guard let token = accessTokens[value], token.expiry.map({ now < $0 }) ?? true else {
            decision.outcome = .unknown
            return (Self.invalidToken, decision)
        }
        decision.login = token.login
        if let login = token.login, logins[login].hasEnded, !configuration.keepsAccessTokensOfEndedLogins {
            decision.outcome = .ended
            return (Self.invalidToken, decision)
        }
        let login = token.login.map { JSONValue.integer(Int64($0)) } ?? .null
        return (ServerReply(status: 200, json: ["path": .string(request.path), "login": login]), decision)
    }

    // MARK: - Logins

    mutating func logIn(now: MonotonicInstant) -> Server.Login {
        let id = logins.count
        logins.append(Login(current: ""))
        let refreshToken = issueRefreshToken(id, 1)
        logins[id].current = refreshToken
        return Server.Login(
            id: id, generation: 1, refreshToken: Secret(refreshToken),
            accessToken: Secret(issueAccessToken(id, now)), lifetime: configuration.accessTokenLifetime)
    }

    func refreshToken(_ value: String) -> RefreshToken? { refreshTokens[value] }

    func login(_ id: Int) -> Login? {
        logins.indices.contains(id) ? logins[id] : nil
    }

    mutating func end(_ id: Int) {
        guard logins.indices.contains(id) else { return }
        logins[id].hasEnded = true
    }

    mutating func forgetAccessTokens(of id: Int?) {
        accessTokens = accessTokens.filter { $0.value.login != id }
    }
}
