import TesseraCore
import Testing

@testable import TesseraOAuth

@Suite struct `Rotation simulated` {
    /// `TESSERA_SCHEDULES` and `TESSERA_SEED` choose how many schedules run and where they begin.
    static let schedules = setting("TESSERA_SCHEDULES").flatMap { Int($0) } ?? 400
    static let seed = setting("TESSERA_SEED").flatMap { UInt64($0) } ?? 20_261_123

    static func setting(_ name: String) -> String? {
        (try? Secret(environment: name))?.withExposedBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `invariants 3 and 4 hold at each step of every schedule`() {
        var cells = CellTable()
        var failures: [String] = []
        var posts = 0
        var losses = 0
        var events = 0
        var deaths: [String: Int] = [:]
        for number in 0..<Self.schedules {
            let seed = Self.seed &+ UInt64(number)
            var world = SimulatedWorld(seed: seed, cells: cells)
            world.run()
            cells = world.cells
            posts += world.referee.posts.count
            losses += world.referee.losses
            events += world.events
            for (reason, count) in world.referee.deaths { deaths["\(reason)", default: 0] += count }
            guard let first = world.referee.violations.first else { continue }
            failures.append("seed \(seed) (\(world.plan.trouble), \(world.plan.habit)): \(first)")
            if failures.count >= 20 { break }
        }
        print(
            "rotation: \(Self.schedules) schedules from seed \(Self.seed), \(events) events, \(posts) requests, ends \(deaths)"
        )
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(cells.surprises.isEmpty, "\(cells.surprises)")
        guard Self.schedules >= 100_000 else { return }
        print(cells.text())
        #expect(cells.rare(100).isEmpty, "\(cells.rare(100).joined(separator: "\n"))")
    }

    @Test(.enabled(if: setting("TESSERA_TRACE") != nil))
    func `one schedule, printed`() {
        var world = SimulatedWorld(
            seed: Self.setting("TESSERA_TRACE").flatMap { UInt64($0) } ?? 0, cells: CellTable(), isTraced: true)
        world.run()
        print(world.plan)
        print(world.trace.joined(separator: "\n"))
        print(world.referee.violations)
    }
}
