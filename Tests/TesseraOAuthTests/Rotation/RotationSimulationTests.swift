#if OAuth
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

    /// What some schedules in a row came to.
    private struct Outcome {
        var cells = CellTable()
        var failures: [String] = []
        var posts = 0
        var events = 0
        var deaths: [String: Int] = [:]

        mutating func add(_ other: Outcome) {
            cells.add(other.cells)
            failures += other.failures
            posts += other.posts
            events += other.events
            deaths.merge(other.deaths, uniquingKeysWith: +)
        }
    }

    @concurrent private static func run(_ numbers: Range<Int>) async -> Outcome {
        var outcome = Outcome()
        for number in numbers where outcome.failures.count < 20 {
            let seed = Self.seed &+ UInt64(number)
            var world = SimulatedWorld(seed: seed, cells: outcome.cells)
            world.run()
            outcome.cells = world.cells
            outcome.posts += world.referee.posts.count
            outcome.events += world.events
            for (reason, count) in world.referee.deaths { outcome.deaths["\(reason)", default: 0] += count }
            guard let first = world.referee.violations.first else { continue }
            outcome.failures.append("seed \(seed) (\(world.plan.trouble), \(world.plan.habit)): \(first)")
        }
        return outcome
    }

    @Test func `invariants 3 and 4 hold at each step of every schedule`() async {
        let length = 250
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            for start in stride(from: 0, to: Self.schedules, by: length) {
                group.addTask { await Self.run(start..<min(Self.schedules, start + length)) }
            }
            return await group.reduce(into: Outcome()) { $0.add($1) }
        }
        let ends = outcome.deaths.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print(
            "rotation: \(Self.schedules) schedules from seed \(Self.seed), \(outcome.events) events, "
                + "\(outcome.posts) requests, ends: \(ends)")
        let failures = outcome.failures.sorted().prefix(20)
        for failure in failures { print("rotation: \(failure)") }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(outcome.cells.surprises.isEmpty, "\(outcome.cells.surprises)")
        guard Self.schedules >= 100_000 else { return }
        for line in outcome.cells.text().split(separator: "\n") { print("cells: \(line)") }
        let counts = outcome.cells.demanded.map(\.count)
        print("figure: cells that must be visited, and visits of the rarest: \(counts.count), \(counts.min() ?? 0)")
        #expect(outcome.cells.rare(100).isEmpty, "\(outcome.cells.rare(100).joined(separator: "\n"))")
    }

    /// A logout was removed from the store, and a copy from before it came back: processes that had seen the logout took
    /// the login up again (line 15).
    @Test(arguments: [912_925, 943_716, 973_886, 245_982, 361_241, 372_592] as [UInt64])
    func `what was logged out and removed does not come back with a restored store`(seed: UInt64) {
        var world = SimulatedWorld(seed: seed, cells: CellTable())
        world.run()
        #expect(world.referee.violations.isEmpty)
    }

    /// Two processes on a slow store that had restarted waited for its quarantine one after the other, each after the
    /// time of the attempt that the store had lost, and held the login up for minutes.
    @Test func `the quarantine of a store runs beside other waits`() {
        var world = SimulatedWorld(seed: 611_275, cells: CellTable())
        world.run()
        #expect(world.referee.violations.isEmpty)
    }

    @Test(.enabled(if: setting("TESSERA_TRACE") != nil, "prints the schedule of the seed in TESSERA_TRACE"))
    func `one schedule, printed`() {
        var world = SimulatedWorld(
            seed: Self.setting("TESSERA_TRACE").flatMap { UInt64($0) } ?? 0, cells: CellTable(), isTraced: true)
        world.run()
        print(world.plan)
        print(world.trace.joined(separator: "\n"))
        print(world.referee.violations)
    }
}
#endif
