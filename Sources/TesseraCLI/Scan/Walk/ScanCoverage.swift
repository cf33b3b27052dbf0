#if CLI
/// What a scan has read and what it has left out, so that a short list does not look complete (invariant 8).
struct ScanCoverage: Sendable {
    enum Omission: String, Sendable, CaseIterable {
        case ignored, excluded, link, special, binary, vanished
        case tooLarge = "too large"
        case tooDeep = "too deep"
        case pathTooLong = "path too long"
        case tooManyNames = "too many names"
        case unreadable
        /// An object that the repository lacks.
        case missing
        /// A clone without what came before.
        case shallow

        /// Whether a secret in it stays unseen although nobody asked for that.
        var isGap: Bool {
            switch self {
            case .tooLarge, .tooDeep, .pathTooLong, .tooManyNames, .unreadable, .missing, .shallow: true
            case .ignored, .excluded, .link, .special, .binary, .vanished: false
            }
        }

        /// What it is, and what can be done.
        var explanation: String {
            switch self {
            case .missing: "the repository lacks this object; git fsck tells what else"
            case .shallow: "the history is cut off, as this is a shallow clone; git fetch --unshallow brings the rest"
            default: rawValue
            }
        }
    }

    private(set) var files = 0
    private(set) var bytes = 0
    private(set) var omissions: [Omission: Int] = [:]
    /// The first gaps by name.
    private(set) var gaps: [(path: TreePath, omission: Omission)] = []
    /// Whether the scan ended at its limit of findings.
    var isCutShort = false

    private static let namedGaps = 20

    mutating func read(bytes count: Int) {
        files += 1
        bytes += count
    }

    mutating func omit(_ path: TreePath, _ omission: Omission) {
        omissions[omission, default: 0] += 1
        if omission.isGap, gaps.count < ScanCoverage.namedGaps { gaps.append((path, omission)) }
    }

    var gapCount: Int { omissions.reduce(0) { $0 + ($1.key.isGap ? $1.value : 0) } }
    var isComplete: Bool { gapCount == 0 && !isCutShort }
}
#endif
