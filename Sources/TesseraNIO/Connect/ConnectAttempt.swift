#if NIO
import NIOCore
import NIOPosix
import NIOSSL
import TesseraCore

/// One connection being made: resolve, connect, proxy, TLS, in the order of its ``ConnectPlan``, with one timer for
/// all. All of it runs on one event loop.
final class ConnectAttempt: Sendable {
    private struct State {
        var phase: TransportFailure.Phase = .connect
        /// Every socket that was opened and not yet closed by NIO; happy eyeballs has several.
        var sockets: [any Channel] = []
        var timer: Scheduled<Void>?
        var lookup: Task<Void, Never>?
        /// The origin's name, while it is looked up here for a proxy that wants addresses.
        var resolving: String?
        var isOver = false
    }

    private let plan: ConnectPlan
    private let settings: NIOTransport.Configuration
    private let contexts: TLSContexts
    private let timeout: TimeAmount
    private let loop: any EventLoop
    private let completion: @Sendable (Result<EstablishedChannel, TransportFailure>) -> Void
    private let state: NIOLoopBoundBox<State>

    /// `completion` is called once, on the loop, within the event that ended the last step.
    init(
        _ plan: ConnectPlan, _ settings: NIOTransport.Configuration, _ contexts: TLSContexts,
        timeout: TimeAmount, on loop: any EventLoop,
        completion: @escaping @Sendable (Result<EstablishedChannel, TransportFailure>) -> Void
    ) {
        self.plan = plan
        self.settings = settings
        self.contexts = contexts
        self.timeout = timeout
        self.loop = loop
        self.completion = completion
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: loop)
    }

    /// Begins; called once.
    func start() {
        onLoop { self.begin() }
    }

    /// Gives up: closes what is open and fails with kind `cancelled`. Nothing happens when it is over already.
    func cancel() {
        onLoop {
            self.finish(
                .failure(ConnectFailure(self.plan).make(.cancelled, self.state.value.phase, "connecting was given up")))
        }
    }

    private func onLoop(_ work: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { work() } else { loop.execute(work) }
    }

    private func begin() {
        guard !state.value.isOver else { return }
        guard timeout > .nanoseconds(0) else { return expire() }
        state.value.timer = loop.scheduleTask(in: timeout) { self.expire() }
        // Before the socket: nothing may be awaited once a peer can send.
        let variants = [plan.proxySecurity?.context, plan.security?.context].compactMap { $0 }
        contexts.contexts(variants, on: loop).whenComplete { result in
            switch result {
            case .success(let contexts): self.locate(contexts)
            case .failure(let error):
                self.fail(.tls, .tls, "TLS cannot be set up: check the client certificate and the trust roots", error)
            }
        }
    }

    private func expire() {
        var failure = ConnectFailure(plan)
        if let name = state.value.resolving { failure.peer = name }
        finish(.failure(failure.timeout(phase: state.value.phase)))
    }

    private func locate(_ contexts: [NIOSSLContext]) {
        guard !state.value.isOver else { return }
        switch plan.destination {
        case .unixSocket(let path): whenConnected(bootstrap(isTCP: false).connect(unixDomainSocketPath: path), contexts)
        case .address(let literal, let port):
            do {
                whenConnected(bootstrap().connect(to: try literal.socketAddress(port: port)), contexts)
            } catch {
                fail(ConnectFailure(plan).failure(error, phase: .connect))
            }
        case .name(let host, let port):
            state.value.phase = .resolve
            let (found, task) = NameLookup(dns: settings.dns).addresses(of: host, port: port, on: loop)
            state.value.lookup = task
            found.whenComplete { result in
                guard !self.state.value.isOver else { return }
                switch result {
                case .success(let addresses):
                    let resolver = addresses.map { FixedResolver(addresses: $0, loop: self.loop) }
                    self.whenConnected(
                        self.bootstrap().resolver(resolver).connect(host: host, port: Int(port)), contexts)
                case .failure(let error): self.fail(ConnectFailure(self.plan).failure(error, phase: .resolve))
                }
            }
        }
    }

    private func bootstrap(isTCP: Bool = true) -> ClientBootstrap {
        // Our timer ends it; NIO's own clears up what is left of happy eyeballs then.
        var bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout)
        if isTCP {
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.tcp_nodelay), value: settings.tcpNoDelay ? 1 : 0)
                .channelOption(.socketOption(.so_keepalive), value: settings.tcpKeepAlive ? 1 : 0)
        }
        return bootstrap.channelInitializer { channel in
            guard !self.state.value.isOver else {
                return channel.eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
            }
            self.state.value.phase = .connect
            self.state.value.sockets.append(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    private func whenConnected(_ connected: EventLoopFuture<any Channel>, _ contexts: [NIOSSLContext]) {
        connected.whenComplete { result in
            switch result {
            case .failure(let error): self.fail(ConnectFailure(self.plan).failure(error, phase: self.state.value.phase))
            case .success(let channel):
                guard !self.state.value.isOver else { return channel.close(promise: nil) }
                // Happy eyeballs closes the others itself.
                self.state.value.sockets = [channel]
                if let refusal = self.plan.refusal(of: channel.remoteAddress) {
                    return self.fail(.unreachable, .connect, refusal)
                }
                self.reachProxy(channel, contexts)
            }
        }
    }

    private func reachProxy(_ channel: any Channel, _ contexts: [NIOSSLContext]) {
        guard let security = plan.proxySecurity else { return openTunnel(channel, contexts) }
        state.value.phase = .proxy
        secure(channel, security, contexts.first, pins: []) { _ in
            self.openTunnel(channel, Array(contexts.dropFirst()))
        }
    }

    private func openTunnel(_ channel: any Channel, _ contexts: [NIOSSLContext]) {
        guard let tunnel = plan.tunnel else { return reachOrigin(channel, contexts) }
        if case .socks(var request) = tunnel, case .nameToResolve(let name) = request.host {
            return resolve(name, port: request.port) { literal in
                request.host = .address(literal)
                self.ask(for: .socks(request), channel, contexts)
            }
        }
        ask(for: tunnel, channel, contexts)
    }

    /// Looks the origin's name up for a proxy that is told an address.
    private func resolve(_ name: String, port: UInt16, _ next: @escaping (IPLiteral) -> Void) {
        state.value.phase = .resolve
        state.value.resolving = name
        let (found, task) = NameLookup(dns: settings.dns).firstAddress(of: name, port: port, on: loop)
        state.value.lookup = task
        found.assumeIsolated().whenComplete { result in
            guard !self.state.value.isOver else { return }
            self.state.value.resolving = nil
            switch result {
            case .success(let address): next(address)
            case .failure(let error):
                if let failure = error as? TransportFailure { return self.fail(failure) }
                self.fail(.unreachable, .resolve, "the name \(name) could not be resolved", error)
            }
        }
    }

    private func ask(for tunnel: ConnectPlan.Tunnel, _ channel: any Channel, _ contexts: [NIOSSLContext]) {
        state.value.phase = .proxy
        let completion = { (result: Result<Void, ProxyTunnelHandler.Problem>) in
            switch result {
            case .success: self.reachOrigin(channel, contexts)
            case .failure(let problem): self.fail(problem.kind, .proxy, problem.message, problem.underlying)
            }
        }
        do {
            switch tunnel {
            case .connect(let request):
                try ProxyAnswerGate.ask(request, in: channel.pipeline.syncOperations, completion)
            #if SOCKS
            case .socks(let request):
                try channel.pipeline.syncOperations.addHandler(SOCKSHandler(request, completion))
            #else
            case .socks: fail(.unsupported, .proxy, "SOCKS proxies need the trait SOCKS of the package tessera")
            #endif
            }
        } catch {
            fail(.disconnected, .proxy, "the connection to \(plan.peer) was closed", error)
        }
    }

    private func reachOrigin(_ channel: any Channel, _ contexts: [NIOSSLContext]) {
        guard let security = plan.security else { return succeed(channel, .http1) }
        state.value.phase = .tls
        secure(channel, security, contexts.first, pins: settings.tls.pins) { self.succeed(channel, $0) }
    }

    private func secure(
        _ channel: any Channel, _ security: ConnectPlan.Security, _ context: NIOSSLContext?,
        pins: Set<NIOTransport.CertificatePin>, _ next: @escaping (EstablishedChannel.Version) -> Void
    ) {
        guard !state.value.isOver else { return }
        let phase = state.value.phase
        do {
            // Fails closed: a plan with TLS never goes on without.
            guard let context else { throw ChannelError.operationUnsupported }
            let tls = try NIOSSLClientHandler(context: context, serverHostname: security.identity.serverName)
            let check = PeerCertificateCheck(
                identity: security.identity, pins: pins, checksIdentity: settings.tls.checksIdentity)
            let handshake = TLSHandshakeHandler(tls, check) { result in
                switch result {
                case .success(let version): next(version)
                case .failure(let problem): self.fail(problem.kind, phase, problem.message, problem.underlying)
                }
            }
            // In this order: the handshake begins while the first is added.
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handshake)
            try pipeline.addHandler(tls, position: .before(handshake))
        } catch {
            fail(.tls, phase, "TLS with \(security.identity) cannot begin", error)
        }
    }

    private func succeed(_ channel: any Channel, _ version: EstablishedChannel.Version) {
        finish(
            .success(
                EstablishedChannel(channel: channel, version: version, usesAbsoluteForm: plan.usesAbsoluteForm)))
    }

    private func fail(
        _ kind: TransportFailure.Kind, _ phase: TransportFailure.Phase, _ message: String,
        _ underlying: (any Error)? = nil
    ) {
        fail(ConnectFailure(plan).make(kind, phase, message, underlying))
    }

    private func fail(_ failure: TransportFailure) {
        finish(.failure(failure))
    }

    private func finish(_ result: Result<EstablishedChannel, TransportFailure>) {
        guard !state.value.isOver else { return }
        let ended = state.value
        state.value = State(phase: ended.phase, isOver: true)
        ended.timer?.cancel()
        ended.lookup?.cancel()
        if case .failure = result {
            for socket in ended.sockets { socket.close(promise: nil) }
        }
        completion(result)
    }
}

extension NIOTransport.TLSSettings {
    fileprivate var checksIdentity: Bool {
        if case .insecureAnyCertificate = trustRoots { return false }
        return true
    }
}
#endif
