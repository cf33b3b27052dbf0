import HTTPTypes
package import TesseraCore

/// The same request again and again through a transport.
package struct TransportLanes: Sendable {
    private let transport: any Transport
    private let request: TransportRequest
    private let concurrency: Int
    private let executor: (any TaskExecutor)?

    package init(_ plan: Plan, _ transport: any Transport, on executor: (any TaskExecutor)? = nil) throws {
        self.transport = transport
        concurrency = plan.concurrency
        self.executor = executor
        let origin = try Origin(plan.target.url)
        let credential = try Credential.bearer(Secret(plan.bearerToken))
        request = TransportRequest(
            origin: origin,
            head: HTTPRequest(
                method: .get, scheme: origin.scheme.rawValue, authority: origin.authority, path: plan.target.path),
            sealed: credential.fields, deadline: .distantFuture)
    }

    package func run(_ requests: Int) throws -> Int {
        try waitForTask { [transport, request, concurrency, executor] in
            await countBad(of: requests, concurrency, on: executor) {
                var request = request
                request.deadline = request.runtime.now().advanced(by: .seconds(30))
                let reply = try await transport.send(request)
                return reply.head.status == .ok && !reply.body.isEmpty
            }
        }
    }

    package func shutdown() throws {
        _ = try waitForTask { [transport] in
            await transport.shutdown()
            return 0
        }
    }
}
