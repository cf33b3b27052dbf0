import BenchSupport
import TesseraNIO

/// The transport on SwiftNIO alone, asked by ordinary tasks.
struct TransportNIOMode: TransportMode {
    static let name = "transport-nio"
    let lanes: TransportLanes
    init(_ plan: Plan) throws { lanes = try TransportLanes(plan, NIOTransport(plan)) }
}

/// A whole session over it, asked by ordinary tasks.
struct SessionNIOMode: SessionMode {
    static let name = "session-nio"
    let lanes: SessionLanes
    init(_ plan: Plan) throws { lanes = try SessionLanes(plan, NIOTransport(plan)) }
}

/// A whole session, asked by tasks that prefer the transport's event loop.
struct SessionNIOLoopMode: SessionMode {
    static let name = "session-nio-loop"
    let lanes: SessionLanes

    init(_ plan: Plan) throws {
        let transport = try NIOTransport(plan)
        lanes = try SessionLanes(plan, transport, on: transport.taskExecutor)
    }
}

extension NIOTransport {
    convenience init(_ plan: Plan) throws {
        var configuration = Configuration()
        configuration.connectionsPerOrigin = plan.connections
        if let file = plan.certificateAuthority { configuration.tls.trustRoots = .pemFile(file) }
        try self.init(configuration)
    }
}
