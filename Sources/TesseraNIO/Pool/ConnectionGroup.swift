#if NIO
import NIOCore
import TesseraCore

/// The connections with one identity, and the requests that wait for one of them. A value without I/O, and a part of
/// the ``ConnectionPoolStateMachine``.
struct ConnectionGroup<Request, Connection> {
    let identity: ConnectionIdentity
    /// What is known of each connection, beside it: records without references are read and changed in place.
    private var slots: [ConnectionRecord?] = []
    private var connections: [Connection?] = []
    private var freeSlots: [Int] = []
    /// Free HTTP/1.1 connections, the one used last at the end: what is left over grows old and is closed.
    private var idle: [Int] = []
    /// How many of them have carried no request.
    private var unusedIdle = 0
    var waiters = WaiterQueue<Request>()
    private(set) var connecting = 0
    /// How many of the connections carry HTTP/2.
    private var multiplexed = 0
    private(set) var connectionCount = 0
    /// How many of the connections take no new request.
    private var draining = 0
    /// The last connection spoke HTTP/2, or the first may: one is enough to try then.
    private var speaksHTTP2: Bool

    init(identity: ConnectionIdentity) {
        self.identity = identity
        speaksHTTP2 = identity.origin.scheme == .https
    }

    /// Whether there are connections, and none is open yet.
    var isOnlyConnecting: Bool { connecting > 0 && connecting == connectionCount }
    var isEmpty: Bool { connectionCount == 0 && waiters.isEmpty }

    // MARK: Members

    /// Whether the connection is one of this group still, and not another in its place.
    func holds(_ id: ConnectionID) -> Bool {
        slots.indices.contains(id.slot) && slots[id.slot]?.number == id.number
    }

    func isDraining(_ id: ConnectionID) -> Bool {
        holds(id) && slots[id.slot]?.isDraining == true
    }

    func use(of id: ConnectionID) -> ConnectionRecord.Use? {
        holds(id) ? slots[id.slot]?.use : nil
    }

    mutating func open(_ number: UInt64, now: NIODeadline) -> Int {
        connecting += 1
        connectionCount += 1
        let record = ConnectionRecord(number: number, use: .connecting, loop: nil, since: now)
        if let slot = freeSlots.popLast() {
            slots[slot] = record
            return slot
        }
        slots.append(record)
        connections.append(nil)
        return slots.count - 1
    }

    mutating func connected(
        _ slot: Int, _ connection: Connection, streamLimit: Int?, loop: ObjectIdentifier?, now: NIODeadline
    ) {
        connecting -= 1
        speaksHTTP2 = streamLimit != nil
        connections[slot] = connection
        slots[slot]?.loop = loop
        slots[slot]?.since = now
        if let streamLimit {
            multiplexed += 1
            slots[slot]?.use = .multiplexed(streams: 0, limit: max(0, streamLimit), idleSince: now)
        } else {
            slots[slot]?.use = .idle(since: now)
            idle.append(slot)
            unusedIdle += 1
        }
    }

    /// An exchange is over. Returns whether the connection may take another one.
    mutating func released(_ slot: Int, isReusable: Bool, longestLife: TimeAmount?, now: NIODeadline) -> Bool {
        let lasts = isReusable && slots[slot]?.isDraining == false && !isTooOld(slot, longestLife, now)
        switch slots[slot]?.use {
        case .busy:
            slots[slot]?.use = .idle(since: now)
            if lasts { idle.append(slot) }
        case .multiplexed(let streams, let limit, _):
            let rest = max(0, streams - 1)
            slots[slot]?.use = .multiplexed(streams: rest, limit: limit, idleSince: rest == 0 ? now : nil)
        case .connecting, .idle, nil: return true
        }
        if !lasts { markDraining(slot) }
        return lasts
    }

    mutating func limitStreams(_ slot: Int, to limit: Int) -> Bool {
        guard case .multiplexed(let streams, _, let idle)? = slots[slot]?.use else { return false }
        slots[slot]?.use = .multiplexed(streams: streams, limit: max(0, limit), idleSince: idle)
        return true
    }

    mutating func drain(_ slot: Int) {
        markDraining(slot)
        takeOutOfIdle(slot)
    }

    private mutating func markDraining(_ slot: Int) {
        guard slots[slot]?.isDraining == false else { return }
        slots[slot]?.isDraining = true
        draining += 1
    }

    private mutating func takeOutOfIdle(_ slot: Int) {
        guard let position = idle.lastIndex(of: slot) else { return }
        idle.remove(at: position)
        if slots[slot]?.isUsed == false { unusedIdle -= 1 }
    }

    func isIdle(_ slot: Int) -> Bool { slots[slot]?.idleSince != nil }

    /// Takes a connection out; that it is closed is no news later.
    @discardableResult
    mutating func remove(_ slot: Int) -> Connection? {
        guard let record = slots[slot] else { return nil }
        takeOutOfIdle(slot)
        slots[slot] = nil
        defer { connections[slot] = nil }
        freeSlots.append(slot)
        connectionCount -= 1
        if record.isDraining { draining -= 1 }
        switch record.use {
        case .connecting: connecting -= 1
        case .multiplexed: multiplexed -= 1
        case .idle, .busy: break
        }
        return connections[slot]
    }

    /// The connections that have idled, or lived, long enough.
    func expired(idleTime: TimeAmount, longestLife: TimeAmount?, now: NIODeadline) -> [Int] {
        slots.indices.filter { slot in idleEnd(slot, idleTime, longestLife).map { $0 <= now } ?? false }
    }

    /// The connections without requests.
    func idleSlots() -> [Int] {
        slots.indices.filter { isIdle($0) }
    }

    /// When something here has waited or idled long enough.
    func nextTick(idleTime: TimeAmount, longestLife: TimeAmount?) -> NIODeadline? {
        var next = waiters.nextDeadline
        for slot in slots.indices {
            guard let end = idleEnd(slot, idleTime, longestLife) else { continue }
            next = min(next ?? end, end)
        }
        return next
    }

    private func idleEnd(_ slot: Int, _ idleTime: TimeAmount, _ longestLife: TimeAmount?) -> NIODeadline? {
        guard let record = slots[slot], let since = record.idleSince else { return nil }
        let end = since + idleTime
        return longestLife.map { min(end, record.since + $0) } ?? end
    }

    private func isTooOld(_ slot: Int, _ longestLife: TimeAmount?, _ now: NIODeadline) -> Bool {
        guard let longestLife, let since = slots[slot]?.since else { return false }
        return since + longestLife <= now
    }

    // MARK: Taking

    /// A free stream or connection, marked as taken.
    mutating func takeFree(
        loop: ObjectIdentifier?, isNew: Bool, longestLife: TimeAmount?, now: NIODeadline
    ) -> Connection? {
        if multiplexed > 0, let connection = takeStream(isNew, longestLife, now) { return connection }
        guard let position = freePosition(loop, isNew, longestLife, now) else { return nil }
        let slot = idle.remove(at: position)
        if slots[slot]?.isUsed == false { unusedIdle -= 1 }
        slots[slot]?.use = .busy
        slots[slot]?.isUsed = true
        return connections[slot]
    }

    /// The connection used last, or one on the caller's loop if that is found at once.
    private func freePosition(
        _ loop: ObjectIdentifier?, _ isNew: Bool, _ longestLife: TimeAmount?, _ now: NIODeadline
    ) -> Int? {
        // Those that wait for a new connection ask whenever one is given back.
        guard !isNew || unusedIdle > 0 else { return nil }
        var fallback: Int?
        for position in idle.indices.reversed() {
            let slot = idle[position]
            if (isNew && slots[slot]?.isUsed == true) || isTooOld(slot, longestLife, now) { continue }
            guard let loop, slots[slot]?.loop != loop else { return position }
            let first = fallback ?? position
            // A hop is cheaper than a long search.
            guard first - position < 8 else { break }
            fallback = first
        }
        return fallback
    }

    private mutating func takeStream(_ isNew: Bool, _ longestLife: TimeAmount?, _ now: NIODeadline) -> Connection? {
        for slot in slots.indices {
            guard case .multiplexed(let streams, let limit, _)? = slots[slot]?.use, streams < limit,
                slots[slot]?.isDraining == false, !isTooOld(slot, longestLife, now),
                !(isNew && slots[slot]?.isUsed == true)
            else { continue }
            slots[slot]?.use = .multiplexed(streams: streams + 1, limit: limit, idleSince: nil)
            slots[slot]?.isUsed = true
            return connections[slot]
        }
        return nil
    }

    /// Whether a connection should be opened for those who wait, and which has to make room for it.
    ///
    /// At the limit, a request that needs a new connection gets the place of one that idles, or of one with HTTP/2, which
    /// takes no more streams then.
    mutating func roomForAnother(limit: Int) -> (isThere: Bool, evicted: Connection?) {
        // Several connections are opened only when the peer is known not to multiplex, or when each is for one who needs
        // a new one.
        let wanted = speaksHTTP2 ? max(1, waiters.newCount) : waiters.count
        guard min(wanted, waiters.count) > connecting else { return (false, nil) }
        guard connectionCount - draining >= limit else { return (true, nil) }
        guard waiters.newCount > connecting else { return (false, nil) }
        if let oldest = idle.first { return (true, remove(oldest)) }
        guard let slot = leastBusyMultiplexed() else { return (false, nil) }
        if isIdle(slot) { return (true, remove(slot)) }
        markDraining(slot)
        return (true, nil)
    }

    /// The connections being opened, the oldest first, for which nobody waits.
    func surplusOpenings() -> [(slot: Int, number: UInt64)] {
        guard connecting > waiters.count else { return [] }
        let opening = slots.indices.compactMap { slot -> (slot: Int, number: UInt64)? in
            guard let record = slots[slot], case .connecting = record.use else { return nil }
            return (slot, record.number)
        }
        return Array(opening.sorted { $0.number < $1.number }.prefix(connecting - waiters.count))
    }

    private func leastBusyMultiplexed() -> Int? {
        var least: (slot: Int, streams: Int)?
        for slot in slots.indices where slots[slot]?.isDraining == false {
            guard case .multiplexed(let streams, _, _)? = slots[slot]?.use, streams < least?.streams ?? .max else {
                continue
            }
            least = (slot, streams)
        }
        return least?.slot
    }
}
#endif
