import HTTPTypes
import TesseraAsyncHTTPClient
import TesseraCore
import TesseraOAuth

/// A transport alone: what a session is held against.
struct TransportNullMode: TransportMode {
    static let name = "transport-null"
    static func makeTransport() -> any Transport { NullTransport() }
    let lanes: TransportLanes
    init(_ plan: Plan) throws { lanes = try TransportLanes(plan, Self.makeTransport()) }
}

/// The transport on AsyncHTTPClient alone.
struct TransportAHCMode: TransportMode {
    static let name = "transport-ahc"
    static func makeTransport() -> any Transport { AsyncHTTPClientTransport() }
    let lanes: TransportLanes
    init(_ plan: Plan) throws { lanes = try TransportLanes(plan, Self.makeTransport()) }
}

/// A whole session, with token source, retries and history, over a transport that costs nothing.
struct SessionNullMode: SessionMode {
    static let name = "session-null"
    static func makeTransport() -> any Transport { NullTransport() }
    let lanes: SessionLanes
    init(_ plan: Plan) throws { lanes = try SessionLanes(plan, Self.makeTransport()) }
}

/// A whole session over AsyncHTTPClient.
struct SessionAHCMode: SessionMode {
    static let name = "session-ahc"
    static func makeTransport() -> any Transport { AsyncHTTPClientTransport() }
    let lanes: SessionLanes
    init(_ plan: Plan) throws { lanes = try SessionLanes(plan, Self.makeTransport()) }
}

protocol TransportMode: Mode {
    var lanes: TransportLanes { get }
}

extension TransportMode {
    func run(_ requests: Int) throws -> Int { try lanes.run(requests) }
    func shutdown() throws { try lanes.shutdown() }
}

protocol SessionMode: Mode {
    var lanes: SessionLanes { get }
}

extension SessionMode {
    func run(_ requests: Int) throws -> Int { try lanes.run(requests) }
    func shutdown() throws { try lanes.shutdown() }
}

/// Answers at once with what it was made with.
struct NullTransport: Transport {
    private let reply = TransportReply(
        head: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
        body: [UInt8](repeating: 0x20, count: 200))

    var capabilities: TransportCapabilities { [] }

    func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply { reply }

    func stream<Result>(
        _ request: TransportRequest, _ consume: (TransportStream) async throws -> Result
    ) async throws -> Result {
        try await consume(TransportStream(head: reply.head) { () async throws(TransportFailure) in nil })
    }

    func shutdown() async {}
}
