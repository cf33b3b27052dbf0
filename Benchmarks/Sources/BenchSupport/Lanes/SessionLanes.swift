import HTTPTypes
package import TesseraCore
import TesseraOAuth

/// The same call again and again through a session.
package struct SessionLanes: Sendable {
    private let session: Session
    private let target: RequestTarget
    private let concurrency: Int
    private let executor: (any TaskExecutor)?

    package init(_ plan: Plan, _ transport: any Transport, on executor: (any TaskExecutor)? = nil) throws {
        let token = Secret(plan.bearerToken)
        let source = RefreshingTokenSource { _ in TokenResponse(accessToken: token, lifetime: .seconds(86_400)) }
        session = try Session(
            Origin(plan.target.url).description, auth: .oauth(source), transport: transport)
        target = RequestTarget(relative: plan.target.path)
        concurrency = plan.concurrency
        self.executor = executor
    }

    package func run(_ requests: Int) throws -> Int {
        try waitForTask { [session, target, concurrency, executor] in
            await countBad(of: requests, concurrency, on: executor) {
                let response = try await session.get(target)
                return response.status == .ok && !response.body.isEmpty
            }
        }
    }

    package func shutdown() throws {
        _ = try waitForTask { [session] in
            await session.shutdown()
            return 0
        }
    }
}
