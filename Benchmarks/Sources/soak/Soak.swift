import HTTPTypes
import Synchronization
import TesseraCore
import TesseraNIO

/// Many requests with random fates, from several lanes at once.
final class Soak: Sendable {
    struct Plan: Sendable {
        var origin: Origin
        var requests: Int
        var lanes: Int
        var seed: UInt64
        var isPlain: Bool
    }

    private let plan: Plan
    private let transport: NIOTransport
    private let nextID = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    let outcomes: Outcomes
    /// Resident bytes after each tenth of the run.
    private let memory = Mutex<[Int]>([])

    init(plan: Plan, transport: NIOTransport) {
        self.plan = plan
        self.transport = transport
        outcomes = Outcomes(count: plan.requests)
    }

    var finished: Int { done.load(ordering: .relaxed) }
    var memoryByTenths: [Int] { memory.withLock { $0 } }

    func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<plan.lanes { group.addTask { await self.lane() } }
        }
    }

    private func lane() async {
        while true {
            let id = nextID.wrappingAdd(1, ordering: .relaxed).oldValue
            guard id < plan.requests else { return }
            await one(id)
            let count = done.wrappingAdd(1, ordering: .relaxed).newValue
            if count.isMultiple(of: max(1, plan.requests / 10)) {
                memory.withLock { $0.append(ProcessState.residentBytes) }
            }
        }
    }

    private func one(_ id: Int) async {
        var dice = Dice(seed: plan.seed, id: id)
        let fate = Fate(&dice, isPlain: plan.isPlain)
        let request = makeRequest(id, fate)
        switch fate.caller {
        case .waits, .hasLittleTime: await send(id, request)
        case .cancels(let delay):
            let task = Task { await self.send(id, request) }
            try? await Task.sleep(for: .microseconds(delay))
            task.cancel()
            await task.value
        case .streams(let leavesEarly): await stream(id, request, leavesEarly)
        }
    }

    private func makeRequest(_ id: Int, _ fate: Fate) -> TransportRequest {
        let head = HTTPRequest(
            method: fate.method, scheme: plan.origin.scheme.rawValue, authority: plan.origin.authority,
            path: "/\(id)/\(fate.behaviour)")
        let body: OutgoingBody =
            switch fate.body {
            case .none: .none
            case .bytes(let count): .bytes([UInt8](repeating: 0x78, count: count))
            case .written(let count):
                .stream(length: id.isMultiple(of: 2) ? count : nil) { writer in
                    for start in stride(from: 0, to: count, by: 4096) {
                        try await writer.write([UInt8](repeating: 0x78, count: min(4096, count - start)))
                    }
                }
            case .writerFails:
                .stream(length: 1000) { writer in
                    try await writer.write("half")
                    throw WriterFailure()
                }
            }
        var time = Duration.seconds(20)
        if case .hasLittleTime(let milliseconds) = fate.caller { time = .milliseconds(milliseconds) }
        return TransportRequest(
            origin: plan.origin, head: head, body: body, deadline: Runtime.system.now().advanced(by: time),
            runtime: .system)
    }

    private struct WriterFailure: Error {}

    private func send(_ id: Int, _ request: TransportRequest) async {
        do throws(TransportFailure) {
            let reply = try await transport.send(request)
            outcomes.set(id, isRight(reply.head, reply.body.prefix(32), id) ? .answered : .wrong)
        } catch {
            outcomes.set(id, error)
        }
    }

    private func stream(_ id: Int, _ request: TransportRequest, _ leavesEarly: Bool) async {
        do {
            let outcome = try await transport.stream(request) { stream -> Outcomes.Outcome in
                if leavesEarly { return .left }
                var start: [UInt8] = []
                while let chunk = try await stream.nextChunk() {
                    if start.count < 32 { start += chunk.prefix(32) }
                }
                return isRight(stream.head, start[...], id) ? .answered : .wrong
            }
            outcomes.set(id, outcome)
        } catch let failure as TransportFailure {
            outcomes.set(id, failure)
        } catch {
            outcomes.set(id, .wrong)
        }
    }

    /// The server puts the request's number into the answer's head and in front of its body.
    private func isRight(_ head: HTTPResponse, _ start: ArraySlice<UInt8>, _ id: Int) -> Bool {
        guard let name = HTTPField.Name("X-Id"), head.headerFields[name] == "\(id)" else { return false }
        return plan.isPlain || start.starts(with: "\(id);".utf8)
    }
}
