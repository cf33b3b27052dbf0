public import HTTPTypes

/// A redirect that the policy allows and that a session's hook may still refuse.
public struct RedirectOffer: Sendable {
    /// The answer's status.
    public let status: Int
    /// The request's method.
    public let method: HTTPRequest.Method
    /// Where the request went.
    public let from: AbsoluteURL
    /// Where it would go next.
    public let target: AbsoluteURL
    /// Whether it would be a GET request without a body.
    public let becomesGet: Bool
    /// How many redirects of the call were followed before.
    public let followed: Int
}

/// What a hook says to a ``RedirectOffer``.
public enum RedirectAnswer: String, Sendable, Hashable, CaseIterable {
    /// Follow it.
    case follow
    /// Deliver the answer as it is.
    case deliver
    /// End the call with ``TesseraError/Code/redirectRefused``.
    case refuse
}
