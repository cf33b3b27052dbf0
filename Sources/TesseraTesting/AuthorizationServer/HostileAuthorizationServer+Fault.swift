extension HostileAuthorizationServer {
    /// What happens to one request, step by step. One without a step that answers leaves the client alone for ever.
    ///
    /// ```swift
    /// let server = HostileAuthorizationServer(.init())
    /// server.script(.loseAnswer, .none)  // the answer is lost, the repeat is answered
    /// server.script(.init([.wait(.seconds(30)), .process]))  // arrives when the client has long given up
    /// ```
    public struct Fault: Sendable, Hashable, Codable {
        /// One step.
        public enum Step: Sendable, Hashable, Codable {
            /// The server does what the request asks for, and remembers it.
            case process
            /// The same request is processed once more; this answer goes nowhere.
            case processUnheard
            /// Nothing happens for a while.
            case wait(Duration)
            /// Nothing happens until ``HostileAuthorizationServer/release(_:)``.
            case hold(String)
            /// Shifts the `Date` of the answer.
            case skewDate(Duration)
            /// Answers.
            case answer
            /// Answers, and ends the connection after this many bytes of the body.
            case answerCut(after: Int)
            /// Answers something else than what was processed, if anything was.
            case answerInstead(Answer)
            /// Ends the connection.
            case drop
            /// Refuses the connection. On a socket the connection is reset, which a client cannot tell from a loss;
            /// for a true refusal there use ``RawServer/closedPort()``.
            case refuse
        }

        /// An answer that no processing made.
        public struct Answer: Sendable, Hashable, Codable {
            /// The status.
            public var status: Int
            /// The header fields.
            public var fields: [String: String]
            /// The body.
            public var body: String

            /// An answer of the given parts.
            public init(status: Int, fields: [String: String] = [:], body: String = "") {
                self.status = status
                self.fields = fields
                self.body = body
            }
        }

        /// The steps, in order.
        public var steps: [Step]

        /// A fault of the given steps.
        public init(_ steps: [Step]) {
            self.steps = steps
        }
    }
}

extension HostileAuthorizationServer.Fault {
    /// Nothing goes wrong.
    public static let none = Self([.process, .answer])
    /// The connection is refused before anything was sent.
    public static let refuseConnection = Self([.refuse])
    /// The request never reaches the server; the connection ends.
    public static let loseRequest = Self([.drop])
    /// The server has done it, and the connection ends before the answer.
    public static let loseAnswer = Self([.process, .drop])
    /// The server has done it, and never says so.
    public static let swallowAnswer = Self([.process])
    /// The request arrives twice, as from a proxy that repeats; the client hears the first answer.
    public static let duplicate = Self([.process, .processUnheard, .answer])
    /// The request arrives twice; the client hears the second answer.
    public static let duplicateHeardLast = Self([.processUnheard, .process, .answer])
    /// 200 with a body that is no token response, after the server has done it.
    public static let undecodable = Self([
        .process, .answerInstead(.init(status: 200, fields: ["Content-Type": "text/html"], body: "<html>Welcome")),
    ])
    /// 504 from a gateway, although the server behind it has done it.
    public static let gatewayTimeout = Self([.process, .answerInstead(.init(status: 504))])
    /// 403 without a body; nothing was done.
    public static let emptyForbidden = Self([.answerInstead(.init(status: 403))])
    /// 400 without a body; nothing was done.
    public static let emptyBadRequest = Self([.answerInstead(.init(status: 400))])

    /// The server has done it; the answer waits for ``HostileAuthorizationServer/release(_:)``.
    public static func holdAnswer(_ name: String = "answer") -> Self {
        Self([.process, .hold(name), .answer])
    }

    /// The request waits on its way for ``HostileAuthorizationServer/release(_:)``; the server knows nothing of it.
    public static func holdRequest(_ name: String = "request") -> Self {
        Self([.hold(name), .process, .answer])
    }

    /// The request takes this long to arrive.
    public static func lateRequest(_ delay: Duration) -> Self {
        Self([.wait(delay), .process, .answer])
    }

    /// The answer takes this long.
    public static func slow(_ delay: Duration) -> Self {
        Self([.process, .wait(delay), .answer])
    }

    /// The server has done it; its answer breaks off after this many bytes of the body.
    public static func halfAnswer(_ bytes: Int = 12) -> Self {
        Self([.process, .answerCut(after: bytes)])
    }

    /// A status instead of doing it, for example 429 or 503, with `Retry-After` in whole seconds.
    public static func status(_ status: Int, retryAfter seconds: Int? = nil) -> Self {
        let fields = seconds.map { ["Retry-After": String($0)] } ?? [:]
        return Self([.answerInstead(.init(status: status, fields: fields))])
    }

    /// A status although the server has done it, for example a 500 while it wrote its answer.
    public static func statusAfterCommit(_ status: Int, retryAfter seconds: Int? = nil) -> Self {
        Self([.process] + Self.status(status, retryAfter: seconds).steps)
    }

    /// The protected resource asks for something with a challenge (RFC 9110 §11.6.1).
    public static func challenge(_ challenge: String, status: Int = 401) -> Self {
        Self([.answerInstead(.init(status: status, fields: ["WWW-Authenticate": challenge]))])
    }

    /// The answer's `Date` is off by this much.
    public static func dateSkew(_ skew: Duration) -> Self {
        Self([.process, .skewDate(skew), .answer])
    }
}
