public import HTTPTypes

/// Every attempt of one call with the decision that followed it and its reason (invariant 6).
///
/// Holds no header value, no body, no query and no path value, so it can be logged and stored. The first attempt is
/// kept inline: a call without incident allocates nothing for its history.
public struct CallHistory: Sendable, Codable, CustomStringConvertible {
    /// What happened to the credential of an attempt.
    public enum CredentialUse: String, Sendable, Hashable, Codable {
        /// There was none to send.
        case none
        /// It was sent.
        case attached
        /// It was kept back, because the attempt went to an origin it may not go to.
        case withheld
    }

    /// What the call did next, and why.
    public enum Decision: Sendable, Hashable, Codable {
        /// The answer was handed to the caller.
        case delivered
        /// Another attempt after a wait.
        case retry(after: Duration, RetryDecision.Occasion, RetryDecision.WaitSource)
        /// No further attempt.
        case gaveUp(RetryDecision.StopReason)
        /// On to where the answer pointed, with the same method or as GET.
        case redirect(to: Origin, becomesGet: Bool)
        /// A redirect that is not followed.
        case redirectRefused(RedirectDecision.Refusal)
        /// Once more with a new credential.
        case reauthorize
        /// The answer to a 401 stands, for this reason.
        case unauthorized(ReauthorizationRefusal)
        /// A second request beside it was answered first.
        case superseded
        /// The call's time was over.
        case deadline
        /// The caller cancelled.
        case cancelled
        /// The call ended with an error of its own making.
        case failed(TesseraError.Code)
    }

    /// Why a 401 was not followed by another attempt.
    public enum ReauthorizationRefusal: String, Sendable, Hashable, Codable, CaseIterable {
        /// The attempt carried no credential.
        case noCredential
        /// The call was sent again with a new credential before.
        case alreadyReplayed
        /// The body can be sent once only.
        case bodyNotReplayable
        /// The authenticator has no better credential.
        case declined
        /// The challenge blames something else than the token (RFC 6750 §3.1).
        case tokenNotBlamed
        /// Tokens before it were refused as well, shortly after they were obtained.
        case refusedAgain
        /// No other token is to be had, because renewing failed a short time ago.
        case notRenewable
        /// The token that was refused is not one of its source.
        case unknownGeneration
        /// The authenticator ended the call.
        case failed
    }

    /// One attempt.
    public struct Attempt: Sendable, Hashable, Codable {
        /// Its number, from 1.
        public var number: Int
        /// Its method.
        @CodableMethod public var method: HTTPRequest.Method
        /// Where it went.
        public var origin: Origin
        /// What became of its credential.
        public var credential: CredentialUse
        /// When it began, from the beginning of the call.
        public var started: Duration
        /// How long it took, up to the decision.
        public var duration: Duration
        /// How it ended; nil when it ended before it was sent.
        public var result: AttemptSummary.Result?
        /// What followed.
        public var decision: Decision
        /// How long it waited for its turn before it was sent, because of an announced rate limit or the concurrency limit.
        public var heldBack: Duration?
    }

    private var first: Attempt?
    private var others: [Attempt] = []
    /// The target of the call with `{}` in place of values, and without its query.
    public var template: String

    /// A history without attempts.
    public init() {
        template = ""
    }

    init(template: String) {
        self.template = template
    }

    mutating func append(_ attempt: consuming Attempt) {
        // Comparing with nil would copy the attempt.
        if case .none = first {
            first = attempt
        } else {
            others.append(attempt)
        }
    }

    /// The attempts in order.
    public var attempts: [Attempt] { first.map { [$0] + others } ?? [] }

    /// The number of attempts.
    public var count: Int { first == nil ? 0 : others.count + 1 }

    /// The time spent waiting before and between attempts.
    public var waited: Duration {
        attempts.reduce(.zero) { total, attempt in
            let total = total + (attempt.heldBack ?? .zero)
            return if case .retry(let wait, _, _) = attempt.decision { total + wait } else { total }
        }
    }

    /// One line for each attempt.
    public var description: String {
        guard first != nil else { return "no attempt" }
        return attempts.map { $0.line(template: template) }.joined(separator: "\n")
    }
}
