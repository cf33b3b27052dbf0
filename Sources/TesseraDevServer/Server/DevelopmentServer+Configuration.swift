#if CLI
extension DevelopmentServer {
    /// Ports, clients and sizes; every value has a default.
    public struct Configuration: Sendable, CustomStringConvertible, CustomReflectable {
        /// The primary origin's port on 127.0.0.1, 0 for a free one.
        public var port: Int
        /// The second origin's port on 127.0.0.1, 0 for a free one.
        public var secondPort: Int
        /// How long an access token lives, in seconds: `expires_in` of RFC 6749 section 5.1, 0 to ten years.
        public var tokenLifetime: Int
        /// The clients that may ask for tokens: client id to secret.
        public var clients: [String: String]
        /// The number of demo users, 0 to a million.
        public var users: Int
        /// Whether each entry of the access log is also written to standard error as a line of JSON.
        public var logsToStandardError: Bool
        /// Called with each entry of the access log, on whatever thread it was made.
        public var accessLogSink: (@Sendable (AccessLogEntry) -> Void)?

        /// Creates a configuration; without `clients` there is one, `demo`, with a secret of 32 random bytes in
        /// base64url.
        public init(
            port: Int = 0,
            secondPort: Int = 0,
            tokenLifetime: Int = 3600,
            clients: [String: String]? = nil,
            users: Int = 1000,
            logsToStandardError: Bool = false,
            accessLogSink: (@Sendable (AccessLogEntry) -> Void)? = nil
        ) {
            self.port = port
            self.secondPort = secondPort
            self.tokenLifetime = tokenLifetime
            self.clients = clients ?? ["demo": RandomToken.make()]
            self.users = users
            self.logsToStandardError = logsToStandardError
            self.accessLogSink = accessLogSink
        }

        /// The configuration without its secrets.
        public var description: String {
            "ports \(port) and \(secondPort), token lifetime \(tokenLifetime) s, "
                + "clients \(clients.keys.sorted().joined(separator: ", ")), users \(users)"
        }

        /// A mirror without the secrets, for `dump` and for test failures.
        public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

        var boundedTokenLifetime: Int { min(max(tokenLifetime, 0), 315_360_000) }

        var boundedUsers: Int { min(max(users, 0), 1_000_000) }

        func validate() throws(DevelopmentServerError) {
            for port in [port, secondPort] where !(0...65535).contains(port) {
                throw .invalidPort(port)
            }
        }
    }
}
#endif
