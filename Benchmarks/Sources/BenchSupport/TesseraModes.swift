/// A transport alone: what a session is held against.
package protocol TransportMode: Mode {
    var lanes: TransportLanes { get }
}

extension TransportMode {
    package func run(_ requests: Int) throws -> Int { try lanes.run(requests) }
    package func shutdown() throws { try lanes.shutdown() }
}

/// A whole session, with token source, retries and history.
package protocol SessionMode: Mode {
    var lanes: SessionLanes { get }
}

extension SessionMode {
    package func run(_ requests: Int) throws -> Int { try lanes.run(requests) }
    package func shutdown() throws { try lanes.shutdown() }
}
