#if OAuth
import Foundation
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token schedules` {
    private static let schedules =
        ProcessInfo.processInfo.environment["TESSERA_SCHEDULES"].flatMap { Int($0) } ?? 2000
    private static let firstSeed =
        ProcessInfo.processInfo.environment["TESSERA_SEED"].flatMap { UInt64($0) } ?? 20_250_101
    private static let roads = 6
    private static let stepsThere = 5

    /// Random schedules, drawn towards what was seen least: one request at a time, an end for everybody, no renewal of
    /// what is fresh (I3), and every cell of the machine at least a hundred times.
    @Test func `no order of events breaks an invariant, and every cell was seen`() {
        var cells: [TokenSimulation.Cell: Int] = [:]
        var starts = 0
        for number in 0..<Self.schedules {
            let seed = Self.firstSeed &+ UInt64(number)
            var simulation = TokenSimulation(seed: seed)
            var choice = SeededRandom(seed: ~seed)
            for _ in 0..<Self.roads {
                simulation.go(through: target(cells, &choice), counting: &cells)
                for _ in 0..<Self.stepsThere {
                    let phase = simulation.phase
                    let possible = simulation.possible
                    let rarest = possible.min {
                        cells[.init(phase: phase, event: $0), default: 0]
                            < cells[.init(phase: phase, event: $1), default: 0]
                    }
                    let event = Bool.random(using: &choice) ? rarest : possible.randomElement(using: &choice)
                    guard let event, simulation.violations.isEmpty else { break }
                    simulation.step(event, counting: &cells)
                }
            }
            simulation.finish()
            starts += simulation.starts
            guard simulation.violations.isEmpty else {
                Issue.record("seed \(seed): \(simulation.violations)")
                return
            }
        }
        print(table(cells))
        print("\(Self.schedules) schedules from seed \(Self.firstSeed), \(starts) token requests")
        let rare = TokenSimulation.cells.filter { cells[$0, default: 0] < 100 }
        #expect(rare.map { "\($0.phase) × \($0.event): \(cells[$0, default: 0])" } == [])
        #expect(cells.keys.allSatisfy(TokenSimulation.isPossible))
    }

    /// The rarest cell, or any.
    private func target(_ cells: [TokenSimulation.Cell: Int], _ choice: inout SeededRandom) -> TokenSimulation.Cell {
        let rarest = TokenSimulation.cells.min { cells[$0, default: 0] < cells[$1, default: 0] }
        let any = TokenSimulation.cells.randomElement(using: &choice)
        return (Bool.random(using: &choice) ? rarest : any) ?? .init(phase: .empty, event: .ask)
    }

    private func table(_ cells: [TokenSimulation.Cell: Int]) -> String {
        let phases = TokenStatus.Phase.allCases
        let header = ([""] + phases.map(\.rawValue)).map { pad($0) }.joined()
        let rows = TokenSimulation.Event.allCases.map { event in
            let counts = phases.map { phase -> String in
                let cell = TokenSimulation.Cell(phase: phase, event: event)
                return TokenSimulation.isPossible(cell) ? "\(cells[cell, default: 0])" : "-"
            }
            return ([event.rawValue] + counts).map { pad($0) }.joined()
        }
        return ([header] + rows).joined(separator: "\n")
    }

    private func pad(_ text: String) -> String {
        text.padding(toLength: text.contains { $0.isUppercase } ? 19 : 11, withPad: " ", startingAt: 0)
    }

    @Test func `a server whose every token is refused gets a bounded number of requests in an hour`() throws {
        var machine = TokenStateMachine()
        var now = MonotonicInstant(nanoseconds: 0)
        var starts = 0
        for _ in 0..<36_000 {
            now = now.advanced(by: .milliseconds(100))
            switch machine.ask(now: now) {
            case .start(let flight), .useAndStart(_, let flight):
                starts += 1
                let token = try AccessToken(
                    .fixture("refused-token-\(starts)"), expiry: now.advanced(by: .seconds(3600)),
                    lifetime: .seconds(3600), generation: machine.nextGeneration())
                _ = machine.landed(flight.id, with: token, now: now)
            default: break
            }
            if let current = machine.current { _ = machine.reject(generation: current.generation, now: now) }
        }
        #expect(starts <= 25)
        #expect(starts >= 5)
    }

    @Test func `tokens that are over when they come cause one request an interval, not one an asker`() throws {
        var machine = TokenStateMachine()
        var now = MonotonicInstant(nanoseconds: 0)
        var starts = 0
        var errors = 0
        for step in 0..<60_000 {
            now = now.advanced(by: .milliseconds(1))
            switch machine.ask(now: now) {
            case .start(let flight), .useAndStart(_, let flight):
                starts += 1
                let token = try AccessToken(
                    .fixture("short-token-\(step % 2)"), expiry: now, lifetime: .seconds(1),
                    generation: machine.nextGeneration())
                _ = machine.landed(flight.id, with: token, now: now)
            case .fail(let error):
                errors += 1
                #expect(error.code == .retryLater)
                #expect(error.retryAfter.map { $0 > .zero && $0 <= .seconds(6) } == true)
            default: break
            }
        }
        #expect(starts <= 20 + 240 + 1)
        #expect(errors > 0)
    }
}
#endif
