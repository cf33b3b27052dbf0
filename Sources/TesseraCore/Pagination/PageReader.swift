import HTTPTypes

/// Reads one page after the other.
struct PageReader<Item: Decodable & Sendable>: Sendable {
    private let pages: Pages<Item>
    private var upcoming: PageAddress?
    private var isOver = false
    /// The pages and items before this run, and in it.
    private let before: Checkpoint?
    private var count = 0
    private var items = 0
    private var visited: Set<String> = []
    /// The body of the page before, where pages are only counted: a server that ignores the number repeats itself.
    private var previous: [UInt8] = []

    init(_ pages: Pages<Item>) {
        self.pages = pages
        before = pages.resume
        upcoming = pages.resume?.next
    }

    mutating func next() async throws -> Page<Item>? {
        guard !isOver else { return nil }
        let call = try request(upcoming)
        if let url = try? pages.session.url(of: call) { visited.insert(url.description) }
        if let upcoming { visited.insert(PageReader.name(of: upcoming)) }
        let response = try await pages.session.send(call)
        let coding = pages.session.configuration.json
        let found: [Item]
        do {
            guard let list = try coding.decode([Item].self, at: pages.items, from: response.body) else {
                throw TesseraError(.decoding, "the page has no list of items where one is expected")
            }
            found = list
        } catch let error as TesseraError {
            throw error.with(history: response.history)
        }
        let position = try position(of: upcoming)
        count += 1
        items += found.count
        visited.insert(response.url.description)
        let end = advance(
            from: NextPage.Page(
                url: response.url, fields: response.headerFields, body: response.body, count: found.count,
                position: position, coding: coding))
        isOver = end != nil
        let checkpoint = upcoming.map { Checkpoint(pages: number, items: allItems, next: $0) }
        return Page(items: found, number: number, end: end, checkpoint: checkpoint, history: response.history)
    }

    private var number: Int { count &+ (before?.pages ?? 0) }
    private var allItems: Int { items &+ (before?.items ?? 0) }

    /// Sets the next address, or says why there is none.
    private mutating func advance(from page: NextPage.Page) -> PageEnd? {
        upcoming = nil
        switch NextPage.after(page, by: pages.style) {
        case .end: return .end
        case .unfollowable(let reason): return .unfollowable(reason)
        case .at(let address):
            if case .url(let text) = address {
                guard let url = try? AbsoluteURL(text), url.origin == pages.session.origin, isOfTheSameMount(url) else {
                    return .unfollowable(.otherOrigin)
                }
            }
            guard !visited.contains(PageReader.name(of: address)) else { return .unfollowable(.loop) }
            if pages.style.isCounted {
                guard page.count == 0 || page.body != previous else { return .unfollowable(.loop) }
                previous = page.body
            }
            upcoming = address
            return count >= pages.limits.pages || items >= pages.limits.items ? .limitReached : nil
        }
    }

    private static func name(of address: PageAddress) -> String {
        switch address {
        case .url(let url): url
        case .query(let name, let value): "?\(name)=\(value)"
        case .header(let name, let value): "\(name): \(value)"
        }
    }

    /// The call for a page; nil for the first.
    private func request(_ address: PageAddress?) throws -> CallRequest {
        var call = pages.first
        switch (address, pages.style) {
        case (nil, _): break
        case (.url(let text), .link), (.url(let text), .next):
            let url = try AbsoluteURL(text)
            // A checkpoint may have been edited, or belong to another session.
            guard url.origin == pages.session.origin, isOfTheSameMount(url) else { throw PageReader.foreign }
            call.target = RequestTarget(absolute: url)
            call.query = [:]
        case (.query(let name, let value), let style) where style.queryName == name:
            call.query.replace(name, value)
        case (.header(let name, let value), .token(_, .header(let own))) where own == name: call.headers[name] = value
        default: throw PageReader.foreign
        }
        return call
    }

    /// Whoever writes a next link chooses no mount, and so no credential.
    private func isOfTheSameMount(_ url: AbsoluteURL) -> Bool {
        let core = pages.session.core
        guard core.mounts != nil else { return true }
        guard let first = try? core.plan(pages.first).core,
            let next = try? core.plan(CallRequest(.get, RequestTarget(absolute: url))).core
        else { return false }
        return first === next
    }

    private static var foreign: TesseraError {
        TesseraError(
            .misconfigured, "the checkpoint belongs to another list: its origin or its style is another",
            remedy: "resume with the session and the style that the checkpoint was made with")
    }

    /// The number of the items before a page, or the page's own, in styles that count.
    private func position(of address: PageAddress?) throws -> Int {
        guard pages.style.isCounted else { return 0 }
        let written = address.flatMap { if case .query(_, let value) = $0 { Int(value) } else { nil } }
        if let written { return written }
        let own = pages.first.query.items.last { $0.name == pages.style.queryName }
        if let own {
            guard let number = Int(own.value) else {
                throw TesseraError(.misconfigured, "the query item that counts the pages is no whole number")
            }
            return number
        }
        if case .page(_, let first, _) = pages.style { return first }
        return 0
    }
}

extension PageStyle {
    /// Whether the next page follows from counting and not from what the server says.
    fileprivate var isCounted: Bool {
        switch self {
        case .offset, .page: true
        case .link, .next, .cursor, .token: false
        }
    }

    fileprivate var queryName: String? {
        switch self {
        case .cursor(_, let query, _), .offset(let query, _), .page(let query, _, _), .token(_, .query(let query)):
            query
        case .link, .next, .token(_, .header): nil
        }
    }
}
