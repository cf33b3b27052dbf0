extension Session {
    /// Runs `transform` for each element, at most `limit` at a time, and returns the results in the elements' order.
    ///
    /// The first error cancels the rest and is thrown. The tasks run on the transport's
    /// ``Transport/taskExecutor`` where it has one, so `transform` must not block its thread.
    public func map<Element: Sendable, Result: Sendable>(
        _ elements: some Sequence<Element>, limit: Int = 8,
        _ transform: @escaping @Sendable (Session, Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (index, element) in elements.enumerated() {
                if index >= max(1, limit), let (position, result) = try await group.next() {
                    results[position] = result
                }
                group.addTask(executorPreference: core.transport.taskExecutor) {
                    (index, try await transform(self, element))
                }
            }
            for try await (position, result) in group { results[position] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
