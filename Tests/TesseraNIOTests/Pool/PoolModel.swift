#if NIO
import NIOCore
import TesseraCore

@testable import TesseraNIO

/// What a pool's driver would know, kept beside the machine and compared with all that it says.
///
/// Requests and connections are numbers. Everything that breaks a promise is put into ``violations``.
struct PoolModel {
    typealias Machine = ConnectionPoolStateMachine<Int, Int>

    enum Version: Equatable {
        case unknown
        case http1
        case http2(limit: Int)
    }

    struct Connection {
        let id: ConnectionID
        let identity: Int
        var version = Version.unknown
        var exchanges: [Int] = []
        var wasUsed = false
        var isDraining = false
        var opened = NIODeadline.uptimeNanoseconds(0)
        var idleSince: NIODeadline?

        var isOpen: Bool { version != .unknown }
        var room: Int {
            switch version {
            case .unknown: 0
            case .http1: exchanges.isEmpty ? 1 : 0
            case .http2(let limit): max(0, limit - exchanges.count)
            }
        }
    }

    struct Waiter {
        let request: Int
        let ticket: Machine.Ticket
        let deadline: NIODeadline
        /// When its time to connect is up.
        let tired: NIODeadline
        let needsNew: Bool
    }

    static let identities = ["http://a.example", "https://b.example", "https://c.example:8443"].compactMap {
        try? Origin($0)
    }.map {
        ConnectionIdentity(origin: $0, proxy: nil, certificateGeneration: 0)
    }

    let limits: Machine.Limits
    var open: [Int: Connection] = [:]
    var waiting: [[Waiter]] = Array(repeating: [], count: identities.count)
    var ends: [Int: Int] = [:]
    var isShutDown = false
    var drainedCount = 0
    var mostAtOnce = 0
    var violations: [String] = []
    /// The event that is happening, for the text of a violation.
    var event = "nothing"

    mutating func violate(_ text: String) {
        if violations.count < 5 { violations.append("\(event): \(text)") }
    }

    mutating func end(_ request: Int) {
        ends[request, default: 0] += 1
        if ends[request] != 1 { violate("request \(request) ended \(ends[request] ?? 0) times") }
    }

    func isTooOld(_ connection: Connection, _ now: NIODeadline) -> Bool {
        limits.longestLife.map { connection.opened + $0 <= now } ?? false
    }

    /// When a connection without a request has to be closed.
    func idleEnd(_ connection: Connection) -> NIODeadline? {
        guard let since = connection.idleSince else { return nil }
        let end = since + limits.idleTime
        return limits.longestLife.map { min(end, connection.opened + $0) } ?? end
    }

    /// Whether a request could go on a connection at once.
    func suits(_ connection: Connection, needsNew: Bool, _ now: NIODeadline) -> Bool {
        connection.isOpen && !connection.isDraining && connection.room > 0 && !(needsNew && connection.wasUsed)
            && !isTooOld(connection, now)
    }

    /// The machine lends a connection.
    mutating func lend(_ number: Int, to request: Int, of identity: Int, needsNew: Bool, _ now: NIODeadline) {
        guard var connection = open[number] else { return violate("\(number) is lent and not open") }
        if connection.identity != identity { violate("\(number) is lent to another identity") }
        if !connection.isOpen { violate("\(number) is lent while it connects") }
        if connection.isDraining { violate("\(number) is lent while it drains") }
        if connection.room == 0 { violate("\(number) is lent above its room: \(connection.exchanges.count)") }
        if needsNew && connection.wasUsed { violate("\(number) is lent to who needs a new one") }
        if isTooOld(connection, now) { violate("\(number) is lent after its longest life") }
        connection.exchanges.append(request)
        connection.wasUsed = true
        connection.idleSince = nil
        open[number] = connection
    }

    /// Nobody who came before could have used what this request gets.
    mutating func checkTurn(of request: Int, on number: Int, ahead: ArraySlice<Waiter>) {
        let wasUsed = open[number]?.wasUsed ?? false
        if let first = ahead.first(where: { !($0.needsNew && wasUsed) }) {
            violate("request \(request) overtakes \(first.request)")
        }
    }

    mutating func take(_ request: Int) -> (Waiter, identity: Int, position: Int)? {
        for identity in waiting.indices {
            guard let position = waiting[identity].firstIndex(where: { $0.request == request }) else { continue }
            return (waiting[identity].remove(at: position), identity, position)
        }
        violate("request \(request) does not wait")
        return nil
    }

    mutating func connects(_ id: ConnectionID, _ identity: Int) {
        if isShutDown { violate("\(id.number) is opened after the shutdown") }
        let number = Int(id.number)
        if open.updateValue(Connection(id: id, identity: identity), forKey: number) != nil {
            violate("\(number) is opened twice")
        }
    }

    /// - Parameter end: The time at which only those may be closed whose idle time is over.
    mutating func closes(_ number: Int, asIdleAt end: NIODeadline? = nil) {
        guard let connection = open.removeValue(forKey: number) else { return violate("\(number) is closed twice") }
        if !connection.exchanges.isEmpty { violate("\(number) is closed under \(connection.exchanges)") }
        if let end, (idleEnd(connection) ?? .distantFuture) > end { violate("\(number) is closed too early") }
    }

    mutating func perform(
        _ actions: [Machine.Action], now: NIODeadline, isTick: Bool = false, isTimeout: Bool = false
    ) {
        for action in actions {
            switch action {
            case .run(let request, let number):
                guard let (waiter, identity, position) = take(request) else { continue }
                checkTurn(of: request, on: number, ahead: waiting[identity][..<position])
                lend(number, to: request, of: identity, needsNew: waiter.needsNew, now)
            case .connect(let id, let identity, _):
                connects(id, PoolModel.identities.firstIndex(of: identity) ?? 0)
            case .close(let number):
                closes(number, asIdleAt: isTick ? now : nil)
            case .giveUp(let id):
                guard let connection = open.removeValue(forKey: Int(id.number)) else {
                    violate("\(id.number) is given up and not there")
                    continue
                }
                let openings = open.values.count { $0.identity == connection.identity && !$0.isOpen }
                if connection.isOpen { violate("\(id.number) is given up and open") }
                if !isTick || openings < waiting[connection.identity].count {
                    violate("\(id.number) is given up, and somebody waits for it")
                }
            case .refuse(let request, let refusal):
                if let (waiter, _, _) = take(request) {
                    if [.deadline, .deadlineOfConnecting].contains(refusal), waiter.deadline > now {
                        violate("request \(request) is refused before its deadline")
                    }
                    if isTimeout, refusal == .connectFailed, waiter.tired > now {
                        violate("request \(request) fails with the time of another one")
                    }
                }
                end(request)
            case .drained:
                drainedCount += 1
                if !isShutDown || !open.isEmpty { violate("drained with \(open.count) connections") }
            }
        }
    }

    /// What must hold between any two events.
    mutating func check(_ machine: Machine, now: NIODeadline) {
        if machine.connectionCount != open.count {
            violate("the machine has \(machine.connectionCount) connections, the world \(open.count)")
        }
        let waiters = waiting.reduce(0) { $0 + $1.count }
        if machine.waiterCount != waiters {
            violate("the machine has \(machine.waiterCount) waiters, the world \(waiters)")
        }
        for (number, connection) in open where !connection.isDraining && machine.isDraining(connection.id) {
            noticeDraining(number, connection)
        }
        if isShutDown, waiters > 0 { violate("\(waiters) wait after the shutdown") }
        for identity in waiting.indices { checkGroup(identity, now) }
        let next = nextTick
        if machine.nextTick() != next {
            violate("next tick \(String(describing: machine.nextTick())), not \(String(describing: next))")
        }
    }

    /// The machine itself lets a connection drain only to make room for a new one.
    private mutating func noticeDraining(_ number: Int, _ connection: Connection) {
        let isReplaced = open.values.contains { $0.identity == connection.identity && !$0.isOpen }
        if case .http2 = connection.version, !connection.exchanges.isEmpty, isReplaced {
            open[number]?.isDraining = true
        } else {
            violate("\(number) drains without a reason")
        }
    }

    private mutating func checkGroup(_ identity: Int, _ now: NIODeadline) {
        let all = open.values.filter { $0.identity == identity }
        let live = all.filter { !$0.isDraining }
        mostAtOnce = max(mostAtOnce, live.count)
        if live.count > limits.connections { violate("\(live.count) connections, limit \(limits.connections)") }
        if let idle = all.first(where: { $0.isDraining && $0.exchanges.isEmpty }) {
            violate("\(idle.id.number) drains without a request and stays open")
        }
        guard let head = waiting[identity].first, !isShutDown else { return }
        if live.contains(where: { suits($0, needsNew: head.needsNew, now) }) {
            violate(
                "origin \(identity): request \(head.request)\(head.needsNew ? ", which needs a new one," : "") waits beside a free connection"
            )
        }
        let connecting = all.count { !$0.isOpen }
        let couldMakeRoom = live.contains { connection in
            if case .http2 = connection.version { true } else { connection.isOpen && connection.exchanges.isEmpty }
        }
        if waiting[identity].count(where: \.needsNew) > connecting, live.count >= limits.connections, couldMakeRoom {
            violate("origin \(identity): nobody makes room for a request that needs a new connection")
        }
        if live.count < limits.connections, !all.contains(where: { !$0.isOpen }) {
            violate(
                "origin \(identity): request \(head.request)\(head.needsNew ? ", which needs a new one," : "") waits, and nobody opens a connection"
            )
        }
    }

    private var nextTick: NIODeadline? {
        let deadlines = waiting.flatMap { $0.map(\.deadline) }
        let idle = open.values.compactMap(idleEnd)
        return (deadlines + idle).min()
    }
}
#endif
