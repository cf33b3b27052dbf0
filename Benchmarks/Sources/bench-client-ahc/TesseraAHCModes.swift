import BenchSupport
import TesseraAsyncHTTPClient

/// The transport on AsyncHTTPClient alone.
struct TransportAHCMode: TransportMode {
    static let name = "transport-ahc"
    let lanes: TransportLanes
    init(_ plan: Plan) throws { lanes = try TransportLanes(plan, AsyncHTTPClientTransport()) }
}

/// A whole session over AsyncHTTPClient.
struct SessionAHCMode: SessionMode {
    static let name = "session-ahc"
    let lanes: SessionLanes
    init(_ plan: Plan) throws { lanes = try SessionLanes(plan, AsyncHTTPClientTransport()) }
}
