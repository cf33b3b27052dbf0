import BenchSupport
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraNIO
import TesseraOAuth

/// Many origins on one transport, asked in turn: 127.1.0.1, 127.1.0.2 and so on, each with a session of its own.
struct OriginsNIOMode: Mode {
    static let name = "origins-nio"

    private let transport: NIOTransport
    private let sessions: [Session]
    private let target: RequestTarget
    private let concurrency: Int
    private let turn = Turn()

    init(_ plan: Plan) throws {
        let transport = try NIOTransport(plan)
        let token = Secret(plan.bearerToken)
        sessions = try (0..<plan.origins).map { number in
            let source = RefreshingTokenSource { _ in TokenResponse(accessToken: token, lifetime: .seconds(86_400)) }
            let host = "127.1.\(number / 250).\(number % 250 + 1)"
            return try Session("http://\(host):\(plan.target.port)", auth: .oauth(source), transport: transport)
        }
        self.transport = transport
        target = RequestTarget(relative: plan.target.path)
        concurrency = plan.concurrency
    }

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [sessions, target, concurrency, turn] in
            await countBad(of: requests, concurrency) {
                let response = try await sessions[turn.next() % sessions.count].get(target)
                return response.status == .ok && !response.body.isEmpty
            }
        }
    }

    func shutdown() throws {
        try waitForTask { [transport] in await transport.shutdown() }
    }
}

private final class Turn: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
