import HTTPTypes

/// What all copies of a session share: its checked and prepared settings.
final class SessionCore: Sendable {
    let base: BaseURL
    /// The origin whose settings these are: that of the base URL, or of a mount.
    let home: Origin
    let configuration: Session.Configuration
    let transport: any Transport
    let fields: HTTPFields
    let credentialOrigins: OriginSet
    /// The total and the attempt's timeout in nanoseconds.
    let totalTimeout: Int64
    let attemptTimeout: Int64
    let phases: PhaseLimits
    /// A head with the base's scheme and authority, which need not be checked again for each request.
    let head: RequestHead.Base
    let policies: CallPolicies
    /// Whether the retry policy knows a status below 300.
    let retriesSuccesses: Bool
    /// What stands between attempts and origins; nil when the session asks for none of it.
    let guards: OriginGuards?
    /// Whether every answer is reported, and not only those after a retry.
    let watchesAnswers: Bool
    /// The canonical name of the field of idempotency keys.
    let idempotencyField: String
    /// Nil when there are none, which costs a call nothing.
    let mounts: SessionMounts?
    private let bindsTree: Bool
    private let proxies: ProxyEnvironment?

    convenience init(base: BaseURL, configuration: Session.Configuration, transport: any Transport) throws {
        try self.init(
            base: base, home: base.origin, configuration: configuration, transport: transport,
            credentialOrigins: OriginSet(base.origin))
    }

    init(
        base: BaseURL, home: Origin, configuration: Session.Configuration, transport: any Transport,
        credentialOrigins: OriginSet
    ) throws {
        self.base = base
        self.home = home
        self.configuration = configuration
        self.transport = transport
        self.credentialOrigins = credentialOrigins
        mounts =
            configuration.mounts.isEmpty
            ? nil : try SessionMounts(configuration, base: base, transport: transport)
        policies = CallPolicies(retry: configuration.retry, redirects: configuration.redirects)
        retriesSuccesses = configuration.retry.statuses.contains { $0 < 300 }
        guards = OriginGuards(configuration)
        let budget = configuration.retry.budget
        watchesAnswers = guards != nil || budget.map { $0.gain > 0 || $0.failureCost > 0 } == true
        idempotencyField = configuration.idempotencyField.lowercased()
        bindsTree = configuration.auth.map { CallTree.isNeeded(by: $0) } == true
        totalTimeout = configuration.timeouts.total.clampedNanoseconds
        attemptTimeout = configuration.timeouts.attempt.clampedNanoseconds
        phases = PhaseLimits(connect: configuration.timeouts.connect, idle: configuration.timeouts.idle)
        if let auth = configuration.auth as? StaticAuthenticator { try auth.validate() }
        try configuration.cookies?.claim(by: configuration.authAssignment)
        if configuration.auth != nil { try Self.refuseClearText(home, configuration) }
        var fields = HTTPFields()
        fields.append(HTTPField(name: .accept, value: "application/json, */*;q=0.5"))
        if transport.capabilities.contains(.decompression) {
            fields.append(HTTPField(name: .acceptEncoding, value: "gzip, deflate"))
        }
        try RequestHeaders(dictionaryLiteral: ("User-Agent", configuration.userAgent)).apply(to: &fields)
        try configuration.headers.apply(to: &fields)
        guard !fields.contains(.expect) else {
            throw TesseraError(
                .invalidHeader, "the header Expect cannot be set for all calls of a session",
                remedy: "set it for a call that has a body (RFC 9110 section 10.1.1)")
        }
        self.fields = fields
        head = RequestHead.Base(
            HTTPRequest(method: .get, scheme: home.scheme.rawValue, authority: home.authority, path: nil))
        switch configuration.proxy {
        case .none: proxies = nil
        case .environment: proxies = try ProxyEnvironment(Platform.environment)
        case .server(let server): proxies = ProxyEnvironment(server: server)
        }
    }

    /// Shared with derived sessions.
    var records: OriginRecords { configuration.records }

    func proxy(for origin: Origin) -> ProxyServer? {
        proxies?.server(for: origin)
    }

    private static func refuseClearText(_ origin: Origin, _ configuration: Session.Configuration) throws {
        guard origin.scheme == .http, !origin.isLoopback, !configuration.allowsInsecureCredentials else { return }
        throw TesseraError(
            .insecureTransport, "the session has credentials, and \(origin) is not https",
            remedy: "use https; allowsInsecureCredentials sends them in clear text, where anyone on the path reads them"
        )
    }

    /// Everything about a call that can be decided before its first attempt.
    func plan(_ call: CallRequest) throws -> CallPlan {
        switch call.target.destination {
        case .relative(let path):
            let core =
                mounts?.core(for: base.origin, target: base.requestTarget(path, query: [:], defaults: [:])) ?? self
            let target = base.requestTarget(path, query: call.query, defaults: core.configuration.query)
            return try core.plan(call, at: base.origin, target)
        case .absolute(let url):
            let query = call.query.isEmpty ? "" : (url.query == nil ? "?" : "&") + call.query.encodedQuery
            let core = mounts?.core(for: url.origin, target: url.requestTarget) ?? self
            return try core.plan(call, at: url.origin, url.requestTarget + query)
        case .unusable(let problem):
            throw TesseraError(.invalidTarget, problem.explanation)
        }
    }

    private func plan(_ call: CallRequest, at origin: Origin, _ target: String) throws -> CallPlan {
        // The session's own fields may hold a key, so they stay with its origin as they do in a redirect.
        var fields =
            origin == home ? fields : RedirectedFields.after(fields, crossesOrigin: true, dropsBody: false)
        try call.headers.apply(to: &fields)
        if !call.headers.isEmpty, fields.contains(.expect), case .none = call.body.kind {
            throw TesseraError(
                .invalidHeader, "the header Expect asks for leave to send a body, and there is none",
                remedy: "leave it out (RFC 9110 section 10.1.1)")
        }
        if let contentType = call.body.contentType, !fields.contains(.contentType) {
            fields.append(HTTPField(name: .contentType, value: contentType))
        }
        if let key = call.idempotencyKey {
            let value = key.value(configuration.runtime.random)
            guard value.utf8.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
                throw TesseraError(.invalidHeader, "the idempotency key is empty")
            }
            try RequestHeaders(dictionaryLiteral: (configuration.idempotencyField, value)).apply(to: &fields)
        }
        let authenticator: (any Authenticator)?
        var bindsTree = bindsTree
        var cookies: CookieJar?
        switch call.auth {
        case .inherited:
            authenticator = configuration.auth
            cookies = configuration.cookies
        case .anonymous: authenticator = nil
        case .use(let other):
            authenticator = other
            bindsTree = CallTree.isNeeded(by: other)
        }
        return CallPlan(
            core: self, method: call.method, origin: origin, target: target, fields: fields,
            body: try call.body.outgoing(configuration.json), isReplayable: call.body.isReplayable,
            hasIdempotencyKey: call.idempotencyKey != nil, authenticator: authenticator, cookies: cookies,
            bindsTree: bindsTree, expecting: call.expecting, template: call.target.template)
    }
}

/// A call that is ready for its first attempt.
struct CallPlan: Sendable {
    let core: SessionCore
    var method: HTTPRequest.Method
    var origin: Origin
    var target: String
    var fields: HTTPFields
    var body: OutgoingBody
    var isReplayable: Bool
    var hasIdempotencyKey: Bool
    let authenticator: (any Authenticator)?
    /// The session's jar, for calls with the session's own credential.
    let cookies: CookieJar?
    /// Whether the authenticator may make calls of its own.
    let bindsTree: Bool
    let expecting: StatusExpectation
    let template: String
}
