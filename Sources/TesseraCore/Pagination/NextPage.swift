import HTTPTypes

/// What follows a page: a pure decision on its address, header fields and body.
enum NextPage: Sendable, Hashable {
    case end
    case at(PageAddress)
    case unfollowable(PageEnd.Reason)

    /// What a page's answer looks like from here.
    struct Page {
        var url: AbsoluteURL
        var fields: HTTPFields
        var body: [UInt8]
        var count: Int
        /// What numbers of pages and items count from.
        var position: Int
        var coding: JSONCoding
    }

    /// Longer cursors would not fit into a URL.
    private static let longestCursor = 8192

    static func after(_ page: Page, by style: PageStyle) -> NextPage {
        switch style {
        case .link: return link(page)
        case .next(let pointer):
            do {
                let text = try page.coding.decode(String.self, at: pointer, from: page.body)
                guard let text, !text.isEmpty else { return .end }
                return url(text, page)
            } catch {
                return .unfollowable(.invalidURL)
            }
        case .cursor(let pointer, let query, let more): return cursor(page, pointer, query, more)
        case .offset(let query, let total): return offset(page, query, total)
        case .page(let query, let first, let total): return number(page, query, first, total)
        case .token(let header, let place):
            let values = Set(page.fields[values: header])
            guard values.count <= 1 else { return .unfollowable(.invalidCursor) }
            guard let token = values.first, !token.isEmpty else { return .end }
            guard token.utf8.count <= longestCursor else { return .unfollowable(.invalidCursor) }
            switch place {
            case .query(let name): return .at(.query(name: name, value: token))
            case .header(let name): return .at(.header(name: name, value: token))
            }
        }
    }

    private static func url(_ reference: String, _ page: Page) -> NextPage {
        guard let url = try? page.url.resolving(reference) else { return .unfollowable(.invalidURL) }
        return .at(.url(url.description))
    }

    private static func link(_ page: Page) -> NextPage {
        guard let links = try? LinkParser.parse(page.fields[values: LinkParser.fieldName]) else {
            return .unfollowable(.malformedLink)
        }
        let next = links.filter { $0.relations.contains("next") && begins($0, at: page.url) }
            .map { url($0.target, page) }
        guard let first = next.first else { return .end }
        return next.allSatisfy { $0 == first } ? first : .unfollowable(.ambiguousLink)
    }

    /// A link with an anchor says where another resource, or a part of this one, goes on (RFC 8288 §3.2).
    private static func begins(_ link: Link, at url: AbsoluteURL) -> Bool {
        guard let anchor = link.anchor else { return true }
        let mark = anchor.utf8.firstIndex(of: UInt8(ascii: "#"))
        if let mark, anchor.utf8.index(after: mark) != anchor.utf8.endIndex { return false }
        return (try? url.resolving(anchor)) == url
    }

    private static func cursor(
        _ page: Page, _ pointer: JSONPointer, _ query: String, _ more: JSONPointer?
    ) -> NextPage {
        let hasMore: Bool?
        do {
            hasMore = try more.flatMap { try page.coding.decode(Bool.self, at: $0, from: page.body) }
        } catch {
            return .unfollowable(.invalidCursor)
        }
        if hasMore == false { return .end }
        let text: String?
        if let found = try? page.coding.decode(String.self, at: pointer, from: page.body) {
            text = found
        } else {
            do {
                text = try page.coding.decode(Int64.self, at: pointer, from: page.body).map(String.init)
            } catch {
                return .unfollowable(.invalidCursor)
            }
        }
        guard let text, !text.isEmpty else { return hasMore == true ? .unfollowable(.missingCursor) : .end }
        guard text.utf8.count <= longestCursor else { return .unfollowable(.invalidCursor) }
        return .at(.query(name: query, value: text))
    }

    private static func offset(_ page: Page, _ query: String, _ total: JSONPointer?) -> NextPage {
        let (next, overflow) = page.position.addingReportingOverflow(page.count)
        guard !overflow else { return .unfollowable(.invalidCursor) }
        guard let stated = stated(total, page) else { return .unfollowable(.invalidTotal) }
        if let stated {
            if Int64(next) >= stated { return .end }
            if page.count == 0 { return .unfollowable(.endsEarly) }
        } else if page.count == 0 {
            return .end
        }
        return .at(.query(name: query, value: String(next)))
    }

    private static func number(_ page: Page, _ query: String, _ first: Int, _ total: JSONPointer?) -> NextPage {
        let (next, overflow) = page.position.addingReportingOverflow(1)
        guard !overflow else { return .unfollowable(.invalidCursor) }
        guard let stated = stated(total, page) else { return .unfollowable(.invalidTotal) }
        if let stated {
            let read = next.subtractingReportingOverflow(first)
            guard !read.overflow else { return .unfollowable(.invalidCursor) }
            if Int64(read.partialValue) >= stated { return .end }
        } else if page.count == 0 {
            return .end
        }
        return .at(.query(name: query, value: String(next)))
    }

    /// The number at a place: `.some(nil)` when none is stated, nil when something else stands there.
    private static func stated(_ pointer: JSONPointer?, _ page: Page) -> Int64?? {
        guard let pointer else { return .some(nil) }
        do {
            let number = try page.coding.decode(Int64.self, at: pointer, from: page.body)
            if let number, number < 0 { return nil }
            return .some(number)
        } catch {
            return nil
        }
    }
}
