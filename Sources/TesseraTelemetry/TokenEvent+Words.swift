import TesseraCore

/// The words that events have in common in logs, metrics and traces. All of them are closed sets.
extension TokenEvent {
    var word: String {
        switch self {
        case .requested: "requested"
        case .obtained: "obtained"
        case .failed: "failed"
        case .overdue: "overdue"
        case .rejected: "rejected"
        case .left: "left"
        case .throttled: "throttled"
        case .invalidated: "invalidated"
        }
    }
}
