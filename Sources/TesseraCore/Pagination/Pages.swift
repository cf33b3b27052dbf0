import HTTPTypes

/// A list that is read page by page; iterates over its items.
///
/// ```swift
/// for try await user in api.pages("/users", of: User.self, by: .link) { print(user.name) }
/// ```
///
/// When the list ends for any other reason than its end, iterating over items throws
/// ``TesseraError/Code/incompletePages``; ``byPage`` tells the reason in ``Page/end`` instead.
public struct Pages<Item: Decodable & Sendable>: AsyncSequence, Sendable {
    /// An item of the list.
    public typealias Element = Item

    let session: Session
    let first: CallRequest
    let items: JSONPointer
    let style: PageStyle
    let limits: PageLimits
    let prefetch: Int
    let resume: Checkpoint?
    private(set) var identity: (@Sendable (Item) -> any Hashable & Sendable)?

    /// The pages themselves.
    public var byPage: ByPage { ByPage(pages: self) }

    /// The list without items that came before, which lists by offset or page bring when they change meanwhile.
    ///
    /// The last 100,000 identities are remembered, in this run only. What a list loses when items are removed meanwhile
    /// cannot be noticed.
    public func unique<ID: Hashable & Sendable>(by identity: @escaping @Sendable (Item) -> ID) -> Pages {
        var unique = self
        unique.identity = { identity($0) }
        return unique
    }

    /// Begins at the first page, or where the list is resumed.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pages: byPage.makeAsyncIterator(), limits: limits)
    }

    /// Iterates over items; reads the next page when one is used up.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var pages: ByPage.AsyncIterator
        private let limits: PageLimits
        private var current: ArraySlice<Item> = []
        private var end: PageEnd?
        private var pagesRead = 0
        private var itemsRead = 0
        private var itemsGiven = 0

        fileprivate init(pages: ByPage.AsyncIterator, limits: PageLimits) {
            self.pages = pages
            self.limits = limits
        }

        /// The next item; nil after the last.
        public mutating func next() async throws -> Item? {
            while true {
                if limits.choosesItems, itemsGiven >= limits.items { return nil }
                if let item = current.popFirst() {
                    itemsGiven += 1
                    return item
                }
                if let end { return try finish(end) }
                guard let page = try await pages.next() else { return nil }
                pagesRead += 1
                itemsRead += page.items.count + page.duplicates
                current = page.items[...]
                end = page.end
            }
        }

        private func finish(_ end: PageEnd) throws -> Item? {
            switch end {
            case .end: return nil
            case .limitReached where limits.isChosen(pages: pagesRead, items: itemsRead): return nil
            case .limitReached:
                throw TesseraError(
                    .incompletePages, "the list has more pages than the default bound",
                    remedy: "pass limits: PageLimits(pages:) for as many as you want")
            case .unfollowable(let reason):
                throw TesseraError(
                    .incompletePages, "the list goes on, but its next page is not followed: \(reason.rawValue)",
                    remedy: "iterate over byPage to keep what was read")
            }
        }
    }

    /// The pages of a list, each with its end.
    public struct ByPage: AsyncSequence, Sendable {
        /// A page of the list.
        public typealias Element = Page<Item>

        let pages: Pages<Item>

        /// Begins at the first page, or where the list is resumed.
        public func makeAsyncIterator() -> AsyncIterator {
            let reader = PageReader(pages)
            guard pages.prefetch > 0 else {
                return AsyncIterator(source: .direct(reader), unique: pages.identity.map { UniqueItems($0) })
            }
            let taken = PagePrefetch.Taken(
                reader, ahead: pages.prefetch, runtime: pages.session.configuration.runtime)
            return AsyncIterator(source: .ahead(taken), unique: pages.identity.map { UniqueItems($0) })
        }

        /// Iterates over pages.
        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate enum Source {
                case direct(PageReader<Item>)
                case ahead(PagePrefetch<Item>.Taken)
            }

            fileprivate var source: Source
            fileprivate var unique: UniqueItems<Item>?

            /// The next page; nil after the last.
            public mutating func next() async throws -> Page<Item>? {
                let next: Page<Item>?
                switch source {
                case .direct(var reader):
                    defer { source = .direct(reader) }
                    next = try await reader.next()
                case .ahead(var taken):
                    defer { source = .ahead(taken) }
                    next = try await taken.next()
                }
                guard var page = next else { return nil }
                unique?.filter(&page)
                return page
            }
        }
    }
}

extension Session {
    /// A list that is read page by page.
    ///
    /// ```swift
    /// let users = api.pages("/users", of: User.self, items: "/data", by: .cursor(at: "/next", query: "cursor"))
    /// for try await page in users.byPage { print(page.items.count) }
    /// ```
    ///
    /// - Parameters:
    ///   - target: The first page.
    ///   - type: The type of an item.
    ///   - items: Where in a page's body its items are; empty when the body is the list itself.
    ///   - style: How a page says where the next one is.
    ///   - query: Query items of the first page. Next pages that are named by URL are asked for exactly as the server
    ///     names them.
    ///   - limits: How much is read at most.
    ///   - prefetch: How many pages are read ahead of the one that is used, 0 to 16.
    ///   - resume: The ``Page/checkpoint`` to go on from.
    public func pages<Item: Decodable & Sendable>(
        _ target: RequestTarget, of type: Item.Type, items: JSONPointer = "", by style: PageStyle,
        query: QueryItems = [:], headers: RequestHeaders = [:], auth: AuthenticationOverride = .inherited,
        limits: PageLimits = .standard, prefetch: Int = 0, resume: Checkpoint? = nil
    ) -> Pages<Item> {
        Pages(
            session: self, first: CallRequest(.get, target, query: query, headers: headers, auth: auth), items: items,
            style: style, limits: limits, prefetch: min(max(0, prefetch), 16), resume: resume)
    }
}
