/// Makes `requests` requests in `concurrency` tasks and says how many went wrong.
///
/// The tasks prefer `executor`; without one they run where tasks run by default.
package func countBad(
    of requests: Int, _ concurrency: Int, on executor: (any TaskExecutor)? = nil,
    _ isGood: @escaping @Sendable () async throws -> Bool
) async -> Int {
    await withTaskGroup(of: Int.self) { tasks in
        for share in shares(of: requests, among: concurrency) {
            tasks.addTask(executorPreference: executor) {
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
