#if NIO
import DequeModule
import NIOCore

/// The requests that wait for a connection of a ``ConnectionGroup``, first come, first served.
///
/// Those that need a new connection stand apart: one that has carried a request finds whom it serves at once, however many
/// of the others wait.
struct WaiterQueue<Request> {
    struct Waiter {
        /// Grows from waiter to waiter.
        var number: UInt64
        var request: Request
        var deadline: NIODeadline
        /// When it began to wait.
        var since: NIODeadline
        /// How long opening a connection for it may take.
        var connectLimit: TimeAmount
        var needsNewConnection: Bool

        /// Whether it would have given up opening a connection by itself.
        fileprivate func isTired(_ now: NIODeadline) -> Bool { since + connectLimit <= now }
    }

    private var forAny: Deque<Waiter> = []
    private var forNew: Deque<Waiter> = []
    /// Of all who came since nobody waited: their longest time to connect, and when the last of them gives up.
    private var longestLimit = TimeAmount.nanoseconds(0)
    private var lastPatience = NIODeadline.uptimeNanoseconds(0)

    var count: Int { forAny.count + forNew.count }
    var isEmpty: Bool { forAny.isEmpty && forNew.isEmpty }
    /// Whether somebody waits whom a used connection serves.
    var hasAny: Bool { !forAny.isEmpty }

    /// How many wait who need a new connection.
    var newCount: Int { forNew.count }

    /// How long opening a connection for those who wait may take: as long as the most patient of them allows.
    ///
    /// - Parameter isFirst: Whether their time has been running since they came.
    func connectLimit(now: NIODeadline, isFirst: Bool) -> TimeAmount {
        isFirst && lastPatience > now ? lastPatience - now : longestLimit
    }

    /// The one that has waited longest.
    var first: Waiter? {
        guard let any = forAny.first else { return forNew.first }
        guard let new = forNew.first else { return any }
        return any.number < new.number ? any : new
    }

    /// When the first of them has waited long enough.
    var nextDeadline: NIODeadline? {
        [forAny, forNew].compactMap { $0.lazy.map(\.deadline).min() }.min()
    }

    mutating func append(_ waiter: Waiter) {
        if isEmpty { (longestLimit, lastPatience) = (.nanoseconds(0), .uptimeNanoseconds(0)) }
        longestLimit = max(longestLimit, waiter.connectLimit)
        lastPatience = max(lastPatience, waiter.since + waiter.connectLimit)
        if waiter.needsNewConnection { forNew.append(waiter) } else { forAny.append(waiter) }
    }

    /// Takes out the one that has waited longest.
    mutating func popFirst() -> Request? {
        guard let first else { return nil }
        return popFirst(needingNew: first.needsNewConnection)
    }

    /// Takes out the one that has waited longest for a new connection, or for any.
    mutating func popFirst(needingNew: Bool) -> Request? {
        (needingNew ? forNew.popFirst() : forAny.popFirst())?.request
    }

    /// Takes out those for whom opening a connection has taken too long, at most `count`.
    mutating func popTired(now: NIODeadline, atMost count: Int) -> [Request] {
        let tired = (forAny + forNew).filter { $0.isTired(now) }.sorted { $0.number < $1.number }.prefix(count)
        let numbers = Set(tired.map(\.number))
        forAny.removeAll { numbers.contains($0.number) }
        forNew.removeAll { numbers.contains($0.number) }
        return tired.map(\.request)
    }

    mutating func remove(_ number: UInt64) -> Request? {
        if let position = forAny.firstIndex(where: { $0.number == number }) {
            return forAny.remove(at: position).request
        }
        return forNew.firstIndex { $0.number == number }.map { forNew.remove(at: $0).request }
    }

    /// Takes out those whose time is over.
    mutating func expire(now: NIODeadline) -> [Request] {
        guard let next = nextDeadline, next <= now else { return [] }
        let expired = (forAny + forNew).filter { $0.deadline <= now }
        forAny.removeAll { $0.deadline <= now }
        forNew.removeAll { $0.deadline <= now }
        return expired.sorted { $0.number < $1.number }.map(\.request)
    }
}
#endif
