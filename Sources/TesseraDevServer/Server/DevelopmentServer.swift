#if CLI
/// A development authorization server and demo API on two origins of 127.0.0.1, for trying and testing clients.
///
/// It shares no code with Tessera's client, issues tokens for `client_credentials` (RFC 6749 section 4.4), checks them
/// as RFC 6750 says, and misbehaves on request. It is not meant for anything but development: plain HTTP, in memory,
/// and every scope is granted.
public struct DevelopmentServer: Sendable {
    /// What the server was made with.
    public let configuration: Configuration

    /// How long a stop waits for answers under way.
    private static let grace = Duration.seconds(2)

    /// Creates a server that is not yet running.
    public init(_ configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// A server that accepts connections at both origins.
    public struct Running: Sendable {
        /// The primary origin, `http://127.0.0.1:PORT`; also the issuer (RFC 8414).
        public let primaryURL: String
        /// The second origin, `http://127.0.0.1:PORT`, with the same routes: a place redirects and links can lead to.
        public let secondURL: String
        /// What both origins saw.
        public let log: AccessLog
        /// What the server was made with.
        public let configuration: Configuration
    }

    /// Starts both origins, waits until both accept, runs the body, and stops both.
    ///
    /// The stop comes when the body returns, when it throws and when the task is cancelled. It refuses new connections
    /// at once and gives answers under way two seconds.
    ///
    /// - Throws: ``DevelopmentServerError`` when an origin cannot listen, and whatever the body throws.
    public func withRunning<R>(_ body: (Running) async throws -> R) async throws -> R {
        try configuration.validate()
        let state = ServerState(configuration)
        let primary = OriginListener(.primary, port: configuration.port, state: state)
        let second = OriginListener(.second, port: configuration.secondPort, state: state)

        return try await withThrowingTaskGroup(of: Ended.self) { group in
            group.addTask {
                await primary.run()
                return .listener
            }
            group.addTask {
                await second.run()
                return .listener
            }
            let result: Result<R, any Error>
            var isStarted = false
            do {
                let running = Running(
                    primaryURL: "http://127.0.0.1:\(try await primary.port())",
                    secondURL: "http://127.0.0.1:\(try await second.port())",
                    log: state.log,
                    configuration: configuration)
                isStarted = true
                result = .success(try await body(running))
            } catch {
                result = .failure(error)
            }
            // There is no answer to wait for when an origin could not start.
            if !isStarted { group.cancelAll() }

            primary.stopAccepting()
            second.stopAccepting()
            group.addTask {
                try? await Task.sleep(for: Self.grace)
                return .grace
            }
            var listeners = 2
            while listeners > 0, let ended = try await group.next() {
                switch ended {
                case .listener: listeners -= 1
                case .grace: group.cancelAll()
                }
            }
            group.cancelAll()
            return try result.get()
        }
    }

    private enum Ended: Sendable {
        case listener
        case grace
    }
}
#endif
