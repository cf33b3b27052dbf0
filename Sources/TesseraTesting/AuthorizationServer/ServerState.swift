import TesseraCore

/// All that the server holds behind its lock.
struct ServerState {
    var machine: AuthorizationServerStateMachine
    var scripts: [HostileAuthorizationServer.Endpoint: [HostileAuthorizationServer.Fault]] = [:]
    var chooser: (@Sendable (HostileAuthorizationServer.TokenRequest) -> HostileAuthorizationServer.Fault?)?
    var log = HostileAuthorizationServer.Log()
    var requests = 0

    init(machine: AuthorizationServerStateMachine) {
        self.machine = machine
    }

    mutating func arrival(of request: ServerRequest, now: MonotonicInstant) -> HostileAuthorizationServer.Event {
        requests += 1
        var event = HostileAuthorizationServer.Event(
            request: requests, kind: .arrived, time: now, endpoint: request.endpoint)
        guard event.endpoint == .token else { return event }
        let form = FormParameters(request.body)
        event.grant = form["grant_type"]
        guard let token = form["refresh_token"] else { return event }
        event.presented = Secret(token).description
        let known = machine.refreshToken(token)
        event.login = known?.login
        event.generation = known?.generation
        return event
    }

    mutating func nextFault(_ event: HostileAuthorizationServer.Event) -> HostileAuthorizationServer.Fault {
        if var script = scripts[event.endpoint], !script.isEmpty {
            defer { scripts[event.endpoint] = script }
            return script.removeFirst()
        }
        guard event.endpoint == .token, let chooser else { return .none }
        var request = HostileAuthorizationServer.TokenRequest(number: event.request, arrived: event.time)
        request.add(event)
        return chooser(request) ?? .none
    }

    /// A second client refreshes; its request stands in the log as a peer's.
    mutating func peerRefresh(_ id: Int, now: MonotonicInstant) -> HostileAuthorizationServer.Login? {
        guard let before = machine.login(id), !before.hasEnded else { return nil }
        let secret = machine.configuration.clientSecret?.withExposedBytes { QueryItems.formEncoded($0) } ?? []
        let body =
            Array("grant_type=refresh_token&refresh_token=\(before.current)&client_id=".utf8)
            + QueryItems.formEncoded(machine.configuration.clientID.utf8) + Array("&client_secret=".utf8) + secret
        let request = ServerRequest(method: "POST", path: "/token", body: body, origin: "")
        var arrived = arrival(of: request, now: now)
        arrived.isPeer = true
        let (reply, decision) = machine.decide(request, now: now)
        let exchange = ServerExchange(number: arrived.request, request: request, steps: [])
        var processed = HostileAuthorizationServer.Event(.processed, exchange, decision, now: now)
        processed.isPeer = true
        log.events += [arrived, processed]
        guard let tokens = try? JSONCoding().decode(PeerTokens.self, from: reply.body), let after = machine.login(id)
        else { return nil }
        return HostileAuthorizationServer.Login(
            id: id, generation: after.generation, refreshToken: Secret(after.current),
            accessToken: Secret(tokens.accessToken), lifetime: machine.configuration.accessTokenLifetime)
    }
}

extension HostileAuthorizationServer.Event {
    init(
        _ kind: Kind, _ exchange: ServerExchange, _ decision: AuthorizationServerStateMachine.Decision,
        now: MonotonicInstant
    ) {
        self.init(request: exchange.number, kind: kind, time: now, endpoint: exchange.request.endpoint)
        grant = decision.grant
        presented = decision.presented
        login = decision.login
        generation = decision.generation
        issued = decision.issued
        outcome = decision.outcome
    }
}

private struct PeerTokens: Decodable {
    var accessToken: String

    enum CodingKeys: String, CodingKey { case accessToken = "access_token" }
}
