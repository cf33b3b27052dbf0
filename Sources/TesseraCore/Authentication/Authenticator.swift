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

    /// What to do after a 401 to an attempt that carried this authenticator's `credential`.
    ///
    /// Asked at most once per call. ``Reaction/replay`` asks for a new credential and sends the call again, if its body
    /// allows that.
    func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction
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
    /// Delivers the answer: right for credentials that cannot be renewed.
    public func react(
        to challenges: [Challenge], of attempt: AttemptContext, rejecting credential: Credential
    ) async throws -> Reaction {
        .accept
    }
}

/// What an ``Authenticator`` may know about the attempt it authenticates.
public struct AttemptContext: Sendable {
    /// The number of the attempt in its call, from 1.
    public var number: Int
    /// The head as it will be sent, without sealed fields.
    public var head: HTTPRequest
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
        number: Int, head: HTTPRequest, origin: Origin, deadline: MonotonicInstant, runtime: Runtime,
        transport: any Transport
    ) {
        self.number = number
        self.head = head
        self.origin = origin
        self.deadline = deadline
        self.runtime = runtime
        self.transport = transport
    }
}
