public import HTTPTypes

/// The seam to the wire: sends one request once.
///
/// A transport retries nothing, follows no redirect, keeps no cookies and adds no credential; it obeys the deadline and
/// the limits it is given, and reports honestly how far a failed request got. The contract suite in TesseraTesting
/// checks all of it. See design note 0001.
public protocol Transport: Sendable {
    /// What this transport can do; the rest of the contract is expected of every transport.
    var capabilities: TransportCapabilities { get }

    /// Sends `request` and collects the whole answer, at most `request.limits.bodyBytes` of it.
    func send(_ request: consuming TransportRequest) async throws(TransportFailure) -> TransportReply

    /// Sends `request` and calls `consume` once the head is there. When `consume` returns or throws, the exchange is
    /// over: the connection is reused if the body was read to its end, and closed otherwise.
    ///
    /// - Throws: ``TransportFailure`` for its own failures, and whatever `consume` throws.
    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result

    /// Closes idle connections and waits for the requests under way.
    func shutdown() async

    /// An executor on which tasks that send many requests wait for answers at less cost; nil where there is none.
    ///
    /// Sessions run on it what they spawn themselves.
    var taskExecutor: (any TaskExecutor)? { get }
}

extension Transport {
    /// None.
    public var taskExecutor: (any TaskExecutor)? { nil }
}

/// What a ``Transport`` can do beyond the minimum.
public struct TransportCapabilities: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt32

    /// A set of the given bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Decodes gzip and deflate, within the limits.
    public static let decompression = TransportCapabilities(rawValue: 1 << 0)
    /// Speaks HTTP/2 where the server does.
    public static let http2 = TransportCapabilities(rawValue: 1 << 1)
    /// Knows when the peer cannot have processed a request (REFUSED_STREAM, GOAWAY).
    public static let provablyUnprocessed = TransportCapabilities(rawValue: 1 << 2)
    /// Reports how many bytes of a failed request were sent.
    public static let countsSentBytes = TransportCapabilities(rawValue: 1 << 3)
    /// Has a time limit of its own for each phase of connecting.
    public static let phaseTimeouts = TransportCapabilities(rawValue: 1 << 4)
    /// Bounds size and number of response header fields while they arrive, not afterwards.
    public static let headerLimits = TransportCapabilities(rawValue: 1 << 5)
    /// Can go through an HTTP proxy.
    public static let proxies = TransportCapabilities(rawValue: 1 << 6)
}

/// One request as a transport sends it.
public struct TransportRequest: Sendable {
    /// Where the connection goes. `head`'s scheme and authority say the same.
    public var origin: Origin
    /// Method, target and header fields, without credentials.
    public var head: HTTPRequest {
        get { requestHead.whole }
        set { requestHead = RequestHead(newValue) }
    }
    /// The parts of ``head``.
    package var requestHead: RequestHead
    /// The fields of the credential, merged at the last line before the wire.
    public var sealed: SealedFields
    /// The body.
    public var body: OutgoingBody
    /// When everything must be over, head and (if buffered) body.
    public var deadline: MonotonicInstant
    /// The bounds of single phases.
    public var phases: PhaseLimits
    /// The bounds of what the peer may send.
    public var limits: ResponseLimits
    // Not `ProxyServer?`: that would have the value nil first, and a value that is changed while it is made is copied.
    /// The proxy to go through.
    public var proxy: Optional<ProxyServer>
    /// Which connection it goes over.
    public var connection: ConnectionChoice
    /// The clock of `deadline`.
    public var runtime: Runtime

    /// A request of the given parts.
    public init(
        origin: Origin, head: HTTPRequest, sealed: SealedFields = .none, body: OutgoingBody = .none,
        deadline: MonotonicInstant, phases: PhaseLimits = PhaseLimits(), limits: ResponseLimits = ResponseLimits(),
        proxy: ProxyServer? = nil, runtime: Runtime = .current
    ) {
        self.init(
            origin: origin, head: RequestHead(head), sealed: sealed, body: body, deadline: deadline, phases: phases,
            limits: limits, proxy: proxy, runtime: runtime)
    }

    init(
        origin: Origin, head: RequestHead, sealed: SealedFields, body: OutgoingBody, deadline: MonotonicInstant,
        phases: PhaseLimits, limits: ResponseLimits, proxy: ProxyServer?, runtime: Runtime
    ) {
        self.origin = origin
        requestHead = head
        self.sealed = sealed
        self.body = body
        self.deadline = deadline
        self.phases = phases
        self.limits = limits
        self.proxy = proxy
        connection = .reused
        self.runtime = runtime
    }
}

/// Which connection a request goes over.
public enum ConnectionChoice: String, Sendable, Hashable {
    /// One of the pool, where there is one.
    case reused
    /// One that carried nothing before, where the transport can: a request that must not be repeated is not given to a
    /// connection which the peer may be closing.
    case fresh
}

/// Bounds of single phases of a request.
public struct PhaseLimits: Sendable, Hashable {
    /// For the connection, TLS included.
    public var connect: Duration
    /// Between two bytes from the peer.
    public var idle: Duration { didSet { idleNanoseconds = idle.clampedNanoseconds } }
    /// ``idle``, divided once and not for each request.
    package private(set) var idleNanoseconds: Int64

    /// Bounds of the given lengths.
    public init(connect: Duration = .seconds(10), idle: Duration = .seconds(30)) {
        self.connect = connect
        self.idle = idle
        idleNanoseconds = idle.clampedNanoseconds
    }
}

/// Bounds of what a peer may send (invariant 7).
public struct ResponseLimits: Sendable, Hashable {
    /// All header fields together, in bytes.
    public var headerBytes: Int
    /// The number of header fields.
    public var headerCount: Int
    /// The buffered body in bytes, after decompression.
    public var bodyBytes: Int
    /// How many times longer than it was sent a body may become by decompression, streamed ones too; its first
    /// ``freeBytes`` are not counted.
    public var decompressionRatio: Int

    /// What every body may become, however short it was sent: 1 MiB.
    public static let freeBytes = 1_048_576

    /// Bounds of the given sizes.
    public init(
        headerBytes: Int = 65_536, headerCount: Int = 200, bodyBytes: Int = 16_777_216, decompressionRatio: Int = 200
    ) {
        self.decompressionRatio = decompressionRatio
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.bodyBytes = bodyBytes
    }
}

/// A whole answer.
public struct TransportReply: Sendable {
    /// Status and header fields.
    public var head: HTTPResponse
    /// The body, decompressed where the transport does that.
    public var body: [UInt8]

    /// An answer of the given parts.
    public init(head: HTTPResponse, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }
}

/// An answer whose body is still arriving.
public struct TransportStream {
    /// Status and header fields.
    public var head: HTTPResponse
    /// Waits for the next piece of the body; nil at its end.
    public var nextChunk: () async throws(TransportFailure) -> ArraySlice<UInt8>?

    /// An answer of the given parts.
    public init(
        head: HTTPResponse, nextChunk: @escaping () async throws(TransportFailure) -> ArraySlice<UInt8>?
    ) {
        self.head = head
        self.nextChunk = nextChunk
    }
}
