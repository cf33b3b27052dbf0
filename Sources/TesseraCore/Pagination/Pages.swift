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

    /// The pages themselves.
    public var byPage: ByPage { ByPage(pages: self) }

    /// Begins at the first page.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: PageReader(self), isLimitChosen: limits.isChosen)
    }

    /// Iterates over items; reads the next page when one is used up.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var reader: PageReader<Item>
        let isLimitChosen: Bool
        private var current: ArraySlice<Item> = []
        private var end: PageEnd?

        fileprivate init(reader: PageReader<Item>, isLimitChosen: Bool) {
            self.reader = reader
            self.isLimitChosen = isLimitChosen
        }

        /// The next item; nil after the last.
        public mutating func next() async throws -> Item? {
            while true {
                if let item = current.popFirst() { return item }
                if let end { return try finish(end) }
                guard let page = try await reader.next() else { return nil }
                current = page.items[...]
                end = page.end
            }
        }

        private func finish(_ end: PageEnd) throws -> Item? {
            switch end {
            case .end: return nil
            case .limitReached where isLimitChosen: return nil
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

        /// Begins at the first page.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(reader: PageReader(pages))
        }

        /// Iterates over pages.
        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate var reader: PageReader<Item>

            /// The next page; nil after the last.
            public mutating func next() async throws -> Page<Item>? {
                try await reader.next()
            }
        }
    }
}

/// Reads one page after the other.
private struct PageReader<Item: Decodable & Sendable> {
    private let pages: Pages<Item>
    private var upcoming: CallRequest?
    private var number = 0
    private var visited: Set<String> = []

    init(_ pages: Pages<Item>) {
        self.pages = pages
        upcoming = pages.first
    }

    mutating func next() async throws -> Page<Item>? {
        guard let call = upcoming else { return nil }
        if let url = try? pages.session.url(of: call) { visited.insert(url.description) }
        let response = try await pages.session.send(call)
        number += 1
        let coding = pages.session.configuration.json
        let items: [Item]
        do {
            guard let found = try coding.decode([Item].self, at: pages.items, from: response.body) else {
                throw TesseraError(.decoding, "the page has no list of items where one is expected")
            }
            items = found
        } catch let error as TesseraError {
            throw error.with(history: response.history)
        }
        let end = advance(from: response, call, coding)
        return Page(items: items, number: number, end: end, history: response.history)
    }

    /// Sets the next call, or says why there is none.
    private mutating func advance(from response: Session.Response, _ call: CallRequest, _ coding: JSONCoding)
        -> PageEnd?
    {
        upcoming = nil
        visited.insert(response.url.description)
        let reference: String?
        switch pages.style {
        case .link:
            guard let links = try? LinkParser.parse(response.headerFields[values: LinkParser.fieldName]) else {
                return .unfollowable(.malformedLink)
            }
            reference = links.first { $0.relations.contains("next") }?.target
        case .next(let pointer):
            do {
                let text = try coding.decode(String.self, at: pointer, from: response.body)
                reference = text?.isEmpty == true ? nil : text
            } catch {
                return .unfollowable(.invalidURL)
            }
        }
        guard let reference else { return .end }
        guard let url = try? response.url.resolving(reference) else { return .unfollowable(.invalidURL) }
        guard url.origin == pages.session.origin else { return .unfollowable(.otherOrigin) }
        guard !visited.contains(url.description) else { return .unfollowable(.loop) }
        guard number < pages.limits.pages else { return .limitReached }
        var next = call
        next.target = RequestTarget(absolute: url)
        next.query = [:]
        upcoming = next
        return nil
    }
}

extension Session {
    /// A list that is read page by page.
    ///
    /// - Parameters:
    ///   - target: The first page.
    ///   - type: The type of an item.
    ///   - items: Where in a page's body its items are; empty when the body is the list itself.
    ///   - style: How a page says where the next one is.
    ///   - query: Query items of the first page. Next pages are asked for exactly as the server names them.
    ///   - limits: How much is read at most.
    public func pages<Item: Decodable & Sendable>(
        _ target: RequestTarget, of type: Item.Type, items: JSONPointer = "", by style: PageStyle,
        query: QueryItems = [:], headers: RequestHeaders = [:], auth: AuthenticationOverride = .inherited,
        limits: PageLimits = .standard
    ) -> Pages<Item> {
        Pages(
            session: self, first: CallRequest(.get, target, query: query, headers: headers, auth: auth), items: items,
            style: style, limits: limits)
    }
}
