#if OAuth
@testable import TesseraOAuth

/// How often each event met each phase.
struct CellTable {
    typealias Phase = RotationStateMachine.Phase

    static let events = [
        "start", "leased", "leaseUnavailable", "renewed", "renewFailed", "loaded", "saved", "conflict", "storeFailed",
        "entryRolledBack", "entryAccepted", "probed", "answered", "secretReloaded", "revoked", "released", "wake",
        "shutdown",
    ]

    private(set) var counts: [Phase: [String: Int]] = [:]

    mutating func count(_ phase: Phase, _ event: RotationStateMachine.Event) {
        counts[phase, default: [:]][CellTable.name(event), default: 0] += 1
    }

    mutating func add(_ other: CellTable) {
        counts.merge(other.counts) { $0.merging($1, uniquingKeysWith: +) }
    }

    static func name(_ event: RotationStateMachine.Event) -> String {
        switch event {
        case .start: "start"
        case .leased: "leased"
        case .leaseUnavailable: "leaseUnavailable"
        case .renewed: "renewed"
        case .renewFailed: "renewFailed"
        case .loaded: "loaded"
        case .saved: "saved"
        case .conflict: "conflict"
        case .storeFailed: "storeFailed"
        case .entryRolledBack: "entryRolledBack"
        case .entryAccepted: "entryAccepted"
        case .probed: "probed"
        case .answered: "answered"
        case .secretReloaded: "secretReloaded"
        case .revoked: "revoked"
        case .released: "released"
        case .wake: "wake"
        case .shutdown: "shutdown"
        }
    }

    /// Why an event cannot meet a phase; nil when it can.
    static func impossible(_ phase: Phase, _ event: String) -> String? {
        let results: [Phase: Set<String>] = [
            .idle: ["start"],
            .peeking: ["loaded", "storeFailed", "entryRolledBack"],
            .acquiring: ["leased", "leaseUnavailable", "storeFailed"],
            .reading: ["loaded", "storeFailed", "entryRolledBack"],
            .probing: ["probed"],
            .waiting: [],
            .intending: ["saved", "conflict", "storeFailed"],
            .checking: [],
            .posting: ["answered"],
            .clearing: ["saved", "conflict", "storeFailed"],
            .reloadingSecret: ["secretReloaded"],
            .rereading: ["loaded", "storeFailed", "entryRolledBack"],
            .burying: ["saved", "conflict", "storeFailed"],
            .marking: ["saved", "conflict", "storeFailed"],
            .backingOff: [],
            .committing: ["saved", "conflict", "storeFailed"],
            .recommitting: ["loaded", "storeFailed", "entryRolledBack"],
            .extending: ["saved", "conflict", "storeFailed"],
            .unsaved: [],
            .keepingSpare: ["saved", "conflict", "storeFailed"],
            .revoking: ["revoked"],
            .accepting: ["entryAccepted", "storeFailed"],
            .restoring: ["saved", "conflict", "storeFailed"],
            .releasing: ["released"],
            .over: [],
        ]
        if phase == .over { return "a run that is over gets no event" }
        let isResult = !["renewed", "renewFailed", "wake", "shutdown"].contains(event)
        if isResult {
            return results[phase]?.contains(event) == true ? nil : "the result of an effect that this phase has not"
        }
        if phase == .idle, event != "shutdown" { return "no lease, no wait" }
        if phase == .peeking, event != "shutdown" { return "no lease yet" }
        if phase == .acquiring, event == "wake" { return "no lease yet" }
        if phase == .checking, event == "wake" { return "the renewal it waits for is under way" }
        return nil
    }

    /// Cells that need two or three rare things at once: a peer that wrote, a lease that goes on all the same, and a
    /// shutdown or renewal in the few milliseconds of one write. They are counted, and printed, but not demanded.
    static let seldom: Set<String> = [
        "acquiring x wake", "keepingSpare x renewed", "keepingSpare x renewFailed", "keepingSpare x wake",
        "keepingSpare x shutdown", "revoking x renewed", "revoking x renewFailed", "revoking x wake",
        "revoking x shutdown",
    ]

    func text() -> String {
        var lines = [" ".padded(16) + CellTable.events.map { String($0.prefix(9)).padded(10) }.joined()]
        for phase in Phase.allCases {
            let cells = CellTable.events.map { event -> String in
                if CellTable.impossible(phase, event) != nil, counts[phase]?[event] == nil { return "-".padded(10) }
                return "\(counts[phase]?[event] ?? 0)".padded(10)
            }
            lines.append(phase.rawValue.padded(16) + cells.joined())
        }
        return lines.joined(separator: "\n")
    }

    /// The cells that must be visited, and how often they were.
    var demanded: [(cell: String, count: Int)] {
        Phase.allCases.flatMap { phase in
            CellTable.events.compactMap { event in
                let cell = "\(phase.rawValue) x \(event)"
                guard CellTable.impossible(phase, event) == nil, !CellTable.seldom.contains(cell) else { return nil }
                return (cell, counts[phase]?[event] ?? 0)
            }
        }
    }

    /// Those that were visited less than `least` times.
    func rare(_ least: Int) -> [String] {
        demanded.filter { $0.count < least }.map { "\($0.cell): \($0.count)" }
    }

    /// Cells that were visited although they are said to be impossible.
    var surprises: [String] {
        counts.flatMap { phase, events in
            events.keys.filter { CellTable.impossible(phase, $0) != nil }.map { "\(phase.rawValue) x \($0)" }
                .filter { !CellTable.seldom.contains($0) }
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
#endif
