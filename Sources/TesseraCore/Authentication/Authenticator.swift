public import HTTPTypes

/// Supplies credentials and reacts to challenges. It never sends the call again itself: only the call's loop does.
///
/// Write one by answering two questions:
///
/// ```swift
/// struct SignedRequests: Authenticator {
///     let key: Secret
///
///     func credential(for attempt: AttemptContext) async throws -> Credential? {
///         try .header(HTTPField.Name("X-Signature")!, sign(attempt.head))
///     }
/// }
/// ```
public protocol Authenticator: Sendable {
    /// The credential for this attempt, or nil to send it without one.
    ///
    /// Asked once per attempt, after the last hook, so `attempt.head` is what will be sent.
    func credential(for attempt: AttemptContext) async throws -> Credential?

    /// The credential that ``credential(for:)`` would supply at once and whatever the attempt, so that a call need not
    /// suspend for it; nil where it has to be asked. By default nil.
    func heldCredential(at now: MonotonicInstant) -> Credential?

    /// What to do after a 401 to an attempt that carried this authenticator's `credential`.
    ///
    /// Asked at most once per call. ``Reaction/replay`` asks for a new credential and sends the call again, if its body
    /// allows that.
    func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction

    /// Whether an answer refuses the attempt's `credential` although its status is not 401: a server that says 403 when
    /// a signature's time is off, for example. ``react(to:of:rejecting:)`` is then asked as after a 401.
    ///
    /// Asked for answers from 400 to 499 only; must be quick.
    func isRefusal(_ answer: HTTPResponse, of attempt: AttemptContext, rejecting credential: Credential) -> Bool
}

/// What an ``Authenticator`` wants done after a 401.
public enum Reaction: Sendable {
    /// Deliver the answer as it is.
    case accept
    /// Deliver the answer as it is, and let the history say why.
    case decline(CallHistory.ReauthorizationRefusal)
    /// Send the call once more, with what ``Authenticator/credential(for:)`` supplies then.
    case replay
    /// End the call with this error.
    case fail(TesseraError)
}

extension Authenticator {
    /// Nil.
    public func heldCredential(at now: MonotonicInstant) -> Credential? { nil }

    /// Delivers the answer: right for credentials that cannot be renewed.
    public func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        .accept
    }

    /// False: no other status than 401 refuses a credential (RFC 9110 §15.5.2).
    public func isRefusal(
        _ answer: HTTPResponse, of attempt: AttemptContext, rejecting credential: Credential
    ) -> Bool {
        false
    }
}

/// What an ``Authenticator`` may know about the attempt it authenticates.
public struct AttemptContext: Sendable {
    /// The number of the attempt in its call, from 1.
    public var number: Int
    /// The head as it will be sent, without sealed fields.
    public var head: HTTPRequest
    /// The body as it will be sent, for credentials that sign it. Shared with the attempt, not copied. A streamed body
    /// is written once per attempt, by the transport: do not write it here.
    public var body: OutgoingBody
    /// The answer that refused the credential; nil before there is one.
    public var answer: HTTPResponse?
    /// Where it will be sent.
    public var origin: Origin
    /// When the call's time is over.
    public var deadline: MonotonicInstant
    /// The runtime of the call.
    public var runtime: Runtime
    /// The transport of the call, for requests of the authenticator's own.
    public var transport: any Transport

    /// A context of the given parts, for tests of authenticators.
    public init(
        number: Int, head: HTTPRequest, body: OutgoingBody = .none, answer: HTTPResponse? = nil, origin: Origin,
        deadline: MonotonicInstant, runtime: Runtime, transport: any Transport
    ) {
        self.number = number
        self.head = head
        self.body = body
        self.answer = answer
        self.origin = origin
        self.deadline = deadline
        self.runtime = runtime
        self.transport = transport
    }
}
