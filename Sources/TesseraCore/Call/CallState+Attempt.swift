import HTTPTypes

/// The way from a plan to a request: head, hooks, credential, checks.
extension CallState {
    /// Prepares the next attempt: head, hooks, credential, checks.
    mutating func nextAttempt() async throws -> TransportRequest {
        if let request = try begunAttempt() { return request }
        return try await awaitedAttempt()
    }

    /// Begins the next attempt; gives its request when there is nothing to wait for. A call of its own, because one that
    /// may suspend costs more than what is done here.
    mutating func begunAttempt() throws -> TransportRequest? {
        begin()
        guard plan.core.guards == nil else { return nil }
        let proxy = plan.core.proxy(for: plan.origin)
        do {
            try Task.checkCancellation()
            let now = plan.core.configuration.observers.isEmpty ? attemptStarted : runtime.now()
            guard let authenticator = plan.authenticator else { return try request(.none, proxy, now) }
            guard let held = authenticator.heldCredential(at: now) else { return nil }
            return try request(try attach(held, proxy: proxy), proxy, now)
        } catch let error as TesseraError {
            throw failed(error)
        }
    }

    /// The request of an attempt that has begun, after what it has to wait for: its credential, and its turn.
    mutating func awaitedAttempt() async throws -> TransportRequest {
        let proxy = plan.core.proxy(for: plan.origin)
        do {
            try Task.checkCancellation()
            var sealed = try await authorize(proxy: proxy)
            if let guards = plan.core.guards { sealed = try await pass(guards, sealed, proxy: proxy) }
            return try request(sealed, proxy, runtime.now())
        } catch let error as TesseraError {
            throw failed(error)
        }
    }

    private mutating func begin() {
        machine.begin()
        attemptNumber = machine.attempt
        if machine.attempt > 1 {
            // The first attempt begins with the call, and its head was made then.
            attemptStarted = runtime.now()
            credential = nil
            credentialUse = .none
            sentHead = CallState.head(plan)
        }
        if !plan.core.configuration.observers.isEmpty { askObservers(plan.core.configuration.observers) }
    }

    /// Mutating, because the compiler copies all of the state for one that is not.
    private mutating func request(
        _ sealed: SealedFields, _ proxy: ProxyServer?, _ now: MonotonicInstant
    ) throws -> TransportRequest {
        var sealed = sealed
        if let cookies = plan.cookies { addCookies(cookies, to: &sealed) }
        guard now < deadline else {
            throw TesseraError(timeLimit: .total, "the call's time was over before it could be sent")
        }
        return TransportRequest(
            origin: plan.origin, head: sentHead, sealed: sealed, body: plan.body,
            deadline: min(deadline, attemptStarted.advanced(byNanoseconds: plan.core.attemptTimeout)),
            phases: plan.core.phases, limits: plan.core.configuration.limits, proxy: proxy, runtime: runtime)
    }

    private mutating func failed(_ error: TesseraError) -> TesseraError {
        record(nil, .failed(error.code))
        return error.with(history: history)
    }

    /// Waits for the attempt's turn. A credential may have become old meanwhile, and is asked for again.
    private mutating func pass(
        _ guards: OriginGuards, _ sealed: SealedFields, proxy: ProxyServer?
    ) async throws -> SealedFields {
        let asked = runtime.now()
        passage = try await Passage.enter(
            plan.origin, guards, plan.core.records, rateKey: guards.rates == nil ? 0 : sealed.identity,
            deadline: deadline, runtime)
        let waited = asked.duration(to: runtime.now())
        guard waited > .zero else { return sealed }
        heldBack = waited
        return try await authorize(proxy: proxy)
    }

    mutating func askObservers(_ observers: [any AttemptObserver]) {
        var head = sentHead.whole
        for observer in observers {
            observer.willSend(&head, attempt: machine.attempt, crossesOrigin: plan.origin != plan.core.base.origin)
        }
        // Fields are theirs to change; where the request goes, and what it does, is not.
        sentHead.fields = head.headerFields
        for name in RequestHeaders.reservedNames { sentHead.fields[fields: name] = [] }
        // It asks for leave to send a body (RFC 9110 §10.1.1).
        if case .none = plan.body { sentHead.fields[.expect] = nil }
    }

    /// Asks for the credential.
    private mutating func authorize(proxy: ProxyServer?) async throws -> SealedFields {
        guard let authenticator = plan.authenticator else { return .none }
        let context = context()
        let answer: Credential?
        do {
            if plan.bindsTree {
                answer = try await CallTree.$current.withValue(boundTree()) {
                    try await authenticator.credential(for: context)
                }
            } else {
                answer = try await authenticator.credential(for: context)
            }
        } catch {
            throw CallState.own(error)
        }
        guard let answer else { return .none }
        return try attach(answer, proxy: proxy)
    }

    /// Checks where the credential would go: the last thing before the transport.
    private mutating func attach(_ credential: Credential, proxy: ProxyServer?) throws -> SealedFields {
        let isAllowed =
            if let origins = credential.origins {
                origins.contains(plan.origin, target: plan.target)
            } else {
                plan.core.credentialOrigins.contains(plan.origin, target: plan.target)
            }
        guard !leftCredentialOrigins, isAllowed else {
            if machine.redirectsFollowed > 0 { leftCredentialOrigins = true }
            credentialUse = .withheld
            return .none
        }
        let staysOnMachine = plan.origin.mayCarryCredentialsInClear && proxy == nil
        guard
            plan.origin.scheme == .https || staysOnMachine || plan.core.configuration.allowsInsecureCredentials
        else {
            throw TesseraError(
                .insecureTransport, "the credential would go to \(plan.origin) without TLS",
                remedy: "use https, or send this call with auth: .anonymous")
        }
        // A field of the caller with the credential's name would be sent beside it, and servers differ in which counts.
        for field in credential.fields.exposed where sentHead.fields.contains(field.name) {
            sentHead.fields[field.name] = nil
        }
        self.credential = credential
        credentialUse = .attached
        return credential.fields
    }

    /// An authenticator's own errors become this library's; a caller catches one type.
    static func own(_ error: any Error) -> any Error {
        guard !(error is TesseraError), !(error is CancellationError) else { return error }
        return TesseraError(.secretUnavailable, "the authenticator failed", underlying: error)
    }
}
