#if CLI
import Synchronization

/// What the server saw: the referee for counts of requests, of token requests and of leaked credentials.
///
/// An entry is made when an answer is decided, before its first byte is sent, so whoever has the answer finds the entry.
public final class AccessLog: Sendable {
    /// How many entries are kept, the latest ones; the counts go on beyond them.
    public static let capacity = 100_000

    private struct State {
        var entries: [AccessLogEntry] = []
        var discarded = 0
        var tokenRequests = 0
        var credentialsAtSecondOrigin = 0
    }

    private let state = Mutex(State())
    private let sink: (@Sendable (AccessLogEntry) -> Void)?
    private let writesToStandardError: Bool

    init(sink: (@Sendable (AccessLogEntry) -> Void)?, writesToStandardError: Bool) {
        self.sink = sink
        self.writesToStandardError = writesToStandardError
    }

    /// The kept entries, oldest first.
    public func entries() -> [AccessLogEntry] { state.withLock { $0.entries } }

    /// The number of kept entries that satisfy a condition.
    public func count(where condition: (AccessLogEntry) throws -> Bool) rethrows -> Int {
        try entries().count(where: condition)
    }

    /// The number of entries that had to go because there were more than ``capacity``.
    public var discarded: Int { state.withLock { $0.discarded } }

    /// The number of `POST /token` requests since the start, at both origins and whatever came of them.
    public var tokenRequests: Int { state.withLock { $0.tokenRequests } }

    /// The number of requests since the start that brought any credential to the second origin.
    public var credentialsAtSecondOrigin: Int { state.withLock { $0.credentialsAtSecondOrigin } }

    func append(_ entry: AccessLogEntry) {
        state.withLock { state in
            if state.entries.count >= Self.capacity {
                // A tenth at once, so that the move costs little per entry.
                state.entries.removeFirst(Self.capacity / 10)
                state.discarded += Self.capacity / 10
            }
            state.entries.append(entry)
            if entry.method == "POST", entry.path == "/token" { state.tokenRequests += 1 }
            if entry.origin == OriginLabel.second.rawValue, entry.carriesCredential {
                state.credentialsAtSecondOrigin += 1
            }
        }
        // Outside the lock: a sink may read the log.
        sink?(entry)
        if writesToStandardError { StandardError.write(line: entry.jsonLine) }
    }
}
#endif
