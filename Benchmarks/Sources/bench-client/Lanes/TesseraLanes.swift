import HTTPTypes
import TesseraCore
import TesseraOAuth

/// The same request again and again through a transport.
struct TransportLanes: Sendable {
    private let transport: any Transport
    private let request: TransportRequest
    private let concurrency: Int

    init(_ plan: Plan, _ transport: any Transport) throws {
        self.transport = transport
        concurrency = plan.concurrency
        let origin = try Origin(plan.target.url)
        let credential = try Credential.bearer(Secret(plan.bearerToken))
        request = TransportRequest(
            origin: origin,
            head: HTTPRequest(
                method: .get, scheme: origin.scheme.rawValue, authority: origin.authority, path: plan.target.path),
            sealed: credential.fields, deadline: .distantFuture)
    }

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [transport, request, concurrency] in
            await countBad(of: requests, concurrency) {
                var request = request
                request.deadline = request.runtime.now().advanced(by: .seconds(30))
                let reply = try await transport.send(request)
                return reply.head.status == .ok && !reply.body.isEmpty
            }
        }
    }

    func shutdown() throws {
        _ = try waitForTask { [transport] in
            await transport.shutdown()
            return 0
        }
    }
}

/// The same call again and again through a session.
struct SessionLanes: Sendable {
    private let session: Session
    private let target: RequestTarget
    private let concurrency: Int

    init(_ plan: Plan, _ transport: any Transport) throws {
        let token = Secret(plan.bearerToken)
        let source = RefreshingTokenSource { _ in TokenResponse(accessToken: token, lifetime: .seconds(86_400)) }
        session = try Session(
            Origin(plan.target.url).description, auth: .oauth(source), transport: transport)
        target = RequestTarget(relative: plan.target.path)
        concurrency = plan.concurrency
    }

    func run(_ requests: Int) throws -> Int {
        try waitForTask { [session, target, concurrency] in
            await countBad(of: requests, concurrency) {
                let response = try await session.get(target)
                return response.status == .ok && !response.body.isEmpty
            }
        }
    }

    func shutdown() throws {
        _ = try waitForTask { [session] in
            await session.shutdown()
            return 0
        }
    }
}

private func countBad(
    of requests: Int, _ concurrency: Int, _ isGood: @escaping @Sendable () async throws -> Bool
) async -> Int {
    await withTaskGroup(of: Int.self) { tasks in
        for share in shares(of: requests, among: concurrency) {
            tasks.addTask {
                var bad = 0
                for _ in 0..<share {
                    let good = (try? await isGood()) ?? false
                    bad += good ? 0 : 1
                }
                return bad
            }
        }
        return await tasks.reduce(0, +)
    }
}
