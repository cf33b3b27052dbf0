/// Makes `requests` requests in `concurrency` tasks and says how many went wrong.
///
/// The tasks prefer `executor`; without one they run where tasks run by default.
package func countBad(
    of requests: Int, _ concurrency: Int, on executor: (any TaskExecutor)? = nil,
    _ isGood: @escaping @Sendable () async throws -> Bool
) async -> Int {
    await sumInTasks(shares(of: requests, among: concurrency), on: executor) { share in
        var bad = 0
        for _ in 0..<share {
            let good = (try? await isGood()) ?? false
            bad += good ? 0 : 1
        }
        return bad
    }
}
