/// One page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// The items in the server's order, without those of ``duplicates``.
    public internal(set) var items: [Item]
    /// The page's number, from 1.
    public let number: Int
    /// Nil while there is a next page; otherwise why there is none.
    public let end: PageEnd?
    /// Where to go on after this page; nil where the list ends or cannot be followed.
    public let checkpoint: Checkpoint?
    /// How many items were left out because they came before; see ``Pages/unique(by:)``.
    public internal(set) var duplicates = 0
    /// The history of the call that read the page.
    public let history: CallHistory

    init(items: [Item], number: Int, end: PageEnd?, checkpoint: Checkpoint?, history: CallHistory) {
        self.items = items
        self.number = number
        self.end = end
        self.checkpoint = checkpoint
        self.history = history
    }
}

/// Leaves out items whose identity came before. It remembers the last 100,000 of them.
struct UniqueItems<Item: Sendable> {
    static var mostRemembered: Int { 100_000 }

    let identity: @Sendable (Item) -> any Hashable & Sendable
    private var seen: Set<AnyHashable> = []
    private var order: [AnyHashable] = []
    private var oldest = 0

    init(_ identity: @escaping @Sendable (Item) -> any Hashable & Sendable) {
        self.identity = identity
    }

    mutating func filter(_ page: inout Page<Item>) {
        let count = page.items.count
        page.items = page.items.filter { isNew($0) }
        page.duplicates = count - page.items.count
    }

    private mutating func isNew(_ item: Item) -> Bool {
        let id = AnyHashable(identity(item))
        guard seen.insert(id).inserted else { return false }
        guard order.count == Self.mostRemembered else {
            order.append(id)
            return true
        }
        seen.remove(order[oldest])
        order[oldest] = id
        oldest = (oldest + 1) % Self.mostRemembered
        return true
    }
}
