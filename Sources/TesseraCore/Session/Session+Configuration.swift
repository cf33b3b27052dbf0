import Synchronization

extension Session {
    /// The settings of a session. Every default stands in one table in `docs/defaults.md`.
    public struct Configuration: Sendable {
        /// Supplies credentials; nil for none.
        public var auth: (any Authenticator)? {
            didSet { authAssignment = auth == nil ? 0 : Self.assignments.add(1, ordering: .relaxed).newValue }
        }
        /// Which assignment of a credential this is; 0 for none. Sessions derived from one another have the same.
        private(set) var authAssignment: UInt64 = 0
        private static let assignments = Atomic<UInt64>(0)
        /// Other settings for what lies below certain URLs; see ``mount(_:_:)``.
        private(set) var mounts: [SessionMount] = []
        /// Keeps cookies for the credential; nil for none. One jar belongs to one credential.
        public var cookies: CookieJar?
        /// Header fields of every request.
        public var headers: RequestHeaders = [:]
        /// Query items of every request to the base URL.
        public var query: QueryItems = [:]
        /// Bounds on time.
        public var timeouts = Timeouts()
        /// When a failed attempt is followed by another.
        public var retry: RetryPolicy = .standard
        /// Whether redirects are followed.
        public var redirects: RedirectPolicy = .standard
        /// Asked before a redirect is followed that ``redirects`` allows; nil to follow all of them.
        public var redirectHook: (@Sendable (RedirectOffer) -> RedirectAnswer)?
        /// The name of the field that carries idempotency keys.
        public var idempotencyField = "Idempotency-Key"
        /// When an origin that fails is left alone; nil for never.
        public var circuitBreaker: CircuitBreaker?
        /// How many attempts to an origin may be under way; nil for no bound but the transport's.
        public var concurrency: ConcurrencyLimit?
        /// When a slow request is sent a second time beside the first; nil for never.
        public var hedging: Hedging?
        /// Whether limits that servers announce are kept before they are hit; nil to wait for a 429.
        public var rateLimits: RateLimitPolicy?
        /// Bounds of what a peer may send.
        public var limits = ResponseLimits()
        /// How JSON is written and read.
        public var json = JSONCoding()
        /// Which proxy requests go through.
        public var proxy: ProxyPolicy = .environment
        /// Hooks around whole calls, the first outermost.
        public var interceptors: [any CallInterceptor] = []
        /// Hooks around single attempts.
        public var observers: [any AttemptObserver] = []
        /// The value of `User-Agent`.
        public var userAgent = "tessera-swift/0.1"
        /// Sends credentials without TLS to hosts other than this machine. Anyone on the path can read them.
        public var allowsInsecureCredentials = false
        /// Clocks, randomness, waiting and spawning.
        public var runtime: Runtime = .current
        /// What is known about origins; a copy of the settings shares it.
        let records = OriginRecords()

        /// The defaults.
        public init() {}

        /// Other settings for calls to a URL and what lies below it, as Python's Requests mounts an adapter.
        ///
        /// ```swift
        /// let api = try Session("https://api.example.com", auth: .bearer(token)) {
        ///     $0.mount("/admin") { $0.auth = .bearer(adminToken) }
        ///     $0.mount("https://reports.example.com") { $0.timeouts.attempt = .seconds(120) }
        /// }
        /// ```
        ///
        /// The longest prefix that holds a call's own URL counts, by whole origins and path segments: `/admin` holds
        /// `/admin/users` and not `/administrators`. What a redirect leads to is not looked up again, so that whoever
        /// writes a redirect chooses no credential. A credential that is set here goes to this prefix only.
        ///
        /// - Parameters:
        ///   - prefix: A URL, or a path below the base URL. When the session is made, an invalid one, and two mounts of
        ///     one prefix, are errors.
        ///   - change: Changes the settings. It begins with the session's; for another origin without its credential,
        ///     cookies, header fields and query, which belong to the base URL's. Interceptors see a call before its
        ///     mount is chosen, so they cannot be set here, nor further mounts.
        public mutating func mount(_ prefix: String, _ change: @escaping @Sendable (inout Configuration) -> Void) {
            mounts.append(
                SessionMount(
                    prefix: prefix, change: change,
                    authAssignment: Self.assignments.add(1, ordering: .relaxed).newValue))
        }

        /// The settings below a mount's prefix.
        func mounted(_ mount: SessionMount, isSameOrigin: Bool) throws(TesseraError) -> Configuration {
            var settings = self
            settings.mounts = []
            settings.interceptors = []
            if !isSameOrigin {
                settings.auth = nil
                settings.cookies = nil
                settings.headers = [:]
                settings.query = [:]
            }
            let inherited = settings.authAssignment
            mount.change(&settings)
            guard settings.mounts.isEmpty, settings.interceptors.isEmpty else {
                throw TesseraError(
                    .misconfigured, "the mount \(PrintableText.redactedLine(mount.prefix)) sets interceptors or mounts",
                    remedy: "set them on the session")
            }
            // The same in every session that is derived from this one: a cookie jar knows its credential by it.
            if settings.auth != nil, settings.authAssignment != inherited {
                settings.authAssignment = mount.authAssignment
            }
            return settings
        }
    }
}

/// Bounds on time. All are enforced together: the first that is reached ends the attempt or the call.
public struct Timeouts: Sendable, Hashable {
    /// For a connection, TLS included.
    public var connect: Duration
    /// For one attempt, from its start to the last byte of its answer (of its head, when streamed).
    public var attempt: Duration
    /// Between two bytes from the peer.
    public var idle: Duration
    /// For the whole call: attempts, waits and credentials. A streamed body is not counted.
    public var total: Duration

    /// Bounds of the given lengths.
    public init(
        connect: Duration = .seconds(10), attempt: Duration = .seconds(30), idle: Duration = .seconds(30),
        total: Duration = .seconds(60)
    ) {
        self.connect = connect
        self.attempt = attempt
        self.idle = idle
        self.total = total
    }
}
