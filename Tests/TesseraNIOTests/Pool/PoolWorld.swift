#if NIO
import NIOCore
import TesseraCore
import TesseraTesting

@testable import TesseraNIO

/// A pool's machine among random events: requests, answers, time, and servers that do as they please.
struct PoolWorld {
    /// A state and what happened in it, in words.
    struct Cell: Hashable {
        let state: String
        let event: String
    }

    private(set) var model: PoolModel
    private(set) var cells: [Cell: Int] = [:]
    private var machine: PoolModel.Machine
    private var dice: SeededRandom
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private var nextRequest = 0
    private var leftTickets: [PoolModel.Machine.Ticket] = []
    private var gone: [ConnectionID] = []
    private let loops = [Anchor(), Anchor()]

    private final class Anchor {}

    init(seed: UInt64) {
        dice = SeededRandom(seed: seed)
        var limits = PoolModel.Machine.Limits()
        limits.connections = 1 + dice.below(4)
        limits.queue = 1 + dice.below(8)
        limits.idleTime = .milliseconds(40)
        limits.longestLife = dice.chance(2) ? .milliseconds(150) : nil
        machine = PoolModel.Machine(limits: limits)
        model = PoolModel(limits: limits)
    }

    /// Lets `count` events happen and then everything end; what was promised and not kept is in the model.
    mutating func run(events count: Int) {
        for number in 0..<count where model.violations.isEmpty {
            now = now + .microseconds(Int64(dice.below(4000)))
            step(number, of: count)
            model.check(machine, now: now)
        }
        if model.violations.isEmpty { finish() }
    }

    private mutating func step(_ number: Int, of count: Int) {
        switch dice.below(20) {
        case 0..<7: lease()
        case 7: leave()
        case 8: tick()
        case 9: prewarm()
        case 10 where number > count / 2 && dice.chance(12): shutDown()
        case 11: lateEvent()
        default: connectionEvent()
        }
    }

    // MARK: Requests

    private mutating func lease() {
        let identity = dice.below(PoolModel.identities.count)
        let needsNew = dice.chance(6)
        let request = nextRequest
        let deadline = now + .milliseconds(Int64(5 + dice.below(120)))
        let connectLimit = TimeAmount.milliseconds(Int64(dice.below(20)))
        nextRequest += 1
        count(groupState(identity, needsNew), needsNew ? "lease a new one" : "lease")
        let loop = dice.chance(3) ? nil : ObjectIdentifier(loops[dice.below(2)])
        switch machine.lease(
            request, identity: PoolModel.identities[identity], deadline: deadline, connectLimit: connectLimit, now: now,
            loop: loop, needsNewConnection: needsNew)
        {
        case .run(let connection):
            model.checkTurn(of: request, on: connection, ahead: model.waiting[identity][...])
            model.lend(connection, to: request, of: identity, needsNew: needsNew, now)
        case .wait(let ticket, let opened, let evicted):
            if let evicted { model.closes(evicted) }
            model.waiting[identity].append(
                PoolModel.Waiter(
                    request: request, ticket: ticket, deadline: deadline, tired: now + connectLimit, needsNew: needsNew)
            )
            if let opened { model.connects(opened, identity) }
        case .refuse(let refusal):
            let isFull = model.waiting[identity].count >= model.limits.queue
            let expected: PoolModel.Machine.Refusal? = model.isShutDown ? .shutDown : isFull ? .queueFull : nil
            if refusal != expected { model.violate("request \(request) is refused for \(refusal)") }
            model.end(request)
        }
    }

    private mutating func leave() {
        let waiters = model.waiting.joined()
        if let waiter = waiters.randomElement(using: &dice), !dice.chance(5) {
            count("waiting", "leave")
            guard machine.leave(waiter.ticket) == waiter.request else {
                return model.violate("request \(waiter.request) could not leave")
            }
            _ = model.take(waiter.request)
            model.end(waiter.request)
            leftTickets.append(waiter.ticket)
        } else if let ticket = leftTickets.randomElement(using: &dice) {
            count("left", "leave")
            if machine.leave(ticket) != nil { model.violate("a request left twice") }
        }
    }

    // MARK: Time and life

    private mutating func tick() {
        if dice.chance(4) { now = now + .milliseconds(45) }
        count(model.isShutDown ? "shut down" : "open", "tick")
        model.perform(machine.tick(now: now), now: now, isTick: true)
        for waiter in model.waiting.joined() where waiter.deadline <= now {
            model.violate("request \(waiter.request) waits beyond its deadline")
        }
        for connection in model.open.values {
            guard let end = model.idleEnd(connection), end <= now else { continue }
            model.violate("\(connection.id.number) idles beyond its time")
        }
    }

    private mutating func prewarm() {
        let identity = dice.below(PoolModel.identities.count)
        count(model.isShutDown ? "shut down" : "open", "prewarm")
        for id in machine.prewarm(PoolModel.identities[identity], count: 1 + dice.below(3), now: now) {
            model.connects(id, identity)
        }
    }

    private mutating func shutDown() {
        count(model.isShutDown ? "shut down" : "open", "shut down")
        model.isShutDown = true
        model.perform(machine.shutDown(now: now), now: now)
    }

    // MARK: Connections

    private mutating func connectionEvent() {
        guard let number = model.open.keys.sorted().randomElement(using: &dice) else { return lease() }
        happens(to: number, dice.below(12))
    }

    /// - Parameter choice: Which of the events that can happen to a connection in its state.
    private mutating func happens(to number: Int, _ choice: Int) {
        guard let connection = model.open[number] else { return }
        let state = PoolWorld.state(of: connection)
        guard connection.isOpen else {
            // The third origin stands behind machines that don't agree on the version.
            let isHTTP2 = connection.identity == 1 || connection.identity == 2 && choice >= 4
            guard choice >= 8 else {
                count(state, "connected, HTTP/\(isHTTP2 ? "2" : "1.1")")
                return connect(connection, isHTTP2: isHTTP2)
            }
            count(state, choice < 10 ? "connect failed" : "connect took too long")
            return failToConnect(connection, isTimeout: choice >= 10)
        }
        switch (choice, connection.version) {
        case (0, _):
            count(state, "closed")
            close(connection)
        case (1, _):
            count(state, "drains")
            model.open[number]?.isDraining = true
            model.perform(machine.drains(connection.id, now: now), now: now)
        case (2...4, .http2):
            count(state, "stream limit")
            let limit = dice.below(4)
            model.open[number]?.version = .http2(limit: limit)
            model.perform(machine.streamLimitChanged(connection.id, to: limit, now: now), now: now)
        case (_, _):
            guard !connection.exchanges.isEmpty else { return }
            let isReusable = choice != 5
            count(state, isReusable ? "released" : "released, spent")
            release(connection, isReusable: isReusable)
        }
    }

    private mutating func connect(_ connection: PoolModel.Connection, isHTTP2: Bool) {
        let number = Int(connection.id.number)
        let limit = isHTTP2 ? dice.below(4) : nil
        model.open[number]?.version = limit.map { .http2(limit: $0) } ?? .http1
        model.open[number]?.opened = now
        model.open[number]?.idleSince = now
        let loop = ObjectIdentifier(loops[dice.below(2)])
        model.perform(
            machine.connected(connection.id, number, streamLimit: limit, loop: loop, now: now), now: now)
    }

    private mutating func failToConnect(_ connection: PoolModel.Connection, isTimeout: Bool = false) {
        model.open[Int(connection.id.number)] = nil
        gone.append(connection.id)
        let actions = machine.connectFailed(connection.id, isTimeout: isTimeout, now: now)
        model.perform(actions, now: now, isTimeout: isTimeout)
        guard isTimeout, !model.open.values.contains(where: { $0.identity == connection.identity }) else { return }
        for waiter in model.waiting[connection.identity] where waiter.tired <= now {
            model.violate("request \(waiter.request) waits on, and its time to connect is up")
        }
    }

    private mutating func close(_ connection: PoolModel.Connection) {
        model.open[Int(connection.id.number)] = nil
        gone.append(connection.id)
        for request in connection.exchanges { model.end(request) }
        model.perform(machine.closed(connection.id, now: now), now: now)
    }

    private mutating func release(_ connection: PoolModel.Connection, isReusable: Bool) {
        var after = connection
        let request = after.exchanges.remove(at: dice.below(after.exchanges.count))
        if after.exchanges.isEmpty { after.idleSince = now }
        if !isReusable || model.isTooOld(connection, now) || model.isShutDown { after.isDraining = true }
        model.open[Int(connection.id.number)] = after
        model.end(request)
        model.perform(machine.released(connection.id, isReusable: isReusable, now: now), now: now)
    }

    /// What is said about a connection that is gone changes nothing.
    private mutating func lateEvent() {
        guard let id = gone.randomElement(using: &dice), model.open[Int(id.number)] == nil else { return }
        let actions: [PoolModel.Machine.Action]
        switch dice.below(5) {
        case 0:
            count("gone", "released")
            actions = machine.released(id, isReusable: true, now: now)
        case 1:
            count("gone", "closed")
            actions = machine.closed(id, now: now)
        case 2:
            count("gone", "drains")
            actions = machine.drains(id, now: now)
        case 3:
            count("gone", "stream limit")
            actions = machine.streamLimitChanged(id, to: 3, now: now)
        default:
            count("gone", "connect failed")
            actions = machine.connectFailed(id, isTimeout: dice.chance(2), now: now)
        }
        if !actions.isEmpty { model.violate("a connection that is gone still matters: \(actions)") }
    }

    // MARK: The end

    private mutating func finish() {
        shutDown()
        while let number = model.open.keys.min(), model.violations.isEmpty {
            guard let connection = model.open[number] else { break }
            if connection.isOpen, connection.exchanges.isEmpty {
                return model.violate("\(number) idles after the shutdown")
            }
            if !connection.isOpen {
                dice.chance(2) ? connect(connection, isHTTP2: false) : failToConnect(connection)
            } else if dice.chance(3) {
                close(connection)
            } else {
                release(connection, isReusable: true)
            }
            model.check(machine, now: now)
        }
        if model.drainedCount == 0 { model.violate("never drained") }
        if machine.connectionCount + machine.waiterCount != 0 { model.violate("something is left") }
        for request in 0..<nextRequest where model.ends[request] != 1 {
            model.violate("request \(request) ended \(model.ends[request] ?? 0) times")
        }
    }

    // MARK: Cells

    private mutating func count(_ state: String, _ event: String) {
        model.event = "\(event) (\(state))"
        cells[Cell(state: state, event: event), default: 0] += 1
    }

    private func groupState(_ identity: Int, _ needsNew: Bool) -> String {
        if model.isShutDown { return "shut down" }
        if !model.waiting[identity].isEmpty { return "others wait" }
        let all = model.open.values.filter { $0.identity == identity }
        if all.isEmpty { return "no connection" }
        if all.contains(where: { model.suits($0, needsNew: needsNew, now) }) { return "one is free" }
        return all.count < model.limits.connections ? "none is free" : "at the limit"
    }

    private static func state(of connection: PoolModel.Connection) -> String {
        switch connection.version {
        case .unknown: "connecting"
        case .http1 where connection.isDraining: "HTTP/1.1 drains"
        case .http1: connection.exchanges.isEmpty ? "HTTP/1.1 idle" : "HTTP/1.1 busy"
        case .http2 where connection.isDraining: "HTTP/2 drains"
        case .http2(let limit):
            connection.exchanges.isEmpty
                ? "HTTP/2 idle" : connection.exchanges.count < limit ? "HTTP/2 has room" : "HTTP/2 full"
        }
    }
}

extension SeededRandom {
    fileprivate mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
    fileprivate mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
}
#endif
