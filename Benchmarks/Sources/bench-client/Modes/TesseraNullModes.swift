import BenchSupport

/// A transport that costs nothing.
struct TransportNullMode: TransportMode {
    static let name = "transport-null"
    let lanes: TransportLanes
    init(_ plan: Plan) throws { lanes = try TransportLanes(plan, NullTransport()) }
}

/// A whole session, with token source, retries and history, over a transport that costs nothing.
struct SessionNullMode: SessionMode {
    static let name = "session-null"
    let lanes: SessionLanes
    init(_ plan: Plan) throws { lanes = try SessionLanes(plan, NullTransport()) }
}
