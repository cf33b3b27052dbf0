#if OAuth
/// Keys in the order of their use, with a size each: what to drop first, and how much there is. A value without I/O.
struct RecencyList<Key: Hashable & Sendable>: Sendable {
    private struct Node: Sendable {
        var older: Key?
        var newer: Key?
        var size: Int
    }

    private var nodes: [Key: Node] = [:]
    private var oldest: Key?
    private var newest: Key?
    /// The sizes together.
    private(set) var size = 0

    var count: Int { nodes.count }

    /// Puts a key at the end of the order, or moves it there.
    mutating func use(_ key: Key, size: Int) {
        remove(key)
        nodes[key] = Node(older: newest, newer: nil, size: max(0, size))
        self.size = self.size.addingClamped(max(0, size))
        if let newest { nodes[newest]?.newer = key } else { oldest = key }
        newest = key
    }

    mutating func remove(_ key: Key) {
        guard let node = nodes.removeValue(forKey: key) else { return }
        size = max(0, size - node.size)
        if let older = node.older { nodes[older]?.newer = node.newer } else { oldest = node.newer }
        if let newer = node.newer { nodes[newer]?.older = node.older } else { newest = node.older }
    }

    /// The keys that were not used for longest, first; stops when `body` returns false.
    func fromOldest(_ body: (Key) -> Bool) {
        var next = oldest
        while let key = next, body(key) { next = nodes[key]?.newer }
    }
}

extension Int {
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
#endif
