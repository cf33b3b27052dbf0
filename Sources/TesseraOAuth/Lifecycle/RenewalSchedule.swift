#if OAuth
import TesseraCore

/// Which sources a background service renews next, and when it looks again: a pure function of when they are due.
struct RenewalSchedule: Sendable {
    /// The requests that may be under way at the same time.
    var limit = 16
    /// The longest sleep: sources come and go, and tokens may be refused meanwhile.
    var longestSleep = Duration.seconds(30)
    /// The shortest sleep, while there is more to do than may be done at once.
    var shortestSleep = Duration.milliseconds(100)

    struct Decision: Sendable, Equatable {
        /// The positions of the sources to renew now, the most overdue first.
        var renew: [Int]
        /// When to look again.
        var next: MonotonicInstant
    }

    /// - Parameters:
    ///   - due: When each source is due; nil for those that never are.
    ///   - underWay: The requests under way.
    func decide(due: [MonotonicInstant?], underWay: Int, now: MonotonicInstant) -> Decision {
        let known = due.enumerated().compactMap { index, due in due.map { (index, $0) } }
        let ready = known.filter { $0.1 <= now }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        let room = max(0, limit - max(0, underWay))
        let renew = ready.prefix(room).map(\.0)
        let soonest = now.advanced(by: shortestSleep)
        if ready.count > renew.count { return Decision(renew: renew, next: soonest) }
        let upcoming = known.filter { $0.1 > now }.map(\.1).min() ?? .distantFuture
        return Decision(renew: renew, next: max(soonest, min(upcoming, now.advanced(by: longestSleep))))
    }
}
#endif
