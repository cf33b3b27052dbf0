#if NIO
import DequeModule
import NIOCore
import TesseraCore

/// Decides which request gets which connection, and when connections are opened and closed. A value without I/O.
///
/// Connections with the same identity form a group. A request takes a free connection or a free HTTP/2 stream; else it
/// waits in its group's queue, first come, first served, and a connection is opened if the limit allows. Generic over
/// what stands for requests and connections, so that tests need no network.
struct ConnectionPoolStateMachine<Request, Connection> {
    struct Limits {
        /// HTTP/1.1 connections to one identity, those being opened included.
        var connections = 64
        /// Requests that wait for a connection to one identity.
        var queue = 100_000
        /// How long a connection stays open without a request.
        var idleTime = TimeAmount.seconds(60)
        /// How long a connection is used at all; nil for ever.
        var longestLife: TimeAmount?
    }

    /// What the driver does, in this order, outside the lock.
    enum Action {
        case run(Request, Connection)
        case connect(ConnectionID, ConnectionIdentity, limit: TimeAmount)
        case close(Connection)
        /// Opening it takes longer than those who waited for it had time.
        case giveUp(ConnectionID)
        case refuse(Request, Refusal)
        case drained
    }

    enum Refusal: Equatable {
        case shutDown
        case queueFull
        /// No connection was free in time.
        case deadline
        /// The only connections there are were still being opened.
        case deadlineOfConnecting
        /// The connection that the request waited for could not be opened.
        case connectFailed
    }

    /// A request's place in a queue.
    struct Ticket: Hashable, Sendable {
        var group: Int
        var number: UInt64
    }

    enum Lease {
        /// The request goes on this connection.
        case run(Connection)
        /// The request waits; the driver opens a connection if one is named, and closes one that made room for it.
        case wait(Ticket, connect: ConnectionID?, close: Connection?)
        case refuse(Refusal)
    }

    private typealias Group = ConnectionGroup<Request, Connection>

    private let limits: Limits
    private var groups: [Group] = []
    /// Groups without connections and waiters, whose places the next identities take.
    private var freeGroups: [Int] = []
    private var groupOfIdentity: [ConnectionIdentity: Int] = [:]
    /// The group asked for last: most programs talk to few origins, and comparing is cheaper than hashing.
    private var lastGroup = 0
    private var nextConnection: UInt64 = 0
    private var nextWaiter: UInt64 = 0
    private(set) var isShutDown = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// All connections, those being opened included.
    var connectionCount: Int { groups.reduce(0) { $0 + $1.connectionCount } }
    /// Requests that wait.
    var waiterCount: Int { groups.reduce(0) { $0 + $1.waiters.count } }

    // MARK: Requests

    /// A request wants a connection.
    ///
    /// - Parameters:
    ///   - connectLimit: How long opening a connection for it may take.
    ///   - loop: The event loop on which the caller runs; its connections are preferred, they cost no hop.
    ///   - needsNewConnection: Not one that carried requests before.
    mutating func lease(
        _ request: @autoclosure () -> Request, identity: ConnectionIdentity, deadline: NIODeadline,
        connectLimit: @autoclosure () -> TimeAmount, now: NIODeadline, loop: ObjectIdentifier? = nil,
        needsNewConnection: Bool = false
    ) -> Lease {
        guard !isShutDown else { return .refuse(.shutDown) }
        let index = groupIndex(of: identity)
        if let connection = groups[index].takeFree(
            loop: loop, isNew: needsNewConnection, longestLife: limits.longestLife, now: now)
        {
            return .run(connection)
        }
        guard groups[index].waiters.count < limits.queue else {
            dissolveIfEmpty(index)
            return .refuse(.queueFull)
        }
        nextWaiter += 1
        groups[index].waiters.append(
            WaiterQueue.Waiter(
                number: nextWaiter, request: request(), deadline: deadline, since: now, connectLimit: connectLimit(),
                needsNewConnection: needsNewConnection))
        let room = groups[index].roomForAnother(limit: limits.connections)
        return .wait(
            Ticket(group: index, number: nextWaiter), connect: room.isThere ? open(index, now) : nil,
            close: room.evicted)
    }

    /// A waiting request's caller has left. Returns the request if it was still waiting.
    mutating func leave(_ ticket: Ticket) -> Request? {
        guard groups.indices.contains(ticket.group) else { return nil }
        let request = groups[ticket.group].waiters.remove(ticket.number)
        if request != nil { dissolveIfEmpty(ticket.group) }
        return request
    }

    // MARK: Connections

    /// A connection is open. HTTP/2 connections say how many streams there may be.
    mutating func connected(
        _ id: ConnectionID, _ connection: Connection, streamLimit: Int?, loop: ObjectIdentifier?, now: NIODeadline
    ) -> [Action] {
        guard case .connecting? = use(of: id) else { return [.close(connection)] }
        guard !isShutDown else {
            groups[id.group].remove(id.slot)
            dissolveIfEmpty(id.group)
            return [.close(connection)] + drainedAction()
        }
        groups[id.group].connected(id.slot, connection, streamLimit: streamLimit, loop: loop, now: now)
        return serveWaiters(id.group, now: now)
    }

    /// A connection could not be opened.
    ///
    /// Where another connection lives or is being opened, only the request that has waited longest fails with it;
    /// otherwise nobody who waits has anything to hope for. Time that is up is up for those who have waited so long.
    mutating func connectFailed(_ id: ConnectionID, isTimeout: Bool, now: NIODeadline) -> [Action] {
        guard case .connecting? = use(of: id) else { return [] }
        groups[id.group].remove(id.slot)
        var actions: [Action] = []
        let hasOthers = groups[id.group].connectionCount > 0
        if isTimeout {
            actions = groups[id.group].waiters.popTired(now: now, atMost: hasOthers ? 1 : .max)
                .map { .refuse($0, .connectFailed) }
        } else {
            while let request = groups[id.group].waiters.popFirst() {
                actions.append(.refuse(request, .connectFailed))
                if hasOthers { break }
            }
        }
        actions += replaceIfWanted(id.group, now: now, isFirst: isTimeout && !hasOthers)
        dissolveIfEmpty(id.group)
        return actions + drainedAction()
    }

    /// An HTTP/1.1 connection has done its exchange, or an HTTP/2 connection one of its streams.
    ///
    /// - Parameter isReusable: Whether another request may follow.
    /// - Returns: What to do; empty when the connection just stays.
    mutating func released(_ id: ConnectionID, isReusable: Bool, now: NIODeadline) -> [Action] {
        guard holds(id) else { return [] }
        let lasts = groups[id.group].released(
            id.slot, isReusable: isReusable && !isShutDown, longestLife: limits.longestLife, now: now)
        guard !lasts else { return groups[id.group].waiters.isEmpty ? [] : serveWaiters(id.group, now: now) }
        return closeIfIdle(id, now) + replaceIfWanted(id.group, now: now)
    }

    /// An HTTP/2 peer allows another number of streams.
    mutating func streamLimitChanged(_ id: ConnectionID, to limit: Int, now: NIODeadline) -> [Action] {
        guard holds(id), groups[id.group].limitStreams(id.slot, to: limit) else { return [] }
        return serveWaiters(id.group, now: now)
    }

    /// The connection takes no new requests (GOAWAY, RFC 9113 §6.8).
    mutating func drains(_ id: ConnectionID, now: NIODeadline) -> [Action] {
        guard holds(id) else { return [] }
        groups[id.group].drain(id.slot)
        return closeIfIdle(id, now) + replaceIfWanted(id.group, now: now)
    }

    /// The connection is closed.
    mutating func closed(_ id: ConnectionID, now: NIODeadline) -> [Action] {
        guard holds(id) else { return [] }
        groups[id.group].remove(id.slot)
        let actions = replaceIfWanted(id.group, now: now)
        dissolveIfEmpty(id.group)
        return actions + drainedAction()
    }

    // MARK: Time

    /// When ``tick(now:)`` has something to do next.
    func nextTick() -> NIODeadline? {
        groups.compactMap { $0.nextTick(idleTime: limits.idleTime, longestLife: limits.longestLife) }.min()
    }

    /// Ends what has waited or idled long enough.
    mutating func tick(now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        for index in groups.indices where !groups[index].isEmpty {
            let refusal: Refusal = groups[index].isOnlyConnecting ? .deadlineOfConnecting : .deadline
            let expired = groups[index].waiters.expire(now: now)
            actions += expired.map { .refuse($0, refusal) }
            // Else those that come next would wait for what has kept these waiting.
            if !expired.isEmpty { actions += giveUpSurplus(index) }
            for slot in groups[index].expired(idleTime: limits.idleTime, longestLife: limits.longestLife, now: now) {
                actions += close(slot, index)
            }
            actions += replaceIfWanted(index, now: now)
            dissolveIfEmpty(index)
        }
        return actions
    }

    // MARK: Life

    /// Opens connections before anybody asks for them; returns which.
    mutating func prewarm(_ identity: ConnectionIdentity, count: Int, now: NIODeadline) -> [ConnectionID] {
        guard !isShutDown else { return [] }
        let index = groupIndex(of: identity)
        var opened: [ConnectionID] = []
        while groups[index].connectionCount < min(count, limits.connections) { opened.append(open(index, now)) }
        dissolveIfEmpty(index)
        return opened
    }

    /// Takes no more requests, closes what idles, and lets exchanges under way end.
    mutating func shutDown(now: NIODeadline) -> [Action] {
        isShutDown = true
        var actions: [Action] = []
        for index in groups.indices where !groups[index].isEmpty {
            while let request = groups[index].waiters.popFirst() { actions.append(.refuse(request, .shutDown)) }
            for slot in groups[index].idleSlots() { actions += close(slot, index) }
            dissolveIfEmpty(index)
        }
        return actions + drainedAction()
    }

    /// Whether the connection takes no new requests any more.
    func isDraining(_ id: ConnectionID) -> Bool {
        groups.indices.contains(id.group) && groups[id.group].isDraining(id)
    }

    // MARK: Pieces

    private func holds(_ id: ConnectionID) -> Bool {
        groups.indices.contains(id.group) && groups[id.group].holds(id)
    }

    private func use(of id: ConnectionID) -> ConnectionRecord.Use? {
        groups.indices.contains(id.group) ? groups[id.group].use(of: id) : nil
    }

    private mutating func groupIndex(of identity: ConnectionIdentity) -> Int {
        if groups.indices.contains(lastGroup), !groups[lastGroup].isEmpty, groups[lastGroup].identity == identity {
            return lastGroup
        }
        if let index = groupOfIdentity[identity] {
            lastGroup = index
            return index
        }
        let index: Int
        if let free = freeGroups.popLast() {
            index = free
            groups[index] = Group(identity: identity)
        } else {
            index = groups.count
            groups.append(Group(identity: identity))
        }
        groupOfIdentity[identity] = index
        lastGroup = index
        return index
    }

    private mutating func dissolveIfEmpty(_ index: Int) {
        guard groups[index].isEmpty, groupOfIdentity[groups[index].identity] == index else { return }
        groupOfIdentity[groups[index].identity] = nil
        freeGroups.append(index)
    }

    private mutating func serveWaiters(_ index: Int, now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        while let first = groups[index].waiters.first {
            var needsNew = first.needsNewConnection
            var connection = takeFree(index, isNew: needsNew, now)
            if connection == nil, needsNew, groups[index].waiters.hasAny {
                // What is no good for this one may do for those behind it.
                needsNew = false
                connection = takeFree(index, isNew: false, now)
            }
            guard let connection, let request = groups[index].waiters.popFirst(needingNew: needsNew) else { break }
            actions.append(.run(request, connection))
        }
        return actions + replaceIfWanted(index, now: now)
    }

    private mutating func takeFree(_ index: Int, isNew: Bool, _ now: NIODeadline) -> Connection? {
        groups[index].takeFree(loop: nil, isNew: isNew, longestLife: limits.longestLife, now: now)
    }

    private mutating func open(_ index: Int, _ now: NIODeadline) -> ConnectionID {
        nextConnection += 1
        return ConnectionID(
            number: nextConnection, group: index, slot: groups[index].open(nextConnection, now: now))
    }

    /// Opens a connection if more requests wait than connections are on their way.
    ///
    /// - Parameter isFirst: Those who wait have waited for nothing but a connection to be opened: then their time to
    ///   connect is running already.
    private mutating func replaceIfWanted(_ index: Int, now: NIODeadline, isFirst: Bool = false) -> [Action] {
        guard !isShutDown, !groups[index].waiters.isEmpty else { return [] }
        var actions: [Action] = []
        while true {
            let room = groups[index].roomForAnother(limit: limits.connections)
            guard room.isThere else { return actions }
            if let evicted = room.evicted { actions.append(.close(evicted)) }
            let limit = groups[index].waiters.connectLimit(now: now, isFirst: isFirst)
            actions.append(.connect(open(index, now), groups[index].identity, limit: limit))
        }
    }

    private mutating func giveUpSurplus(_ index: Int) -> [Action] {
        groups[index].surplusOpenings().map { slot, number in
            groups[index].remove(slot)
            return .giveUp(ConnectionID(number: number, group: index, slot: slot))
        }
    }

    private mutating func closeIfIdle(_ id: ConnectionID, _ now: NIODeadline) -> [Action] {
        guard groups[id.group].isIdle(id.slot) else { return [] }
        var actions = close(id.slot, id.group)
        actions += replaceIfWanted(id.group, now: now)
        dissolveIfEmpty(id.group)
        return actions + drainedAction()
    }

    private mutating func close(_ slot: Int, _ index: Int) -> [Action] {
        groups[index].remove(slot).map { [.close($0)] } ?? []
    }

    private func drainedAction() -> [Action] {
        isShutDown && connectionCount == 0 ? [.drained] : []
    }
}
#endif
