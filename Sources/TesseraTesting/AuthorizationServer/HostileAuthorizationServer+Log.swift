public import TesseraCore

extension HostileAuthorizationServer {
    /// The parts of the server.
    public enum Endpoint: String, Sendable, Hashable, Codable, CaseIterable {
        /// `POST /token` (RFC 6749 §3.2).
        case token
        /// `POST /revoke` (RFC 7009).
        case revocation
        /// `GET /.well-known/oauth-authorization-server` (RFC 8414).
        case metadata
        /// Every other path.
        case resource
    }

    /// What the server decided about one request, whether or not anybody heard of it.
    public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        /// New tokens, or what was asked for.
        case done
        /// A spent refresh token got the same answer again (grace).
        case repeated
        /// A spent refresh token came again and was refused.
        case reused
        /// A refresh token of a login that has ended.
        case ended
        /// A token that was never issued, or has expired.
        case unknown
        /// The client is not who it says.
        case wrongClient
        /// Not a request for this endpoint.
        case malformed
    }

    /// One line of the log. Lines are only ever added.
    public struct Event: Sendable, Hashable, Codable {
        /// What happened.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// The first byte of a request was there.
            case arrived
            /// The server decided.
            case processed
            /// The fault holds the request, or its answer, back.
            case held
            /// The last byte of an answer was given to the network.
            case answered
            /// An answer was given in part.
            case cut
            /// The connection was ended without an answer.
            case dropped
            /// The client had gone when its answer came.
            case unheard
        }

        /// The number of the request, from 1.
        public var request: Int
        /// What happened.
        public var kind: Kind
        /// When, on the monotonic clock.
        public var time: MonotonicInstant
        /// Where the request went.
        public var endpoint: Endpoint
        /// The `grant_type` of a token request.
        public var grant: String?
        /// The keyed tag of the token that was presented; the same as its `Secret` prints in this process.
        public var presented: String?
        /// The login that the presented or issued token belongs to.
        public var login: Int?
        /// The generation of the refresh token that was presented.
        public var generation: UInt64?
        /// The generation of the refresh token that was issued, also if the answer did not carry it.
        public var issued: UInt64?
        /// What the server decided.
        public var outcome: Outcome?
        /// The status that was sent.
        public var status: Int?
        /// Whether the request was made by ``HostileAuthorizationServer/refreshAsPeer(_:)``.
        public var isPeer = false
        /// Where the fault holds it.
        public var gate: String?
    }

    /// What the server saw and did: the referee of a test.
    public struct Log: Sendable, Hashable, Codable {
        /// All lines, in their order.
        public internal(set) var events: [Event] = []

        /// The numbers of all requests to an endpoint, peers' left out.
        public func requests(to endpoint: Endpoint) -> [Int] {
            events.filter { $0.kind == .arrived && $0.endpoint == endpoint && !$0.isPeer }.map(\.request)
        }

        /// The requests to the token endpoint, peers' left out, in the order of their first bytes.
        public var tokenRequests: [TokenRequest] {
            var requests: [Int: TokenRequest] = [:]
            for event in events where event.endpoint == .token && !event.isPeer {
                requests[event.request, default: TokenRequest(number: event.request, arrived: event.time)].add(event)
            }
            return requests.values.sorted { $0.number < $1.number }
        }
    }

    /// One request to the token endpoint, put together from the log.
    public struct TokenRequest: Sendable, Hashable, Codable {
        /// The number of the request among all, from 1.
        public let number: Int
        /// When its first byte was there.
        public let arrived: MonotonicInstant
        /// Its `grant_type`.
        public internal(set) var grant: String?
        /// The keyed tag of the refresh token that was presented.
        public internal(set) var presented: String?
        /// The login of the presented token.
        public internal(set) var login: Int?
        /// The generation of the presented refresh token.
        public internal(set) var generation: UInt64?
        /// What the server decided, once for each time it was processed.
        public internal(set) var outcomes: [Outcome] = []
        /// The generation that was issued.
        public internal(set) var issued: UInt64?
        /// The status that was sent in full; nil when no whole answer was.
        public internal(set) var status: Int?
        /// When the exchange was over; nil while it goes on, or when it never ended.
        public internal(set) var ended: MonotonicInstant?

        mutating func add(_ event: Event) {
            grant = event.grant ?? grant
            presented = event.presented ?? presented
            login = event.login ?? login
            generation = event.generation ?? generation
            issued = event.issued ?? issued
            if let outcome = event.outcome { outcomes.append(outcome) }
            if event.kind == .answered { status = event.status }
            if [.answered, .cut, .dropped, .unheard].contains(event.kind) { ended = event.time }
        }
    }
}
