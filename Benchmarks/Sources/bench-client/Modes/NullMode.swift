import BenchSupport

/// No network: the cost of the loop around the requests, and the pair of any client over a null transport.
struct NullMode: Mode {
    static let name = "null"

    private let transport: any CannedTransport = CannedAnswer()
    private let concurrency: Int

    init(_ plan: Plan) {
        concurrency = plan.concurrency
    }

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [transport, concurrency] in
            await sumInTasks(shares(of: requests, among: concurrency)) { await countBad(transport, times: $0) }
        }
    }

    func shutdown() {}
}

/// An existential, because that is how a session holds its transport.
private protocol CannedTransport: Sendable {
    func answer() async throws -> (status: Int, body: [UInt8])
}

private struct CannedAnswer: CannedTransport {
    private let body = [UInt8](repeating: 0x20, count: 200)

    func answer() async throws -> (status: Int, body: [UInt8]) { (200, body) }
}

private func countBad(_ transport: any CannedTransport, times: Int) async -> Int {
    var bad = 0
    for _ in 0..<times {
        do {
            let (status, body) = try await transport.answer()
            if status != 200 || body.isEmpty { bad += 1 }
        } catch {
            bad += 1
        }
    }
    return bad
}
