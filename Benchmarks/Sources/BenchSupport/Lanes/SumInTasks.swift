/// How many tasks one group holds.
private let width = 128

/// The sum of what `work` gives for `elements`, each in a task of its own that prefers `executor`.
///
/// Many tasks are spread over several groups: when a task ends, its group searches it among all that are left, which
/// with ten thousand of them costs more than a request.
package func sumInTasks<Element: Sendable>(
    _ elements: [Element], on executor: (any TaskExecutor)? = nil, _ work: @escaping @Sendable (Element) async -> Int
) async -> Int {
    guard elements.count > width else { return await sumInGroup(elements[...], on: executor, work) }
    let parts = stride(from: 0, to: elements.count, by: width).map { elements[$0...].prefix(width) }
    return await sumInGroup(parts[...], on: nil) { await sumInGroup($0, on: executor, work) }
}

private func sumInGroup<Element: Sendable>(
    _ elements: ArraySlice<Element>, on executor: (any TaskExecutor)?,
    _ work: @escaping @Sendable (Element) async -> Int
) async -> Int {
    await withTaskGroup(of: Int.self) { tasks in
        for element in elements {
            tasks.addTask(executorPreference: executor) { await work(element) }
        }
        return await tasks.reduce(0, +)
    }
}
