/// How many retries of each kind a call may make, besides its attempts altogether; nil for no bound of its own.
public struct RetryLimits: Sendable, Hashable {
    /// After failures to connect: nothing was sent.
    public var connect: Int?
    /// After a request that may have arrived and was not answered, or not to its end.
    public var read: Int?
    /// After answers.
    public var status: Int?
    /// After everything else, such as a failed TLS handshake.
    public var other: Int?

    /// Bounds of the given sizes.
    public init(connect: Int? = nil, read: Int? = nil, status: Int? = nil, other: Int? = nil) {
        self.connect = connect
        self.read = read
        self.status = status
        self.other = other
    }

    func allow(_ summary: AttemptSummary) -> Bool {
        switch RetryTally.Kind(summary.result) {
        case .connect: connect.map { summary.tally.connect < $0 } ?? true
        case .read: read.map { summary.tally.read < $0 } ?? true
        case .status: status.map { summary.tally.status < $0 } ?? true
        case .other: other.map { summary.tally.other < $0 } ?? true
        }
    }
}

/// The retries that a call has made already.
public struct RetryTally: Sendable, Hashable, Codable {
    enum Kind {
        case connect, read, status, other

        init(_ result: AttemptSummary.Result) {
            switch result {
            case .status: self = .status
            case .failure(_, let phase, let progress):
                switch (phase, progress) {
                case (.tls, _): self = .other
                case (_, .nothingSent): self = .connect
                default: self = .read
                }
            }
        }
    }

    /// After failures to connect.
    public var connect = 0
    /// After requests without a whole answer.
    public var read = 0
    /// After answers.
    public var status = 0
    /// After everything else.
    public var other = 0
    /// Those of all kinds that were made before the last redirect. The waits begin anew at another target.
    public var beforeRedirect = 0

    /// None.
    public init() {}

    mutating func count(_ result: AttemptSummary.Result) {
        switch Kind(result) {
        case .connect: connect += 1
        case .read: read += 1
        case .status: status += 1
        case .other: other += 1
        }
    }

    mutating func redirected() {
        beforeRedirect = connect + read + status + other
    }
}
