import Synchronization

extension RawServer {
    /// What a server saw: the referee of a test.
    public struct Log: Sendable {
        /// The number of connections accepted.
        public internal(set) var connections = 0
        /// The requests in the order in which their heads were complete.
        public internal(set) var requests: [RawRequest] = []
        /// The bytes received on all connections.
        public internal(set) var bytesReceived = 0
        /// The bytes that clients, or the system on their behalf, took.
        public internal(set) var bytesSent = 0
        /// The numbers of the connections that the client ended, as far as the script looked.
        public internal(set) var closedByClient: Set<Int> = []
        /// What went wrong in the script or in what the client sent; a connection that ended is none.
        public internal(set) var failures: [String] = []
    }
}

/// The log while it is written.
final class RawServerJournal: Sendable {
    private let log = Mutex(RawServer.Log())
    private let isSignalled = Mutex(false)

    var hasSignal: Bool { isSignalled.withLock { $0 } }

    func signal() {
        isSignalled.withLock { $0 = true }
    }

    var snapshot: RawServer.Log { log.withLock { $0 } }

    func update<Result>(_ change: (inout RawServer.Log) -> Result) -> Result {
        log.withLock { change(&$0) }
    }
}
