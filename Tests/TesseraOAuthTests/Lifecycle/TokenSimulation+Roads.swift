#if OAuth
import TesseraCore

@testable import TesseraOAuth

/// The ways to each phase, so that rare ones are not left to chance.
extension TokenSimulation {
    /// All cells that there are.
    static let cells = TokenStatus.Phase.allCases.flatMap { phase in
        Event.allCases.map { Cell(phase: phase, event: $0) }.filter(isPossible)
    }

    mutating func step(_ event: Event, counting cells: inout [Cell: Int]) {
        cells[Cell(phase: phase, event: event), default: 0] += 1
        step(event)
    }

    /// Goes towards a cell and through it; chance may keep it from arriving.
    mutating func go(through target: Cell, counting cells: inout [Cell: Int]) {
        if target.event == .lateLanding || target.event == .lateFailure, !possible.contains(target.event) {
            // A flight must have been given up for that.
            go(to: .overdue, counting: &cells)
            if phase == .overdue { step(.lost, counting: &cells) }
        }
        go(to: target.phase, counting: &cells)
        if phase == target.phase, possible.contains(target.event) { step(target.event, counting: &cells) }
    }

    private mutating func go(to target: Cell.Phase, counting cells: inout [Cell: Int]) {
        for number in 0..<16 where phase != target && violations.isEmpty {
            let turn = TokenSimulation.turn(from: phase, to: target)
            // A new credential counts from the next asker on.
            step(turn == .changeCredential && !number.isMultiple(of: 2) ? .ask : turn, counting: &cells)
        }
    }

    private static func turn(from phase: Cell.Phase, to target: Cell.Phase) -> Event {
        switch (phase, target) {
        case (.empty, _), (.rejected, _): .ask
        case (.failing, _), (.refused, _): .changeCredential
        case (.obtaining, .failing), (.obtaining, .empty): .failTemporary
        case (.obtaining, .refused): .failRefused
        case (.obtaining, .overdue): .overdue
        case (.obtaining, _): .land
        case (.fresh, .aging), (.fresh, .due), (.fresh, .renewing), (.fresh, .degraded): .suspend
        case (.aging, .renewing), (.aging, .degraded), (.due, .renewing), (.due, .degraded): .renewInBackground
        case (.aging, .due): .suspend
        case (.renewing, .degraded): .failTemporary
        case (.renewing, .overdue): .overdue
        case (.renewing, _): .land
        case (.degraded, .aging), (.degraded, .due), (.degraded, .renewing): .changeCredential
        case (.overdue, _): .lost
        default: .invalidate
        }
    }
}

extension TokenSimulation.Cell {
    typealias Phase = TokenStatus.Phase
}
#endif
