public import HTTPTypes

/// Whether a redirect is followed, and with which method (RFC 9110 §15.4): an immutable value.
public struct RedirectPolicy: Sendable, Hashable {
    /// The most redirects of one call; 0 means that redirects are answers like others.
    public var limit: Int
    /// Whether an answer beyond the limit is delivered instead of ending the call with an error (urllib3's
    /// `raise_on_redirect=False`).
    public var deliversAtLimit = false
    /// Header fields that stay behind when the origin changes, besides credentials and all that a caller set: for
    /// those that would be sent on, such as `User-Agent` (urllib3's `remove_headers_on_redirect`).
    public var withheldFields: Set<HTTPField.Name> = []
    /// Whether a body goes along to another origin with 307 and 308, as RFC 9110 §15.4.8 has it; else such a redirect
    /// ends the call.
    public var sendsBodyAcrossOrigins = true

    /// A policy that follows up to `limit` redirects.
    public init(limit: Int = 10) {
        self.limit = limit
    }

    /// Up to ten redirects, never from https to http.
    public static let standard = RedirectPolicy()
    /// None: a redirect is delivered. What endpoints of an authorization server are called with.
    public static let never = RedirectPolicy(limit: 0)

    /// The statuses that redirect by themselves; 300, 304 and 305 do not.
    static let statuses: Set<Int> = [301, 302, 303, 307, 308]

    /// Whether the method changes (RFC 9110 §15.4.2 to §15.4.4).
    static func becomesGet(_ status: Int, _ method: HTTPRequest.Method) -> Bool {
        status == 303 ? method != .head && method != .get : (status == 301 || status == 302) && method == .post
    }

    /// Decides about one answer.
    public func decide(_ redirect: RedirectSummary) -> RedirectDecision {
        guard RedirectPolicy.statuses.contains(redirect.status) else { return .deliver }
        guard limit > 0, let target = redirect.target else { return .deliver }
        guard redirect.followed < limit else { return deliversAtLimit ? .deliver : .refuse(.tooMany) }
        guard redirect.from.scheme == .http || target.scheme == .https else { return .refuse(.downgrade) }
        guard !redirect.wasVisited else { return .refuse(.cycle) }
        let becomesGet = RedirectPolicy.becomesGet(redirect.status, redirect.method)
        guard becomesGet || redirect.isReplayable else { return .refuse(.bodyNotReplayable) }
        guard becomesGet || sendsBodyAcrossOrigins || !redirect.carriesBody || redirect.from == target else {
            return .refuse(.bodyCrossesOrigin)
        }
        return .follow(becomesGet: becomesGet)
    }
}

/// What a ``RedirectPolicy`` sees of an answer.
public struct RedirectSummary: Sendable, Hashable, Codable {
    /// The answer's status.
    public var status: Int
    /// The request's method.
    @CodableMethod public var method: HTTPRequest.Method
    /// Where the request went.
    public var from: Origin
    /// Where `Location` points; nil when there is none.
    public var target: Origin?
    /// How many redirects of the call were followed before.
    public var followed: Int
    /// Whether the same request was sent to the same URL in this call before.
    public var wasVisited: Bool
    /// Whether the body can be sent again.
    public var isReplayable: Bool
    /// Whether there is a body.
    public var carriesBody = false

    /// A summary of the given parts.
    public init(
        status: Int, method: HTTPRequest.Method, from: Origin, target: Origin?, followed: Int = 0,
        wasVisited: Bool = false, isReplayable: Bool = true
    ) {
        self.status = status
        self.method = method
        self.from = from
        self.target = target
        self.followed = followed
        self.wasVisited = wasVisited
        self.isReplayable = isReplayable
    }
}

/// What a ``RedirectPolicy`` decided, and why.
public enum RedirectDecision: Sendable, Hashable, Codable {
    /// Why a redirect ends the call.
    public enum Refusal: String, Sendable, Hashable, Codable, CaseIterable {
        /// From https to http.
        case downgrade
        /// More than the policy's limit.
        case tooMany
        /// Back to a URL of this call.
        case cycle
        /// The method stays, but the body can be sent once only.
        case bodyNotReplayable
        /// `Location` holds no URL that can be accepted.
        case invalidLocation
        /// The policy keeps bodies at their origin, and this one would leave it.
        case bodyCrossesOrigin
        /// The session's hook said no.
        case vetoed
    }

    /// No redirect, or none that the policy follows.
    case deliver
    /// Send it on, with the same method and body, or as GET without a body.
    case follow(becomesGet: Bool)
    /// End the call.
    case refuse(Refusal)
}
