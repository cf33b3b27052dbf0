import Foundation
import Synchronization
import TesseraCore

/// What became of each request as the client saw it: one byte a request, for the referee to compare with the server's.
final class Outcomes: Sendable {
    enum Outcome: UInt8, CaseIterable {
        case none = 0
        case answered = 1
        case nothingSent = 2
        case sent = 3
        case provablyUnprocessed = 4
        /// The caller left a stream by its own will.
        case left = 5
        /// The answer was another request's: never.
        case wrong = 6
    }

    private let bytes: Mutex<[UInt8]>
    private let kinds = Mutex<[String: Int]>([:])

    init(count: Int) {
        bytes = Mutex([UInt8](repeating: 0, count: count))
    }

    func set(_ id: Int, _ outcome: Outcome) {
        bytes.withLock { if $0.indices.contains(id) { $0[id] = outcome.rawValue } }
    }

    func set(_ id: Int, _ failure: TransportFailure) {
        switch failure.progress {
        case .nothingSent: set(id, .nothingSent)
        case .sent: set(id, .sent)
        case .provablyUnprocessed: set(id, .provablyUnprocessed)
        }
        kinds.withLock { $0["\(failure.kind.rawValue)/\(failure.phase.rawValue)", default: 0] += 1 }
    }

    func write(to path: String) throws {
        try Data(bytes.withLock { $0 }).write(to: URL(fileURLWithPath: path))
    }

    /// Numbers of outcomes and of failures by kind.
    var summary: [String: Int] {
        var counts = kinds.withLock { $0 }
        for byte in bytes.withLock({ $0 }) {
            counts["\(Outcome(rawValue: byte) ?? .none)", default: 0] += 1
        }
        return counts
    }
}
