extension TesseraError {
    /// Which bound on time was reached, for an error with code ``Code/timeout``.
    public enum TimeLimit: String, Sendable, Hashable, Codable, CaseIterable {
        /// While the name was looked up.
        case resolve
        /// While the connection was opened.
        case connect
        /// While the proxy was talked to.
        case proxy
        /// During the TLS handshake.
        case tls
        /// While the request was sent.
        case write
        /// While the head of the answer was waited for.
        case head
        /// While the body of the answer arrived.
        case body
        /// While the call waited for its turn at the origin.
        case turn
        /// The whole call.
        case total

        init(_ phase: TransportFailure.Phase) {
            self =
                switch phase {
                case .resolve: .resolve
                case .connect: .connect
                case .proxy: .proxy
                case .tls: .tls
                case .write: .write
                case .head: .head
                case .body: .body
                }
        }

        var remedy: String {
            switch self {
            case .resolve, .connect, .proxy, .tls:
                "check that the server can be reached, or raise timeouts.connect"
            case .write, .head, .body:
                "the server is slow: raise timeouts.attempt, and timeouts.idle if it pauses"
            case .turn: "make fewer calls at a time, or raise the concurrency limit or timeouts.total"
            case .total: "raise timeouts.total; the history says what the time was spent on"
            }
        }
    }

    /// Which bound on time was reached; nil for every code but ``Code/timeout``.
    public var timeLimit: TimeLimit? { details.timeLimit }

    init(timeLimit: TimeLimit, _ message: String) {
        var details = Details()
        details.timeLimit = timeLimit
        self.init(.timeout, message, remedy: timeLimit.remedy, details: details)
    }
}
