package import HTTPTypes

/// The way to one API: base URL, credentials, policies and a connection pool.
///
/// ```swift
/// let github = try Session("https://api.github.com", auth: .bearer(Secret(environment: "GITHUB_TOKEN")))
/// let me = try await github.get("/user").json(User.self)
/// ```
///
/// A session is a value; copies and derived sessions (``with(_:)``) share one transport. It is safe to use from any
/// number of tasks. Not shutting it down does no harm.
public struct Session: Sendable, CustomStringConvertible, CustomReflectable {
    let core: SessionCore

    /// A session on the given transport.
    ///
    /// - Parameters:
    ///   - url: The base URL. Targets are relative to it, and credentials without origins of their own are bound to its
    ///     origin.
    ///   - auth: Supplies credentials.
    ///   - transport: Sends the requests.
    ///   - configure: Changes the settings.
    /// - Throws: ``TesseraError`` when the URL, a header, the credential or the settings cannot be accepted, and for
    ///   credentials on an `http` URL that is not loopback.
    public init(
        _ url: String, auth: (any Authenticator)? = nil, transport: any Transport,
        _ configure: (inout Configuration) -> Void = { _ in }
    ) throws {
        var configuration = Configuration()
        configuration.auth = auth
        configure(&configuration)
        core = try SessionCore(base: BaseURL(url), configuration: configuration, transport: transport)
    }

    private init(core: SessionCore) {
        self.core = core
    }

    /// A session with other settings on the same base URL and transport.
    ///
    /// - Throws: ``TesseraError`` as the initializer does.
    public func with(_ change: (inout Configuration) -> Void) throws -> Session {
        var configuration = core.configuration
        change(&configuration)
        return Session(
            core: try SessionCore(base: core.base, configuration: configuration, transport: core.transport))
    }

    /// The settings.
    public var configuration: Configuration { core.configuration }

    /// The origin of the base URL.
    public var origin: Origin { core.base.origin }

    /// The transport, for sessions of one's own on the same pool.
    public var transport: any Transport { core.transport }

    /// Sends a call and waits for the whole answer.
    ///
    /// - Throws: ``TesseraError``, or `CancellationError` when the task is cancelled.
    @discardableResult
    public func send(_ call: CallRequest) async throws -> Response {
        // Most sessions have no interceptors, and each async frame is paid for on every call.
        guard core.configuration.interceptors.isEmpty else { return try await NextCall.first(core, call) }
        return try await BufferedCall.run(try core.plan(call))
    }

    /// Sends a call and hands the answer to `body` as soon as its head is there.
    ///
    /// Up to that point attempts are repeated as in ``send(_:)``; afterwards the call is committed: nothing is repeated,
    /// the idle timeout replaces the total deadline, and the connection is given back when `body` returns or throws.
    public func stream<Result>(
        _ call: CallRequest, _ body: (StreamedResponse) async throws -> Result
    ) async throws -> Result {
        let plan = try core.plan(call)
        return try await StreamedCall.run(plan, body)
    }

    /// Shuts the transport down: idle connections are closed, requests under way are finished.
    public func shutdown() async {
        await core.transport.shutdown()
    }

    /// The origin; no setting is shown.
    public var description: String { "Session(\(core.base.origin))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Session {
    /// The URL that a call's first attempt will ask for.
    func url(of call: CallRequest) throws -> AbsoluteURL {
        let plan = try core.plan(call)
        return AbsoluteURL(origin: plan.origin, requestTarget: plan.target)
    }

    /// The head of a call as its first attempt will send it, without the credential and without sending anything.
    package func preview(_ call: CallRequest) throws -> HTTPRequest {
        let plan = try core.plan(call)
        return HTTPRequest(
            method: plan.method, scheme: plan.origin.scheme.rawValue, authority: plan.origin.authority,
            path: plan.target, headerFields: plan.fields)
    }
}
