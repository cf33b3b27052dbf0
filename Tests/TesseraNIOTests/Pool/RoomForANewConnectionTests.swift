#if NIO
import NIOCore
import TesseraCore
import Testing

@testable import TesseraNIO

/// At the limit, a request that needs a new connection takes the place of one that was used (RFC 9113).
@Suite struct RoomForANewConnectionTests {
    private typealias Machine = ConnectionPoolStateMachine<String, String>
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let identity: ConnectionIdentity

    init() throws {
        identity = ConnectionIdentity(origin: try Origin("https://a.test"), proxy: nil, certificateGeneration: 0)
    }

    private func lease(_ machine: inout Machine, _ request: String, isNew: Bool = false) -> Machine.Lease {
        machine.lease(
            request, identity: identity, deadline: now + .seconds(9), connectLimit: .seconds(9), now: now,
            needsNewConnection: isNew)
    }

    /// A machine with room for one connection, and that one, with HTTP/2.
    private func machineWithOne() throws -> (Machine, ConnectionID) {
        var limits = Machine.Limits()
        limits.connections = 1
        var machine = Machine(limits: limits)
        guard case .wait(_, let opening?, nil) = lease(&machine, "first") else { throw Unexpected() }
        let actions = machine.connected(opening, "old", streamLimit: 100, loop: nil, now: now)
        #expect(actions.count == 1)
        return (machine, opening)
    }

    private struct Unexpected: Error {}

    @Test func `that of one without streams, which is closed`() throws {
        var (machine, old) = try machineWithOne()
        let nothing = machine.released(old, isReusable: true, now: now)
        #expect(nothing.isEmpty)
        guard case .wait(_, let opening?, let closed) = lease(&machine, "fresh", isNew: true) else {
            throw Unexpected()
        }
        #expect(closed == "old")
        let actions = machine.connected(opening, "new", streamLimit: 100, loop: nil, now: now)
        guard case .run("fresh", "new")? = actions.first else { throw Unexpected() }
    }

    @Test func `that of one with streams, which takes no more of them and is closed after the last`() throws {
        var (machine, old) = try machineWithOne()
        guard case .wait(_, let opening?, nil) = lease(&machine, "fresh", isNew: true) else { throw Unexpected() }
        #expect(machine.isDraining(old))
        _ = machine.connected(opening, "new", streamLimit: 100, loop: nil, now: now)
        guard case .run("new") = lease(&machine, "next") else { throw Unexpected() }
        guard case .close("old")? = machine.released(old, isReusable: true, now: now).first else { throw Unexpected() }
        #expect(machine.connectionCount == 1)
    }

    /// Several at once, although one HTTP/2 connection would carry them all.
    @Test func `each who needs a new connection gets one`() throws {
        var machine = Machine(limits: Machine.Limits())
        var opened = 0
        for number in 0..<10 {
            guard case .wait(_, let opening, nil) = lease(&machine, "\(number)", isNew: true) else {
                throw Unexpected()
            }
            if opening != nil { opened += 1 }
        }
        #expect(opened == 10)
        guard case .wait(_, nil, nil) = lease(&machine, "any") else { throw Unexpected() }
    }
}
#endif
