import Synchronization
public import TesseraCore

/// An authorization server and a protected resource that do to a client what real servers, networks and peers do.
///
/// It speaks client credentials and refresh tokens (RFC 6749), with one-time tokens, reuse detection that ends the login
/// (the winner's new token included), grace, revocation (RFC 7009) and metadata (RFC 8414); and each request can be
/// given a ``Fault``. It has two faces: it is a ``TesseraCore/Transport`` without a network, for virtual time, and it
/// listens on loopback (``withSocket(_:)``). Its ``log`` is written by the server alone: the referee.
///
/// ```swift
/// let server = HostileAuthorizationServer()
/// let login = server.logIn()
/// server.script(.loseAnswer)              // the next token request is answered, and the answer is lost
/// ...
/// #expect(server.log.tokenRequests.map(\.outcomes) == [[.done], [.reused]])
/// ```
public final class HostileAuthorizationServer: Sendable {
    private let state: Mutex<ServerState>
    let gates = ServerGates()
    let latency: Duration

    /// A server of the given kind, that does nothing unusual until ``script(_:at:)`` says so.
    public init(_ configuration: Configuration = Configuration()) {
        state = Mutex(ServerState(machine: AuthorizationServerStateMachine(configuration)))
        latency = configuration.latency
    }

    // MARK: - Faults

    /// What happens to the next requests, one fault each, after those that were said before. Then nothing goes wrong.
    public func script(_ faults: Fault..., at endpoint: Endpoint = .token) {
        script(faults, at: endpoint)
    }

    /// What happens to the next requests; see ``script(_:at:)-(Fault...,_)``.
    public func script(_ faults: [Fault], at endpoint: Endpoint = .token) {
        state.withLock { $0.scripts[endpoint, default: []] += faults }
    }

    /// Chooses the fault of each token request that no script speaks of; nil for none. Called inside a lock: it must
    /// not call the server.
    public func chooseFaults(_ choose: (@Sendable (TokenRequest) -> Fault?)?) {
        state.withLock { $0.chooser = choose }
    }

    /// Lets everything go on that a fault holds, or will hold, at the gate of this name.
    public func release(_ gate: String = "answer") {
        gates.release(gate)
    }

    // MARK: - Logins

    /// Somebody logs in: what the client got for the code.
    public func logIn(now: MonotonicInstant = Runtime.current.now()) -> Login {
        state.withLock { $0.machine.logIn(now: now) }
    }

    /// Somebody else refreshes with the login's current refresh token, as a second client on a copied store would.
    ///
    /// - Returns: The new tokens; nil when the login has ended.
    @discardableResult
    public func refreshAsPeer(_ login: Int, now: MonotonicInstant = Runtime.current.now()) -> Login? {
        state.withLock { $0.peerRefresh(login, now: now) }
    }

    /// The server ends a login, as an administrator would.
    public func endLogin(_ login: Int) {
        state.withLock { $0.machine.end(login) }
    }

    /// The resource refuses the access tokens of a login from now on, or, for nil, the client's own.
    public func forgetAccessTokens(of login: Int?) {
        state.withLock { $0.machine.forgetAccessTokens(of: login) }
    }

    /// How long the access tokens live that are issued from now on; nil sends no `expires_in`.
    public func setAccessTokenLifetime(_ lifetime: Duration?) {
        state.withLock { $0.machine.configuration.accessTokenLifetime = lifetime }
    }

    /// The generation of the login's current refresh token; nil when there is no such login or it has ended.
    public func generation(of login: Int) -> UInt64? {
        state.withLock { state in
            state.machine.login(login).flatMap { $0.hasEnded ? nil : $0.generation }
        }
    }

    /// The logins that have ended, by reuse, revocation or ``endLogin(_:)``.
    public var endedLogins: [Int] {
        state.withLock { state in
            state.machine.logins.indices.filter { state.machine.logins[$0].hasEnded }
        }
    }

    /// Whether a refresh token is the current one of a living login.
    public func isCurrent(_ refreshToken: Secret) -> Bool {
        let value = refreshToken.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        return state.withLock { state in
            state.machine.logins.contains { !$0.hasEnded && $0.current == value }
        }
    }

    /// What the server has seen and done so far.
    public var log: Log { state.withLock { $0.log } }

    /// The lines of the log from a given one on.
    public func events(from index: Int) -> [Event] {
        state.withLock { Array($0.log.events.dropFirst(index)) }
    }

    // MARK: - The steps of an exchange, for both faces

    /// The first byte of a request is there.
    func begin(_ request: ServerRequest, now: MonotonicInstant) -> ServerExchange {
        state.withLock { state in
            let event = state.arrival(of: request, now: now)
            state.log.events.append(event)
            let fault = state.nextFault(event)
            return ServerExchange(number: event.request, request: request, steps: fault.steps[...])
        }
    }

    /// Goes on until the face has something to do.
    func next(_ exchange: inout ServerExchange, now: MonotonicInstant) -> ServerExchange.Action {
        while let step = exchange.steps.popFirst() {
            switch step {
            case .process: exchange.reply = process(exchange, now: now)
            case .processUnheard: _ = process(exchange, now: now)
            case .wait(let duration): return .wait(duration)
            case .skewDate(let skew): exchange.dateSkew = skew
            case .answer: return .end(.reply(exchange.reply ?? process(exchange, now: now)))
            case .answerCut(let bytes):
                return .end(.cut(exchange.reply ?? process(exchange, now: now), bytes: max(0, bytes)))
            case .answerInstead(let answer):
                return .end(
                    .reply(ServerReply(status: answer.status, fields: answer.fields, body: Array(answer.body.utf8))))
            case .drop: return .end(.dropped)
            case .refuse: return .end(.refused)
            case .hold(let gate):
                record(.held, exchange, now: now) { $0.gate = gate }
                return .hold(gate)
            }
        }
        return .end(.silence)
    }

    private func process(_ exchange: ServerExchange, now: MonotonicInstant) -> ServerReply {
        state.withLock { state in
            let (reply, decision) = state.machine.decide(exchange.request, now: now)
            state.log.events.append(Event(.processed, exchange, decision, now: now))
            return reply
        }
    }

    /// Writes the line that ends an exchange.
    func finish(_ exchange: ServerExchange, _ ending: ServerExchange.Ending, wasHeard: Bool, now: MonotonicInstant) {
        switch ending {
        case .silence: break
        case .dropped, .refused: record(.dropped, exchange, now: now) { _ in }
        case .cut(let reply, _): record(wasHeard ? .cut : .unheard, exchange, now: now) { $0.status = reply.status }
        case .reply(let reply):
            record(wasHeard ? .answered : .unheard, exchange, now: now) { $0.status = reply.status }
        }
    }

    private func record(
        _ kind: Event.Kind, _ exchange: ServerExchange, now: MonotonicInstant, _ add: (inout Event) -> Void
    ) {
        var event = Event(request: exchange.number, kind: kind, time: now, endpoint: exchange.request.endpoint)
        add(&event)
        state.withLock { $0.log.events.append(event) }
    }
}
