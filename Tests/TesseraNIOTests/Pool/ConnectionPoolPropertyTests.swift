#if NIO
import Testing

@testable import TesseraNIO

/// The pool's machine among random events keeps what a pool promises, whatever their order.
@Suite struct ConnectionPoolPropertyTests {
    /// Every state with every event that can happen in it.
    private static let expected: [(state: String, events: [String])] = [
        ("no connection", ["lease", "lease a new one"]),
        ("one is free", ["lease", "lease a new one"]),
        ("none is free", ["lease", "lease a new one"]),
        ("at the limit", ["lease", "lease a new one"]),
        ("others wait", ["lease", "lease a new one"]),
        ("shut down", ["lease", "lease a new one", "tick", "prewarm", "shut down"]),
        ("open", ["tick", "prewarm", "shut down"]),
        ("waiting", ["leave"]), ("left", ["leave"]),
        ("connecting", ["connected, HTTP/1.1", "connected, HTTP/2", "connect failed", "connect took too long"]),
        ("HTTP/1.1 idle", ["closed", "drains"]),
        ("HTTP/1.1 busy", ["closed", "drains", "released", "released, spent"]),
        ("HTTP/1.1 drains", ["closed", "drains", "released", "released, spent"]),
        ("HTTP/2 idle", ["closed", "drains", "stream limit"]),
        ("HTTP/2 has room", ["closed", "drains", "stream limit", "released", "released, spent"]),
        ("HTTP/2 full", ["closed", "drains", "stream limit", "released", "released, spent"]),
        ("HTTP/2 drains", ["closed", "drains", "stream limit", "released", "released, spent"]),
        ("gone", ["released", "closed", "drains", "stream limit", "connect failed"]),
    ]

    @Test func keepsItsPromisesInAnyOrderOfEvents() {
        let first = UInt64.random(in: 0..<1_000_000_000)
        print("pool: seeds from \(first)")
        var cells: [PoolWorld.Cell: Int] = [:]
        var broken = 0
        for seed in first..<first + 400 {
            var world = PoolWorld(seed: seed)
            world.run(events: 600)
            cells.merge(world.cells, uniquingKeysWith: +)
            guard !world.model.violations.isEmpty else { continue }
            broken += 1
            if broken <= 5 { Issue.record("seed \(seed): \(world.model.violations.joined(separator: "; "))") }
        }
        #expect(broken == 0)
        for (state, events) in Self.expected {
            let counts = events.map { (event: $0, count: cells[PoolWorld.Cell(state: state, event: $0)] ?? 0) }
            print("pool: \(state): \(counts.map { "\($0.event) \($0.count)" }.joined(separator: ", "))")
            for (event, count) in counts { #expect(count >= 100, "\(event) while \(state): \(count) times") }
        }
        let known = Set(Self.expected.flatMap { row in row.events.map { PoolWorld.Cell(state: row.state, event: $0) } })
        #expect(Set(cells.keys).subtracting(known).isEmpty)
    }
}
#endif
