extension HostileAuthorizationServer {
    /// A story that a client's test can tell by name: what kind of server, what goes wrong, and how a good client ends.
    ///
    /// ```swift
    /// let scenario = HostileAuthorizationServer.Scenario.hundredCallersAtExpiry
    /// let server = scenario.server()
    /// print(scenario.story)  // what the test has to do with it
    /// #expect(scenario.problems(on: server) == [])
    /// ```
    public struct Scenario: Sendable {
        /// Its name.
        public let name: String
        /// What the test has to do.
        public let story: String
        /// The kind of server.
        public var configuration: Configuration
        /// What goes wrong, one fault for each token request in turn.
        public var faults: [Fault]
        /// How many token requests a good client makes.
        public let tokenRequests: ClosedRange<Int>
        /// Whether the logins that were made are alive afterwards; false where the server leaves no way.
        public let keepsLogins: Bool

        /// A scenario of one's own.
        public init(
            _ name: String, story: String, configuration: Configuration = Configuration(), faults: [Fault] = [],
            tokenRequests: ClosedRange<Int>, keepsLogins: Bool = true
        ) {
            self.name = name
            self.story = story
            self.configuration = configuration
            self.faults = faults
            self.tokenRequests = tokenRequests
            self.keepsLogins = keepsLogins
        }

        /// The scenario of a name, for example `kill during refresh`; nil when there is none.
        public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }

        /// A server at the beginning of the story.
        public func server() -> HostileAuthorizationServer {
            let server = HostileAuthorizationServer(configuration)
            server.script(faults)
            return server
        }

        /// What the server's log says against the client; empty for a good one.
        public func problems(on server: HostileAuthorizationServer) -> [String] {
            let log = server.log
            var problems: [String] = []
            let count = log.tokenRequests.count
            if !tokenRequests.contains(count) {
                problems.append(
                    "\(name): \(count) token requests, not \(tokenRequests.lowerBound) to \(tokenRequests.upperBound)")
            }
            let ended = server.endedLogins
            if keepsLogins, !ended.isEmpty { problems.append("\(name): the server has ended the logins \(ended)") }
            return problems
        }
    }
}

extension HostileAuthorizationServer.Scenario {
    /// All that are here, by name.
    public static var all: [Self] {
        [
            hundredCallersAtExpiry, answerLostAfterCommit, answerLostWithinGrace, answerLostWithoutRotation,
            rotatedByPeer, killDuringRefresh, unavailableTwice, rateLimited, refreshTokenOmitted, emptyRefusal,
            gatewayTimeout, connectionRefused, requestDuplicated,
        ]
    }

    /// The access token expires and a hundred callers come at once.
    public static let hundredCallersAtExpiry = Self(
        "100 callers at expiry", story: "log in, let the token expire, ask from 100 tasks at the same time",
        configuration: lifetime(60), tokenRequests: 1...1)

    /// The server has rotated and its answer is lost; it knows no grace, so the login cannot be kept.
    public static let answerLostAfterCommit = Self(
        "answer lost after commit", story: "log in, let the token expire, ask; a good client repeats once and says why",
        configuration: lifetime(60), faults: [.loseAnswer], tokenRequests: 2...2, keepsLogins: false)

    /// The answer is lost, and a repeat within five seconds gets it again.
    public static let answerLostWithinGrace = Self(
        "answer lost within the grace", story: "log in, let the token expire, ask; a good client repeats at once",
        configuration: lifetime(60, .grace(.seconds(5))), faults: [.loseAnswer], tokenRequests: 2...2)

    /// The answer is lost, and the refresh token is as good as before.
    public static let answerLostWithoutRotation = Self(
        "answer lost without rotation", story: "log in, let the token expire, ask; a good client repeats",
        configuration: lifetime(60, .never), faults: [.loseAnswer], tokenRequests: 2...2)

    /// Somebody else who shares the store was first.
    public static let rotatedByPeer = Self(
        "rotated by a peer",
        story: "log in, let the token expire, put what refreshAsPeer(_:) returns into the shared store, ask",
        configuration: lifetime(60), tokenRequests: 0...0)

    /// The process ends while the answer is on its way.
    public static let killDuringRefresh = Self(
        "kill during refresh",
        story:
            "log in, let the token expire, ask; end the client while the answer is held, release(\"kill\"), start anew",
        configuration: lifetime(60, .grace(.seconds(30))), faults: [.holdAnswer("kill")], tokenRequests: 2...2)

    /// Twice 503, then well again.
    public static let unavailableTwice = Self(
        "unavailable twice", story: "log in, let the token expire, ask until a token comes",
        configuration: lifetime(60), faults: [.status(503), .status(503)], tokenRequests: 3...3)

    /// 429 with `Retry-After: 2`.
    public static let rateLimited = Self(
        "rate limited", story: "log in, let the token expire, ask; nothing is sent for two seconds",
        configuration: lifetime(60), faults: [.status(429, retryAfter: 2)], tokenRequests: 2...2)

    /// The answer has no refresh token: the old one stays (RFC 6749 §6).
    public static let refreshTokenOmitted = Self(
        "refresh token omitted", story: "log in, let the token expire twice, ask each time",
        configuration: lifetime(60, .omitted), tokenRequests: 2...2)

    /// A refresh token that is dead is refused with 400 and nothing else.
    public static let emptyRefusal = Self(
        "empty refusal", story: "log in, endLogin(_:), let the token expire, ask; a good client wants a new login",
        configuration: {
            var configuration = lifetime(60)
            configuration.grantRefusal = .emptyBadRequest
            return configuration
        }(), tokenRequests: 1...1, keepsLogins: false)

    /// The server has rotated, and a gateway before it says 504; a repeat within the grace gets the token.
    public static let gatewayTimeout = Self(
        "gateway timeout after commit", story: "log in, let the token expire, ask; a good client repeats at once",
        configuration: lifetime(60, .grace(.seconds(30))), faults: [.gatewayTimeout], tokenRequests: 2...2)

    /// Nothing was sent: the repeat is safe whatever the server is.
    public static let connectionRefused = Self(
        "connection refused", story: "log in, let the token expire, ask until a token comes",
        configuration: lifetime(60), faults: [.refuseConnection], tokenRequests: 2...2)

    /// A proxy sends the request twice; the client hears the first answer and never repeats.
    public static let requestDuplicated = Self(
        "request duplicated", story: "log in, let the token expire, ask; the client has one answer and asks once",
        configuration: lifetime(60, .grace(.seconds(30))), faults: [.duplicate], tokenRequests: 1...1)

    private static func lifetime(
        _ seconds: Int64, _ rotation: HostileAuthorizationServer.Rotation = .strict
    ) -> HostileAuthorizationServer.Configuration {
        var configuration = HostileAuthorizationServer.Configuration(rotation: rotation)
        configuration.accessTokenLifetime = .seconds(seconds)
        return configuration
    }
}
